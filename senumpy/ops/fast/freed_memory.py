"""Memory that a training step frees stays with the process: the next step needs as much again."""

import numpy as np

LARGEST = 31 << 20  # bytes: the C library learns from blocks below 32 MiB


def keep_freed_memory():
    """Let the C library keep up to 64 MiB of freed memory, where it would hand it back to the system.

    Linux's hands large blocks back, and the system then gives each page again at its first use, filled with zeros: that
    was up to a quarter of a step. How much to keep it learns from the largest block that was ever freed (mallopt(3),
    M_MMAP_THRESHOLD), so free a large one. Nobody writes to it, so it never takes real memory. Other systems' C
    libraries do as they did before.
    """
    np.empty(LARGEST, np.uint8)
