"""Several processes train one model: each has all of it, and a share of every mini-batch.

A loss is a mean over images, so its gradient is a sum over images, and a sum may be taken in parts. Each process takes
the gradient of its own images, the parts are added up, and every process makes the same step. The one place where
images meet earlier is batch norm, whose mean and variance are sums as well.
"""

import time
from contextlib import contextmanager

import numpy as np

from senumpy.arguments import check_flag
from senumpy.backend import array_module
from senumpy.layers import BatchNorm2d
from senumpy.training.parallel import alike
from senumpy.training.parallel.alone import Alone
from senumpy.training.parallel.launched import check_launcher
from senumpy.training.parallel.row import as_row, from_row
from senumpy.training.parallel.waiting import wait


class Team:
    """All processes of a communicator, as one of them sees them.

    Parameters
    ----------
    comm : mpi4py.MPI.Comm
    sync : bool
        Batch norm takes its sums over the shares of all processes. Without, each share has statistics of its own, as in
        PyTorch where nothing else is asked for; the running ones are then those of process 0.

    Attributes
    ----------
    size, rank : int
        How many processes there are, and which of them this is, counted from 0.
    first : bool
        Whether this is process 0, which alone writes files and prints.
    seconds : float
        Spent in sums so far: on sending, and on waiting for those who are slower.

    Raises
    ------
    ValueError
        For something that is no communicator.
    """

    def __init__(self, comm, sync=True):
        missing = [name for name in ("Get_size", "Get_rank", "Iallreduce", "bcast") if not hasattr(comm, name)]
        if missing:
            raise ValueError(
                f"comm must be a communicator of mpi4py, such as mpi4py.MPI.COMM_WORLD, got {type(comm).__name__}"
            )
        self.comm, self.sync = comm, check_flag("sync", sync)
        self.size, self.rank = comm.Get_size(), comm.Get_rank()
        self.first, self.seconds = self.rank == 0, 0.0
        self.smallest_alone = 2 if self.sync else 2 * self.size  # with fewer, a share may be one image

    def check(self, library):
        """Raise a ValueError for another array library than NumPy."""
        if library is not np:
            raise ValueError(
                "several processes train on the CPU only: their sums go through MPI, which is given NumPy arrays. "
                'Move the model with model.to("numpy"), or train on the GPU in one process, without a communicator'
            )

    def share(self, x, labels):
        """Return this process's images of a mini-batch, their labels, and their weight in the mean over all of it.

        Shares differ by one image at most. A process for which there is none walks along with the first image, at
        weight 0: it has to be there for every sum, and adds nothing to it.
        """
        count, rest = divmod(len(x), self.size)
        start = self.rank * count + min(self.rank, rest)
        mine = slice(start, start + count + (self.rank < rest))
        if mine.start == mine.stop:
            return x[:1], labels[:1], 0.0
        return x[mine], labels[mine], (mine.stop - mine.start) / len(x)

    @contextmanager
    def batch_norm_sums(self, model, weight):
        """Let batch norm take its sums over all shares, not over this one alone, for one ``with`` block."""
        self.check(array_module(*model.params.values()))
        layers = [layer for _, layer in model.named_layers() if isinstance(layer, BatchNorm2d)] if self.sync else []
        before = [layer.all_sums for layer in layers]
        for layer in layers:
            layer.all_sums = self._all_sums if weight else self._sums_of_the_others
        try:
            yield
        finally:
            for layer, all_sums in zip(layers, before, strict=True):
                layer.all_sums = all_sums

    def _all_sums(self, sums):
        """Return a pair of sums over this share as the pair over all shares; a number of values stays a number."""
        return from_row(self.sum(as_row(sums, np.float64)), sums)

    def _sums_of_the_others(self, sums):
        return from_row(self.sum(np.zeros_like(as_row(sums, np.float64))), sums)

    def total(self, grads, loss, hits, weight):
        """Add up the gradients of all shares, in place; return the loss of the mini-batch and its right answers.

        All of it is one row of numbers, so there is one sum a step: beginning one takes longer than sending a few
        thousand numbers.
        """
        there = {name: g for name, g in grads.items() if g is not None}
        parts = (*there.values(), loss * weight, hits)
        row = as_row(parts, np.result_type(*there.values()))
        totals = from_row(self.sum(row if weight else np.zeros_like(row)), parts)
        for name, g in zip(there, totals, strict=False):
            grads[name] = g
        return totals[-2:]

    def sum_numbers(self, *numbers):
        """Return each number's sum over all processes."""
        return self.sum(np.array(numbers, np.float64)).tolist()

    def compare(self, numbers):
        """Return the places of the numbers that differ between processes: a list of pairs (place, process).

        Whole numbers below 2^53.
        """
        table = np.zeros((self.size, len(numbers)))
        table[self.rank] = numbers
        table = self.sum(table)  # every process sees everybody's
        return [(int(place), int(rank)) for rank, place in np.argwhere(table != table[0])]

    def tell(self, thing):
        """Return process 0's thing, in every process."""
        return self.comm.bcast(thing, root=0)

    def start(self, trainer, rng=None, given=None):
        """Let every process begin with what process 0 has, after a look at whether they were given the same."""
        self.check(array_module(*trainer.model.params.values()))
        alike.start(self, trainer, rng, given)

    def after_epoch(self, trainer):
        """Raise an error where the processes are no longer replicas of each other."""
        if not self.sync:
            for name, running in trainer.model.buffers.items():
                trainer.model.buffers[name] = self.tell(running if self.first else None)
        alike.check_replicas(self, trainer)

    def sum(self, row):
        """Return the sum of all processes' rows, in every process with the same bits."""
        start, total = time.perf_counter(), np.empty_like(row)
        wait(self.comm.Iallreduce(row, total))
        self.seconds += time.perf_counter() - start
        return total


def team_of(comm, sync=True):
    """Return the `Team` of a communicator, `Alone` for None, and a team as it is."""
    if isinstance(comm, (Team, Alone)):
        return comm
    check_flag("sync", sync)
    if comm is None:
        return Alone()
    check_launcher()
    return Team(comm, sync)
