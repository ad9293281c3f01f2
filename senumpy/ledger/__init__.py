"""The ledger: what a network holds and what one image costs it, counted by walking it, and the paper beside that.

`count` walks a model and returns a `Ledger`; `describe` makes text of it. `describe_paper` does the paper's tables.
In reading order:

=============  ==============================================================================
`costs`        what one call of a layer costs, kind by kind
`sums`         `Entry`, `Ledger`: a line for each layer, and sums of lines
`left_out`     what the sums leave out, in words
`counts`       `count`: a forward pass of zeros, with every layer listened to
`words`        `describe`: by stage, by kind, what SE adds, and what is not counted
`empty`        `build_empty`: networks of zeros, since only shapes count
`paper`        `CELLS`, `count_cells`: what the paper prints, and which rule gives its digits
`paper_words`  `describe_paper`
=============  ==============================================================================
"""

from senumpy.ledger.counts import count
from senumpy.ledger.empty import build_empty
from senumpy.ledger.paper import CELLS, count_cells
from senumpy.ledger.paper_words import describe_paper
from senumpy.ledger.sums import Entry, Ledger
from senumpy.ledger.words import describe

__all__ = ["CELLS", "Entry", "Ledger", "build_empty", "count", "count_cells", "describe", "describe_paper"]
