"""How much memory a pass needs at its peak, a training step or a network's forward, each in a fresh process of its own.

A process keeps what its libraries once asked for, so the child first loads everything by a small pass, gives free
memory back to the system, and notes what it holds. Then Linux forgets the old high-water mark (a 5 written to
/proc/self/clear_refs), three full passes run, and the new mark (VmHWM) minus the note is the peak of a pass:
activations, gradients and scratch memory, but neither the libraries nor the batch itself. Other systems have no such
reset; there the growth of ``ru_maxrss`` is used, which can only be lower.
"""

import ctypes
import gc
import json
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np

from senumpy import ops

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
REPEATS = 3
CONVOLUTION = {"C": 32, "F": 64, "size": 16, "batches": (16, 64, 256)}


def step_peak(side, widths, size, batch, se=True, repeats=REPEATS):
    """Return the peak of a training step in bytes, measured ``repeats`` times: a list."""
    return _ask({"side": side, "widths": widths, "size": size, "batch": batch, "se": se}, repeats)


def network_peak(side, batch, repeats=REPEATS):
    """Return the peak of a forward pass of SE-ResNet-50 in bytes, measured ``repeats`` times: a list."""
    return _ask({"side": side, "batch": batch, "network": True}, repeats)


def _ask(question, repeats):
    command = [sys.executable, "-m", "benchmarks.memory", json.dumps(question)]
    answers = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(repeats)]
    return [int(answer.stdout) for answer in answers]


def convolution_scratch():
    """Return what a convolution needs beyond its results, in bytes, by pass and batch size.

    NumPy reports every array it makes to tracemalloc, so these numbers are exact, and the same on every run.
    """
    C, F, size, batches = CONVOLUTION.values()
    rng, scratch = np.random.default_rng(0), {"forward": {}, "backward": {}}
    for N in batches:
        x = np.ascontiguousarray(rng.random((N, size, size, C), dtype=np.float32)).transpose(0, 3, 1, 2)
        w = rng.random((F, C, 3, 3), dtype=np.float32)
        (out, cache), peak = _traced(lambda x=x, w=w: ops.conv2d_forward(x, w, padding=1))
        scratch["forward"][N] = peak - out.nbytes
        dout = out.copy(order="K")
        (dx, dw, _), peak = _traced(lambda dout=dout, cache=cache: ops.conv2d_backward(dout, cache))
        scratch["backward"][N] = peak - dx.nbytes - dw.nbytes
    return scratch


def _traced(call):
    """Return what the call returns and the most memory that it held meanwhile."""
    tracemalloc.start()
    try:
        result = call()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _step(side, widths, size, batch, se):
    """Return a training step, and a small one before it."""
    from benchmarks.cases_step import make_batch, make_trainer

    trainer = make_trainer(side, widths, se=se)
    rng = np.random.default_rng(1)
    x, labels = rng.random((batch, 3, size, size), dtype=np.float32), rng.integers(0, 10, batch)
    data, few = make_batch(trainer, x, labels), make_batch(trainer, x[:2].copy(), labels[:2].copy())
    return lambda: trainer.train_step(*data), lambda: trainer.train_step(*few)


def _forward(side, batch, network):
    """Return a forward pass of the network, and a small one before it."""
    from benchmarks.cases_network import images, make_forward

    forward, x, small = make_forward(side), images(batch), images(1, 32)
    return lambda: forward(x), lambda: forward(small)


def _child(question):
    """Measure one pass in this process; return bytes."""
    big, small = (_forward if "network" in question else _step)(**question)
    small()
    gc.collect()
    if CLEAR.exists():
        ctypes.CDLL(None).malloc_trim(0)
        before = _from_status("VmRSS")
        CLEAR.write_text("5")
    else:
        before = _highest()
    for _ in range(3):
        big()
    return (_from_status("VmHWM") if CLEAR.exists() else _highest()) - before


def _from_status(key):
    """Return a line of /proc/self/status in bytes."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines[key].split()[0]) * 1024


def _highest():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, the others KiB


if __name__ == "__main__":
    print(_child(json.loads(sys.argv[1])))
