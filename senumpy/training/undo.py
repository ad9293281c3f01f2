"""A training step happens wholly or not at all: whatever stops it, the model is as before."""

from contextlib import contextmanager
from dataclasses import replace


@contextmanager
def all_or_nothing(trainer):
    """Undo a step of the trainer where an error, or Ctrl-C, leaves the ``with`` block; yield the `Before`.

    What a step changes are parameters, buffers, the optimizer's memory and counters, the history and the sums of the
    epoch. Gradients and caches stay those of the step that failed, to be looked at. (A second Ctrl-C while the first is
    being answered is not provided for.)
    """
    before = Before(trainer)
    try:
        yield before
    except BaseException:
        before.restore()
        raise


class Before:
    """What a step will change, as it is now."""

    def __init__(self, trainer):
        optimizer, self.trainer = trainer.optimizer, trainer
        self.arrays = {**trainer.model.buffers, **optimizer.params}
        self.copies = {name: a.copy() for name, a in self.arrays.items()}
        self.memory = {name: tuple(a.copy() for a in arrays) for name, arrays in optimizer.memory.items()}
        self.lr, self.optimizer_steps, self.step = optimizer.lr, optimizer.steps, trainer.step
        self.place = trainer.place and replace(trainer.place)
        self.length = len(trainer.history.loss), len(trainer.history.lr)

    def restore(self):
        optimizer, history = self.trainer.optimizer, self.trainer.history
        for name, a in self.arrays.items():
            if getattr(a.flags, "writeable", True):  # what is read-only was not changed
                a[...] = self.copies[name]
        optimizer.memory, optimizer.lr, optimizer.steps = self.memory, self.lr, self.optimizer_steps
        self.trainer.step, self.trainer.place = self.step, self.place
        losses, rates = self.length
        del history.loss[losses:], history.lr[rates:]
