"""A process that trains what it is told: settings come as lines of JSON, records go back as lines of JSON.

It is started with one thread for the products of matrices, and counts its threads to prove it: NumPy's BLAS reads that
setting once, while it is imported, so it must be in the environment before.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

from senumpy.lab.identity import identity
from senumpy.lab.one_run import train_one

READY = "ready"
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}


def main(parent):
    """Train until nobody asks any more, or until the process with the number ``parent``, which asks, has died."""
    channel, sys.stdout = sys.stdout, sys.stderr  # what anything prints must not get between the records
    threads = count_threads()
    identity()  # the hash of what has just been imported, before anybody goes on typing
    print(READY, file=channel, flush=True)
    for line in sys.stdin:
        record = _record(json.loads(line), parent, threads)
        print(json.dumps({**record, "threads": threads}), file=channel, flush=True)


def _record(settings, parent, threads):
    """Return the record of one run, whatever happens to it."""
    if threads not in (None, 1):
        return {"made_by": identity(), "state": "failed", "reason": f"the worker has {threads} threads, expected one"}

    def look_up(epoch):
        if os.getppid() != parent:  # whoever asked has died: nobody will read this record
            os._exit(1)

    try:
        return {"made_by": identity(), **train_one(settings, on_epoch=look_up)}
    except Exception as error:  # a mistake in the settings, no memory: the others go on
        return {"made_by": identity(), "state": "failed", "reason": f"{type(error).__name__}: {error}"}


def count_threads():
    """Return how many threads this process has after a product of matrices, or None where nobody can tell."""
    a = np.ones((512, 512), np.float32)
    np.matmul(a, a)
    try:
        return len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return None


if __name__ == "__main__":
    main(int(sys.argv[1]))
