"""Whole networks, built from `senumpy.layers`.

==========  ===========================================================================
`tiny_cnn`  `TinyCNN`, with or without SE; `tiny_cnn_from_state`
`shipped`   `load_tiny_cnn`: from a file of weights, or one that comes with the package
==========  ===========================================================================
"""

from senumpy.models.shipped import SHIPPED, load_tiny_cnn
from senumpy.models.tiny_cnn import TinyCNN, tiny_cnn_from_state

__all__ = ["SHIPPED", "TinyCNN", "load_tiny_cnn", "tiny_cnn_from_state"]
