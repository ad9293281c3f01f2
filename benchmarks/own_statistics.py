"""What sync=False does to a training: ``mpiexec -n 4 python -m benchmarks.own_statistics`` (minutes).

With it batch norm sees the whole mini-batch, without it each process its own share, as in PyTorch where nobody asks for
SyncBatchNorm. Small mini-batches show it most.
"""

import argparse

import numpy as np

from senumpy.data import digits
from senumpy.training import SGD, Trainer, one_cycle_lr, tiny_cnn_for
from senumpy.training.parallel import together

EPOCHS, PEAK = 5, 0.2


def accuracy(task, comm, batch_size, sync, seed):
    """Train the tiny CNN with SE on digits, and return its loss and accuracy on the test images."""
    model = tiny_cnn_for(task, seed=seed, widths=(8, 16))
    schedule = one_cycle_lr(PEAK, EPOCHS * -(-len(task.labels_train) // batch_size))
    trainer = Trainer(model, SGD(model.params, PEAK, momentum=0.9), schedule, progress=False, comm=comm, sync=sync)
    options = {"epochs": EPOCHS, "batch_size": batch_size, "rng": np.random.default_rng(seed)}
    epoch = trainer.fit(task.x_train, task.labels_train, test=(task.x_test, task.labels_test), **options).epochs[-1]
    return epoch.test_loss, epoch.test_accuracy


def main():
    parser = argparse.ArgumentParser("python -m benchmarks.own_statistics")
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    with together() as comm:
        task = digits()
        for batch_size in (8, 32):
            for sync in (True, False):
                found = np.array([accuracy(task, comm, batch_size, sync, seed) for seed in range(seeds)])
                (loss, right), spread = found.mean(axis=0), np.ptp(found[:, 1])
                if comm is None or comm.rank == 0:
                    words = f"test loss {loss:.3f}   accuracy {right:.3f}, {spread:.3f} from the worst seed to the best"
                    print(f"batch {batch_size:2}   sync={sync!s:5}   {words}", flush=True)


if __name__ == "__main__":
    main()
