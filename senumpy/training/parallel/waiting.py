"""Waiting for the other processes, in Python: there Ctrl-C is heard, and the processor goes to who needs it."""

import os
import time

AWAKE = 1e-3  # seconds of asking without a pause: most sums are there sooner
PAUSE = 5e-5  # seconds: as long as the kernel sleeps at the least


def wait(request):
    """Return once an MPI request is done.

    MPI's own waiting stays inside MPI: a Ctrl-C would be answered when the sum is there, which is never where another
    process has gone. And it keeps a core busy, which hurts where there are more processes than cores.
    """
    until = time.perf_counter() + AWAKE
    while not request.Test():
        if time.perf_counter() < until:
            give_way()
        else:
            time.sleep(PAUSE)


def give_way():
    """Let another process have this core, if one is waiting for it."""
    if hasattr(os, "sched_yield"):
        os.sched_yield()
