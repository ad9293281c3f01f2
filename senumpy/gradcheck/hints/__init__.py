"""From the pattern of an error to its cause.

===========  ==========================================================
`diagnosis`  what a teacher sees at one glance at two tables of numbers
`patterns`   a factor, a mask, a tie: each look-alike has its own cause
`paths`      a sum over paths: which summand is missing or wrong
`places`     right numbers in wrong places
`order`      right gradients in the wrong order
===========  ==========================================================
"""
