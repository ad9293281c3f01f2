"""x"""
from senumpy.ledger.counts import count
from senumpy.ledger.sums import Entry, Ledger
