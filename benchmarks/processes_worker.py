"""One side of the race in `processes.py`: it waits for a line, does what it says, and answers with a line.

It may be one process, or all that mpiexec started; PyTorch's has two threads. Who waits sleeps: a side that is not in
its turn must not take the others' cores.
"""

import json
import os
import sys
import time

import numpy as np
import torch

from benchmarks.cases_step import EPOCH_BATCH, make_batch, make_trainer
from benchmarks.timing import spread
from senumpy.data import cued_digits, minibatches
from senumpy.training.parallel import together
from senumpy.training.parallel.team import team_of

LINE = 1 << 12  # bytes of a message


class Worker:
    """What one process of a side knows."""

    def __init__(self, side, comm):
        self.side, self.comm = side, comm

    def about(self):
        """Say how many threads this process has, and on which cores it may run."""
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        threads = torch.get_num_threads() if self.side == "PyTorch" else int(os.environ["OPENBLAS_NUM_THREADS"])
        mine = {"threads": threads, "cores": cores}
        return {"processes": [mine] if self.comm is None else self.comm.allgather(mine)}

    def prepare(self, widths, size, batch, se=True, sync=True):
        """Build a trainer and a mini-batch, and return the losses of its first steps."""
        self.trainer = make_trainer(self.side, tuple(widths), se=se)
        if self.side == "senumpy":
            self.trainer.team = team_of(self.comm, sync)
        rng = np.random.default_rng(1)
        x, labels = rng.random((batch, 3, size, size), dtype=np.float32), rng.integers(0, 10, batch)
        self.batch = make_batch(self.trainer, x, labels)
        return {"losses": [float(self.trainer.train_step(*self.batch)[0]) for _ in range(3)]}

    def steps(self, count):
        """Take steps, after two to warm up; return the seconds of one, and how many of them went to the sums."""
        for _ in range(2):
            self.trainer.train_step(*self.batch)
        team = getattr(self.trainer, "team", None)
        in_sums, start = getattr(team, "seconds", 0.0), time.perf_counter()
        for _ in range(count):
            self.trainer.train_step(*self.batch)
        seconds = (time.perf_counter() - start) / count
        return {"seconds": seconds, "in_sums": (getattr(team, "seconds", 0.0) - in_sums) / count}

    def epoch(self, images, seed):
        """Train for an epoch of cued digits."""
        task = cued_digits(n_train=images, n_test=1)
        start = time.perf_counter()
        for x, labels in minibatches(task.x_train, task.labels_train, EPOCH_BATCH, rng=np.random.default_rng(seed)):
            self.trainer.train_step(*make_batch(self.trainer, x, labels))
        return {"seconds": time.perf_counter() - start}

    def sums(self, numbers, count):
        """Return the median seconds of a sum over all processes, as a training step takes it."""
        team, row, seconds = team_of(self.comm), np.ones(numbers, np.float32), []
        for _ in range(count):
            start = time.perf_counter()
            team.sum(row)
            seconds.append(time.perf_counter() - start)
        return {"seconds": spread(seconds).median}


def next_message(comm):
    """Return what stdin tells process 0, in every process; who waits for it looks up every few milliseconds."""
    line = np.zeros(LINE, np.uint8)
    if comm is None or comm.rank == 0:
        text = sys.stdin.readline().encode() or b'{"do": "end"}'
        line[: len(text)] = np.frombuffer(text, np.uint8)
    if comm is not None:
        request = comm.Ibcast(line)
        while not request.Test():
            time.sleep(2e-3)
    return json.loads(line.tobytes().rstrip(b"\0"))


def main(side):
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    with together() as comm:
        worker = Worker(side, comm)
        while (message := next_message(comm)).pop("do") != "end":
            answer = getattr(worker, message.pop("what"))(**message)
            if comm is None or comm.rank == 0:
                print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
