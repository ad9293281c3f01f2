"""SE blocks that compute the wrong thing and differentiate it correctly: no gradient check can notice them.

========  ==================================================================================
`widths`  the two small layers have a wrong width, and the shapes fit all the same
`steps`   a step of squeeze, excite or scale is left out, or gets the wrong thing to work on
========  ==================================================================================
"""
