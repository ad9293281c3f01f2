"""A keeper lets a training be stopped by anything, and go on where it was."""

import time

from senumpy.arguments import check_number
from senumpy.files.arrays import npz_path
from senumpy.files.paths import as_path
from senumpy.training.arguments import check_rate
from senumpy.training.checkpoints import load_checkpoint, save_checkpoint
from senumpy.training.trainer import Trainer

EVERY = 10.0  # seconds: what a power cut may cost


class Keeper:
    """Keep a trainer in a file for one ``with`` block: go on from the file where it is there, and write it on the way.

    It is written every few seconds, and when the block is left, by whatever: the end, an error, Ctrl-C. A disk that is
    full on the way stops nothing; what was written before stays.

    Where several processes train, process 0 alone reads and writes the file, and tells the others. What is written asks
    nobody: at Ctrl-C the others may be gone, or a step ahead.

    Parameters
    ----------
    trainer : Trainer
    path : path
        Of the checkpoint, see `save_checkpoint`.
    every : float
        Seconds.
    on_trouble : callable, optional
        Told in a sentence when the file cannot be written on the way; it is silent without.

    Attributes
    ----------
    seconds : float
        How long the trainer has been kept, over all processes.

    Raises
    ------
    CheckpointError
        At the beginning, where the file is damaged or another trainer's.
    OSError
        At the end, where the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from senumpy.layers import Linear
    >>> from senumpy.training import SGD, Trainer
    >>> def training(folder, epochs):
    ...     model = Linear(2, 2, rng=np.random.default_rng(0))
    ...     trainer = Trainer(model, SGD(model.params, lr=1.0), progress=False)
    ...     with Keeper(trainer, f"{folder}/run"):
    ...         left = epochs - len(trainer.history.epochs)
    ...         data = np.eye(2, dtype=np.float32), np.array([0, 1])
    ...         return len(trainer.fit(*data, epochs=left, batch_size=1, rng=np.random.default_rng(0)).epochs)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     training(folder, 2), training(folder, 3)    # the second trains one epoch
    (2, 3)
    """

    def __init__(self, trainer, path, every=EVERY, on_trouble=None):
        if not isinstance(trainer, Trainer):
            raise ValueError(f"trainer must be a senumpy.training.Trainer, got {trainer!r}")
        if on_trouble is not None and not callable(on_trouble):
            raise ValueError(f"on_trouble must be a function on_trouble(sentence), got {on_trouble!r}")
        self.trainer, self.path, self.on_trouble = trainer, as_path(path), on_trouble
        self.every = check_rate("every", every)
        self.before, self.start, self.saved = 0.0, time.monotonic(), time.monotonic()

    @property
    def seconds(self):
        return self.before + time.monotonic() - self.start

    def __enter__(self):
        if self.trainer.team.first and npz_path(self.path).exists():
            notes = load_checkpoint(self.path, self.trainer.model, trainer=self.trainer)
            self.before = check_number("seconds", notes.get("seconds"), "of at least 0", lambda seconds: seconds >= 0)
        self.trainer.team.start(self.trainer)
        self.start = self.saved = time.monotonic()
        self.first, self.callback = self.trainer.step, self.trainer.callback
        self.trainer.callback = self._called
        return self

    def __exit__(self, kind, error, traceback):
        self.trainer.callback = self.callback
        if self.trainer.step > self.first:
            self._save(raises=kind is None)

    def _called(self, trainer, event):
        if self.callback is not None:
            self.callback(trainer, event)
        if time.monotonic() - self.saved >= self.every:
            self._save(raises=False)

    def _save(self, raises):
        try:
            save_checkpoint(self.path, self.trainer.model, trainer=self.trainer, notes={"seconds": self.seconds})
        except OSError as error:
            if raises:
                raise
            if self.on_trouble is not None:
                self.on_trouble(f"{error}; the checkpoint before it stays")
        self.saved = time.monotonic()
