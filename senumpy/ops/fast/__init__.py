"""What makes the operations fast. Nothing in this folder is needed to follow a formula.

Each helper's name says what it computes; how, and why that is fast, is told here once. Reading order:

==============  ===================================================================================
`pixels`        images channels-last in memory: a number for every pixel's channel; accurate sums
`region`        the part of an image that the windows see, with zeros beyond the edge
`correlation`   a convolution as a product of matrices
`depthwise`     the same where each channel has a kernel of its own
`windows`       which inputs does each entry of a pooling window meet?
`blocks`        a few samples at a time, so that they stay in the processor's cache
`freed_memory`  kept for the next training step, and not asked for again
==============  ===================================================================================
"""
