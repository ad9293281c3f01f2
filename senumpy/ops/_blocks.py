"""Blocks of samples: small enough to stay in the processor's cache from one step of a formula to the next.

``out = x * a + b`` on a whole batch goes through memory twice. On a few samples at a time the second step finds the
numbers where the first one left them, in the cache.
"""

from senumpy.backend import array_module, block_bytes


def blocks(*arrays):
    """Yield views of a few samples (axis 0) at a time, the same ones of every array, until all were there.

    They are as many as make a block of the first array.

    >>> import numpy as np
    >>> x, out = np.ones((3, 2)), np.zeros((3, 2))
    >>> for x_block, out_block in blocks(x, out):
    ...     out_block[...] = x_block + 1
    ...     out_block *= 2
    >>> out[:, 0]
    array([4., 4., 4.])
    """
    if arrays[0].ndim == 0:
        yield arrays
        return
    N = len(arrays[0])
    n = max(1, block_bytes(array_module(*arrays)) * N // arrays[0].nbytes)
    for start in range(0, N, n):
        yield tuple(a[start : start + n] for a in arrays)
