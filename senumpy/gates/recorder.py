"""A recorder keeps the gates of chosen pictures while the network learns, so that one can play them back."""

from collections.abc import Iterable

import numpy as np

from senumpy.arguments import check_count, check_plain
from senumpy.files.arrays import read_arrays
from senumpy.files.paths import as_path
from senumpy.gates.values import gate_values


class GateRecorder:
    """Record the gates of every SE block for some pictures, at chosen steps of a training run.

    It is a callback for `senumpy.training.Trainer`. What it records before training, at step 0, it records when asked:
    ``recorder.record(model)``.

    Parameters
    ----------
    images : array (N, C, H, W)
        The pictures to watch. They need not be training pictures.
    every : int, optional
        Record after every so many steps.
    steps : list of int, optional
        Record after just these steps, counted from 1. Without ``every`` and ``steps`` it records after each epoch.

    Attributes
    ----------
    steps : array (T,)
        The steps recorded, in order.
    gates : dict of str to array (T, N, C)
        By block name: moments, pictures, channels.

    Raises
    ------
    ValueError
        Where both ``every`` and ``steps`` are given, or ``every`` is below 1.

    Examples
    --------
    >>> from senumpy.models import TinyCNN
    >>> recorder = GateRecorder(np.zeros((2, 3, 8, 8), np.float32))
    >>> recorder.record(TinyCNN(widths=(4, 8)))
    >>> recorder.steps, {name: s.shape for name, s in recorder.gates.items()}
    (array([0]), {'se1': (1, 2, 4), 'se2': (1, 2, 8)})
    """

    def __init__(self, images, *, every=None, steps=None):
        if every is not None and steps is not None:
            raise ValueError("give every (a number) or steps (a list), not both")
        check_plain("images", images)
        self.images = np.asarray(images)
        if self.images.dtype.kind not in "fiu" or self.images.ndim != 4 or not len(self.images):
            got = f"{self.images.dtype} of shape {self.images.shape}"
            raise ValueError(f"images must be a batch of pictures, (N, C, H, W), got {got}; for one write image[None]")
        self._every = None if every is None else check_count("every", every)
        self._wanted = None if steps is None else _chosen(steps)
        self._moments = {}  # step to gates; a dictionary, so that a step asked for twice is kept once

    @property
    def steps(self):
        return np.array(list(self._moments), dtype=np.int64)

    @property
    def gates(self):
        moments = list(self._moments.values())
        return {name: np.stack([moment[name] for moment in moments]) for name in (moments[0] if moments else ())}

    def record(self, model, step=0):
        """Keep the gates the model chooses now, under this step number."""
        gates = gate_values(model, self.images)
        if not gates:
            raise ValueError("there is nothing to record: the model has no SE blocks; build it with se=True")
        self._moments[check_count("step", step, least=0)] = gates
        self._moments = dict(sorted(self._moments.items()))

    def __call__(self, trainer, event):
        """Record when the trainer calls at a chosen moment."""
        if event == ("epoch" if self._every is None and self._wanted is None else "step"):
            if self._is_wanted(trainer.step):
                self.record(trainer.model, trainer.step)

    def _is_wanted(self, step):
        if self._every is not None:
            return step % self._every == 0
        return self._wanted is None or step in self._wanted

    def at(self, moment):
        """Return the gates of one moment, as `gate_values` gives them: ``at(0)`` is the first, ``at(-1)`` the last."""
        if not self._moments:
            raise ValueError("nothing is recorded yet: call record(model), or train with this recorder as the callback")
        if not hasattr(moment, "__index__") or not -len(self._moments) <= moment < len(self._moments):
            raise ValueError(f"moment must be the place of one of {len(self._moments)} recorded, got {moment!r}")
        return dict(list(self._moments.values())[moment])

    def save(self, path):
        """Write everything recorded to an .npz and return its path; the suffix is added where it is missing."""
        path = as_path(path)
        path = path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
        arrays = {f"gates/{name}": s for name, s in self.gates.items()}
        np.savez_compressed(path, steps=self.steps, images=self.images, **arrays)
        return path

    @classmethod
    def load(cls, path):
        """Return the recorder that `save` wrote: to look at, or to go on recording with ``record``.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is not a file of recorded gates.
        """
        try:
            arrays = read_arrays(path)
        except MemoryError as error:
            raise ValueError(f"{path} holds more numbers, or claims to, than there is memory for") from error
        blocks = {name.removeprefix("gates/"): s for name, s in arrays.items() if name.startswith("gates/")}
        if "steps" not in arrays or "images" not in arrays:
            raise ValueError(f"{path} holds no recorded gates: expected the arrays steps and images and gates/..., "
                             f"got {', '.join(sorted(arrays)[:6]) or 'none'}")  # fmt: skip
        _check_moments(path, arrays["steps"], arrays["images"], blocks)
        recorder = cls(arrays["images"])
        for t, step in enumerate(arrays["steps"]):
            recorder._moments[int(step)] = {name: s[t] for name, s in blocks.items()}
        return recorder


def _chosen(steps):
    if isinstance(steps, str) or not isinstance(steps, Iterable):
        raise ValueError(f"steps must be a list of steps, counted from 1, got {steps!r}")
    return frozenset(check_count("each of steps", step, least=0) for step in steps)


def _check_moments(path, steps, images, blocks):
    """Raise a ValueError where the arrays of a file do not tell of the same moments and pictures."""
    if steps.ndim != 1 or steps.dtype.kind not in "iu" or len(set(steps.tolist())) != len(steps):
        raise ValueError(f"{path}: steps must be whole numbers, each once, got {steps.dtype} of shape {steps.shape}")
    if images.ndim != 4:
        raise ValueError(f"{path}: images must have shape (N, C, H, W), got {images.shape}")
    for name, s in blocks.items():
        if s.dtype.kind != "f" or s.ndim != 3 or s.shape[:2] != (len(steps), len(images)):
            raise ValueError(
                f"{path}: the gates of {name} must be floating-point of shape ({len(steps)} moments, {len(images)} "
                f"pictures, channels), got {s.dtype} of shape {s.shape}"
            )
