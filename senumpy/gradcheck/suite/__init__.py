"""A probe for everything that we have.

==========  =====================================
`draws`     numbers at which mistakes show
`variants`  for the SE block's variants
`ops`       for every operation
`layers`    for every layer, and for the tiny CNN
`run`       `run_case`: one of them, by name
==========  =====================================
"""
