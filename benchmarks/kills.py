"""Kill a process at random moments while it saves, or trains and saves: ``python -m benchmarks.kills --kills 300``.

After each kill the previous or the new file must be whole; a training that was killed again and again must end with the
bits of one that was not. A disk may take a thousandth of a second for a file or half of one: the moments are drawn by
what a save and a training take here. Needs `os.fork` (not on Windows).
"""

import argparse
import hashlib
import os
import signal
import tempfile
import time
from itertools import count
from pathlib import Path

import numpy as np

from senumpy.models import TinyCNN
from senumpy.training import SGD, Keeper, Trainer, load_checkpoint, save_checkpoint

X = np.random.default_rng(1).random((60, 3, 8, 8), dtype=np.float32)
LABELS = np.arange(60) % 3
EPOCHS = 6


def new_trainer():
    model = TinyCNN(3, 3, (8, 8), reduction=2, rng=np.random.default_rng(0))
    return Trainer(model, SGD(model.params, 0.05, momentum=0.9, nesterov=True), progress=False)


def killed(work, seconds):
    """Do some work in a process of its own, kill it after some seconds, and say whether it was still alive."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def seconds_of(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def kill_while_saving(kills, rng):
    """Return how often the file was whole after a kill, and how many saves there were: each file holds one number."""
    trainer, whole, last = new_trainer(), 0, 0
    arrays = [*trainer.model.params.values(), *trainer.model.buffers.values()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.npz")

        def save(number):
            for a in arrays:
                a[...] = number
            save_checkpoint(path, trainer.model, trainer=trainer)

        def save_for_ever():
            for number in count(last + 1):
                save(number)

        save(0)
        one_save = seconds_of(lambda: save(0))
        for _ in range(kills):
            killed(save_for_ever, rng.uniform(0, 4 * one_save))
            load_checkpoint(path, trainer.model, trainer=trainer)
            numbers = {float(number) for a in arrays for number in a.ravel()}
            whole += len(numbers) == 1 and min(numbers) >= last
            last = int(min(numbers))
            for leftover in Path(folder).glob("*.part*"):
                leftover.unlink()
    return whole, last


def bits(trainer):
    """Return a checksum of everything that a step changes."""
    optimizer, model = trainer.optimizer, trainer.model
    arrays = [*model.params.values(), *model.buffers.values(), *(a for kept in optimizer.memory.values() for a in kept)]
    checksum = hashlib.sha256(b"".join(a.tobytes() for a in arrays))
    checksum.update(repr((trainer.step, optimizer.steps, trainer.history.loss, trainer.history.lr)).encode())
    checksum.update(repr([(e.loss, e.accuracy) for e in trainer.history.epochs]).encode())
    return checksum.hexdigest()


def train(path=None):
    """Train to the end, from a checkpoint where there is one; write one after every step."""
    trainer = new_trainer()
    with Keeper(trainer, path, every=0.0) if path else tempfile.TemporaryDirectory():
        left = EPOCHS - len(trainer.history.epochs)
        if left:
            trainer.fit(X, LABELS, epochs=left, batch_size=14, rng=np.random.default_rng(3))
    return trainer


def kill_while_training(kills, rng):
    """Return kills, runs that ended after being killed, and how many of them ended with the bits of an unkilled one."""
    expected, done, ended, same = bits(train()), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        unkilled = seconds_of(lambda: train(Path(folder, "a.npz")))
    while done < kills:
        with tempfile.TemporaryDirectory() as folder:
            path, alive, longest = Path(folder, "a.npz"), True, unkilled / 4
            while alive:
                alive = killed(lambda path=path: train(path), rng.uniform(0, longest))
                done += alive
                longest *= 1.05  # so that a machine that has become slow ends too
            trainer = new_trainer()
            load_checkpoint(path, trainer.model, trainer=trainer)
            ended, same = ended + 1, same + (bits(trainer) == expected)
    return done, ended, same


def main(argv=None):
    """Print what survived; return 0 where everything did."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    rng = np.random.default_rng(args.seed)
    whole, saves = kill_while_saving(args.kills, rng)
    print(f"killed while saving: {args.kills} times, in {saves} saves; the file was whole {whole} times", flush=True)
    done, ended, same = kill_while_training(args.kills, rng)
    print(f"killed while training: {done} times; of {ended} runs {same} ended with the bits of one that was not killed")
    return int(whole != args.kills or same != ended)


if __name__ == "__main__":
    raise SystemExit(main())
