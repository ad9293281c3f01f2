"""Blocks of samples: small enough to stay in the processor's cache from one step of a formula to the next.

``out = x * a + b`` on a whole batch goes through memory twice. On a few samples at a time the second step finds the
numbers where the first one left them, in the cache. Samples do not depend on each other, so the cores share the blocks.
"""

import functools
import os
from concurrent.futures import ThreadPoolExecutor

from senumpy.backend import array_module, block_bytes


def in_blocks(work, *arrays):
    """Call ``work(*blocks)`` until all samples (axis 0) are done; ``work`` writes into some of the blocks.

    What all samples share, ``work`` takes from around it. NumPy lets other threads run while it computes.

    >>> import numpy as np
    >>> x, out = np.ones((3, 2)), np.zeros((3, 2))
    >>> in_blocks(lambda x, out: np.add(x, 1, out=out), x, out)
    >>> out[:, 0]
    array([2., 2., 2.])
    """
    if arrays[0].ndim == 0:
        work(*arrays)
        return
    N = len(arrays[0])
    n = max(1, block_bytes(array_module(*arrays)) * N // max(1, arrays[0].nbytes))
    starts = range(0, N, n)
    share = -(-len(starts) // _threads())

    def run(starts):
        for start in starts:
            work(*(a[start : start + n] for a in arrays))

    others = [_pool().submit(run, starts[i : i + share]) for i in range(share, len(starts), share)]
    run(starts[:share])
    for other in others:
        other.result()


@functools.cache
def _threads():
    """Return how many threads share the work: as many as the matrix products use."""
    setting = os.environ.get("OPENBLAS_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS") or ""
    return max(1, int(setting)) if setting.isdecimal() else os.cpu_count() or 1


@functools.cache
def _pool():
    return ThreadPoolExecutor(max(1, _threads() - 1))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not survive a fork: start new ones
