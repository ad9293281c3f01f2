"""Blocks of samples: small enough to stay in the processor's cache from one step of a formula to the next.

``out = x * a + b`` on a whole batch goes through memory twice. On a few samples at a time the second step finds the
numbers where the first one left them, in the cache.
"""

import numpy as np

from senumpy.backend import array_module

BLOCK_BYTES = 1 << 18  # of an array: a few of them should fit in a core's cache. A GPU takes everything at once


def blocks(*arrays):
    """Yield views of a few samples (axis 0) at a time, the same ones of every array, until all were there.

    They are as many as make a block of the first array.

    >>> x, out = np.ones((3, 2)), np.zeros((3, 2))
    >>> for x_block, out_block in blocks(x, out):
    ...     out_block[...] = x_block + 1
    ...     out_block *= 2
    >>> out[:, 0]
    array([4., 4., 4.])
    """
    N = len(arrays[0])
    n = max(1, BLOCK_BYTES * N // arrays[0].nbytes) if array_module(*arrays) is np else N
    for start in range(0, N, n):
        yield tuple(a[start : start + n] for a in arrays)
