"""Replicas stay replicas: they begin with the same numbers, make the same steps, and are compared every epoch."""

import zlib

import numpy as np

from senumpy.training.checkpoints import contents, take_contents
from senumpy.training.refusals import TrainingError


def start(team, trainer, rng, given):
    """Give every process the weights, statistics, optimizer, history and random state of process 0.

    What it sends is a checkpoint that needs no file; so it is looked at like one, and who has another network, another
    optimizer or another schedule learns what differs.

    Parameters
    ----------
    team : Team
    trainer : Trainer
    rng : numpy.random.Generator or None
    given : dict of name to anything
        What the processes should have been given alike: lists of arrays and numbers.
    """
    if given:
        check_given(team, given)
    message = None
    if team.first:
        loaded = trainer.place is not None and trainer.place.rng is None  # `fit` then goes on in the middle
        message = loaded, contents(trainer.model, trainer.optimizer, trainer, rng)
    loaded, (arrays, about) = team.tell(message)
    if not team.first:
        where = f"process {team.rank} of {team.size} is no replica of process 0: its training"
        take_contents(where, arrays, about, trainer.model, trainer.optimizer, trainer, rng, allow_non_finite=True)
        trainer.place = trainer.place if loaded else None


def check_given(team, given):
    """Raise a ValueError, in every process, where one has been given other images than process 0, or other numbers."""
    differing = team.compare([_checksum(things) for things in given.values()])
    if differing:
        place, rank = differing[0]
        raise ValueError(
            f"process {rank} was given {list(given)[place]} that differ from those of process 0: give every process "
            "all of the images and the same numbers, each takes its share of every mini-batch by itself"
        )


def check_replicas(team, trainer):
    """Raise a `TrainingError`, in every process, where weights, statistics or the optimizer's memory differ."""
    optimizer, model = trainer.optimizer, trainer.model
    memory = [a for name in sorted(optimizer.memory) for a in optimizer.memory[name]]
    numbers = np.array([float(optimizer.lr), optimizer.steps, trainer.step])
    parts = {
        "parameters": model.params.values(),
        "running statistics": model.buffers.values(),
        "optimizer's memory": memory,
        "learning rate or number of steps": [numbers],
    }
    differing = team.compare([_checksum(arrays) for arrays in parts.values()])
    if differing:
        place, rank = differing[0]
        raise TrainingError(
            f"after epoch {trainer.epoch} process {rank} is no replica of process 0 any more, their "
            f"{list(parts)[place]} differ: whatever changes the model or the optimizer, a callback perhaps, must do "
            "the same in every process"
        )


def _checksum(things):
    """Return the CRC-32 of arrays by their logical order, and of anything else by how it is written."""
    crc = 0
    for thing in things:
        if isinstance(thing, np.ndarray):
            crc = zlib.crc32(f"{thing.dtype} {thing.shape}".encode(), crc)
            for start in range(0, len(thing) if thing.ndim else 0, 256):  # a few images at a time, wherever they lie
                crc = zlib.crc32(np.ascontiguousarray(thing[start : start + 256]), crc)
        else:
            crc = zlib.crc32(repr(thing).encode(), crc)
    return crc
