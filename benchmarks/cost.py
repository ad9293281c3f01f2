"""What communication costs: a line fitted to measured sums, and a step extrapolated with it, on paper.

A sum over P processes goes through ``log2 P`` rounds. In each a row of n bytes is sent whole, which takes a latency and
n bytes at the network's bandwidth; or, for long rows, every process adds up one part of the row and hands it on, which
takes twice the rounds, but sends no byte more than twice. MPI takes what is shorter, and so does this.
"""

import math
from typing import NamedTuple

import numpy as np

ASSUMED = "On paper it is assumed: equal machines, a core each, no work during a sum, the rounds of cost.py."
PROCESSES = (1, 2, 4, 8, 16, 32, 64)


class Network(NamedTuple):
    """What sending takes: seconds to begin, and seconds for each byte."""

    name: str
    latency: float
    per_byte: float

    def __str__(self):
        return f"{self.name}: {1e6 * self.latency:.0f} us, {1e-9 / self.per_byte:.1f} GB/s"


class Work(NamedTuple):
    """A training step: what one process computes for some images, and the rows that all add up, in bytes."""

    name: str
    images: int
    fixed: float  # seconds of a step, whatever the batch
    per_image: float
    rows: tuple

    def compute(self, images):
        return self.fixed + self.per_image * images


ETHERNET = Network("Ethernet of 10 Gbit/s, assumed", 30e-6, 1 / 1.1e9)


def fit(name, sizes, seconds):
    """Return the network in which a sum of two processes takes so long; short and long rows count alike.

    >>> sizes = np.array([100.0, 1e4, 1e6])
    >>> network = fit("here", sizes, 1e-5 + sizes / 2e9)
    >>> round(1e6 * network.latency), round(1e-9 / network.per_byte, 3)
    (10, 2.0)
    """
    sizes, seconds = np.asarray(sizes, float), np.asarray(seconds, float)
    lines = np.stack([np.ones_like(sizes), sizes], axis=1) / seconds[:, None]  # the errors are relative ones
    latency, per_byte = np.linalg.lstsq(lines, np.ones_like(sizes), rcond=None)[0]
    return Network(name, max(float(latency), 0.0), max(float(per_byte), 1e-15))


def sum_seconds(size, processes, network):
    """Return how long a row of ``size`` bytes takes to be added up over all processes.

    >>> here = Network("here", 1e-5, 1e-9)
    >>> [round(1e6 * sum_seconds(1e4, P, here)) for P in (1, 2, 4, 64)]
    [0, 20, 40, 120]
    >>> round(1e3 * sum_seconds(1e8, 64, here))    # not six times 100 ms
    197
    """
    rounds = math.ceil(math.log2(processes))
    whole = rounds * (network.latency + size * network.per_byte)
    in_parts = 2 * rounds * network.latency + 2 * size * network.per_byte * (processes - 1) / processes
    return min(whole, in_parts)


def rows_of(parameters, channels, itemsize=4, sync=True):
    """Return the sizes of all rows of a step: the gradients with loss and hits; batch norm's sums in float64.

    >>> rows_of(100, [16])
    (408, 136, 256, 256)
    """
    norms = [8 * count for C in channels for count in (C + 1, 2 * C, 2 * C)] if sync else []
    return (itemsize * (parameters + 2), *norms)


def communication(work, processes, network):
    return sum(sum_seconds(size, processes, network) for size in work.rows)


def growing_batch(work, processes, network):
    """Return which part of the time is spent on computing, where each process has as many images as one had."""
    compute = work.compute(work.images)
    return compute / (compute + communication(work, processes, network))


def same_batch(work, processes, network):
    """Return how many times as fast all are as one, where they share the images that one had."""
    shared = work.compute(math.ceil(work.images / processes)) + communication(work, processes, network)
    return work.compute(work.images) / shared


# On paper alone: 28.1 million parameters, 53 batch norms of 26,560 channels, and a time that nothing here has measured.
PAPER = Work("SE-ResNet-50, 8 images at 0.6 s", 8, 0.0, 0.6, rows_of(28_100_000, [26_560 // 53] * 53))


def on_paper(works, networks):
    """Yield tables of how a step would grow to many machines: a title, a header, rows."""
    header = ["work", "network", *(f"{P}" for P in PROCESSES)]
    for title, function, digits in (
        ("Part of the time that is spent on computing, each of P processes with a whole batch:", growing_batch, 2),
        ("How many times as fast as one process, one batch shared by all:", same_batch, 1),
    ):
        rows = [[work.name, network.name, *(f"{function(work, P, network):.{digits}f}" for P in PROCESSES)]
                for work in works for network in networks]  # fmt: skip
        yield title, header, rows
