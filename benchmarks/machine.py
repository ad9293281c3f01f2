"""What the machine can do at best, and whether it was ours alone while we measured."""

import os
import platform
import resource
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.timing import race

SGEMM_SIZE = 1024
COPY_MIB = (4, 256)  # about the largest array of a training step, which the caches hold; and one they cannot


def about(threads, pace, command):
    """Return what a reader must know to judge the numbers: machine, versions, threads, date, command."""
    return {
        "CPU": _cpu_name(),
        "cores": os.cpu_count(),
        "threads": threads,
        "system": platform.platform(),
        "Python": platform.python_version(),
        "NumPy": f"{np.__version__} with {_blas_name()}",
        "PyTorch": torch.__version__,
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "command": command,
        "rounds": pace.rounds,
    }


def _cpu_name():
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _blas_name():
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{blas['name']} {blas['version']}"


def measure_limits(pace):
    """Race the two libraries at a large matrix product and at copying; return their rates by side.

    ``"sgemm"`` is in operations per second; ``"copy 4 MiB"`` and so on in bytes per second, read and written.
    """
    a = np.random.default_rng(0).random((SGEMM_SIZE, SGEMM_SIZE), dtype=np.float32)
    product, tensor = np.empty_like(a), torch.from_numpy(a)
    tensor_product = torch.empty_like(tensor)
    sides = {
        "NumPy": {"sgemm": lambda: np.matmul(a, a, out=product)},
        "PyTorch": {"sgemm": lambda: torch.mm(tensor, tensor, out=tensor_product)},
    }
    work = {"sgemm": 2 * SGEMM_SIZE**3}
    for size in COPY_MIB:
        source, label = np.ones(size << 18, np.float32), f"copy {size} MiB"
        target = np.zeros_like(source)
        sides["NumPy"][label] = partial(np.copyto, target, source)
        sides["PyTorch"][label] = partial(torch.from_numpy(target).copy_, torch.from_numpy(source))
        work[label] = 2 * source.nbytes
    times = race(sides, pace)
    return {side: {k: work[k] / float(np.median(t)) for k, t in passes.items()} for side, passes in times.items()}


def least_seconds(work, limits):
    """Return about the least time that this machine needs: for arithmetic or memory traffic, the longer."""
    rates = {label: max(side[label] for side in limits.values()) for label in limits["NumPy"]}
    return max(work["flops"] / rates["sgemm"], work["bytes"] / rates[f"copy {COPY_MIB[0]} MiB"])


class Neighbours:
    """Watch how much of the processor other programs used meanwhile (on Linux; elsewhere nobody tells us)."""

    def __init__(self):
        self.start = self._seconds()

    def share(self):
        """Return the share of all cores that others used since the start, or None where it cannot be known."""
        if self.start is None:
            return None
        busy, own, wall = (now - then for now, then in zip(self._seconds(), self.start, strict=True))
        return max(0.0, busy - own) / (wall * os.cpu_count())

    @staticmethod
    def _seconds():
        """Return (processor seconds of everybody, of this program and its children, wall clock)."""
        if not sys.platform.startswith("linux"):
            return None
        user, nice, system, _, _, irq, softirq, steal, *_ = map(int, Path("/proc/stat").read_text().split()[1:11])
        busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return busy, sum(u.ru_utime + u.ru_stime for u in usages), time.perf_counter()
