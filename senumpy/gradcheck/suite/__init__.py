"""A probe for everything that we have.

========  =====================================
`ops`     for every operation
`layers`  for every layer, and for the tiny CNN
`run`     `run_case`: one of them, by name
========  =====================================
"""
