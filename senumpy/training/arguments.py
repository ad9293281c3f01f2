"""What optimizers, schedules and the trainer ask of their arguments, and the words they use when they do not get it."""

from collections.abc import Mapping

import numpy as np

from senumpy.arguments import check_number
from senumpy.backend import array_module


def check_rate(name, value):
    """Return a learning rate, or another factor, as a Python float: finite, and at least 0."""
    return check_number(name, value, "of at least 0, and finite", lambda rate: rate >= 0)


def check_positive(name, value):
    """Return a number as a Python float: finite, and above 0."""
    return check_number(name, value, "above 0, and finite", lambda number: number > 0)


def check_optional(name, value, kind):
    """Raise a ValueError unless ``value`` is None or an object of a class."""
    if value is not None and not isinstance(value, kind):
        raise ValueError(f"{name} must be of senumpy.training's {kind.__name__}s, or None, got {value!r}")


class Checked:
    """An attribute that is looked at whenever it is set: by the constructor, a schedule, a callback, your own loop."""

    def __init__(self, check):
        self.check = check

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return self if instance is None else vars(instance)[self.name]

    def __set__(self, instance, value):
        vars(instance)[self.name] = self.check(self.name, value)


def check_params(optimizer, params):
    """Return a model's parameters as a dictionary of its own, or say what to write instead of what came."""
    write = f"write {optimizer}(model.params, lr=...)"
    if not isinstance(params, Mapping):
        raise ValueError(f"params must be a dictionary of arrays by name, got {type(params).__name__}: {write}")
    if not params:
        raise ValueError(f"{optimizer} got an empty parameter list, there is nothing to train: {write}")
    for name, p in params.items():
        problem = _unfit(p)
        if problem:
            raise ValueError(f"parameter {name!r} must be an array of floating-point numbers, got {problem}: {write}")
    params = dict(params)
    _check_apart(params)
    return params


def check_gradients(params, grads):
    """Raise a ValueError unless every parameter can take the gradient of the same name: all before the first does."""
    if not isinstance(grads, Mapping):
        raise ValueError(f"step needs the gradients by name, got {type(grads).__name__}: write step(model.grads)")
    missing = [name for name in params if grads.get(name) is None]
    if missing:
        raise ValueError(f"no gradient for {', '.join(missing)}: call model.backward before optimizer.step")
    for name, p in params.items():
        g = grads[name]
        problem = _unfit(g)
        if problem:
            raise ValueError(f"the gradient of {name} must be an array of floating-point numbers, got {problem}")
        if g.shape != p.shape:
            raise ValueError(f"the gradient of {name} has shape {g.shape}, the parameter {p.shape}")
        array_module(p, g)  # raises where they live on different devices
        if not getattr(p.flags, "writeable", True):
            raise ValueError(f"parameter {name} is read-only and cannot be updated: give the layer a copy of the array")


def _unfit(a):
    """Return what an array is where it is none that can be computed with, else ""."""
    if not hasattr(a, "dtype") or not hasattr(a, "strides") or isinstance(a, (np.ma.MaskedArray, np.matrix)):
        return type(a).__name__
    return "" if a.dtype.kind == "f" else str(a.dtype)


def _check_apart(params):
    """Raise a ValueError where two names share memory: one step would update it twice."""
    xp, items = array_module(*params.values()), list(params.items())
    for i, (name, p) in enumerate(items):
        for other, q in items[:i]:
            if p is q or (xp.may_share_memory(p, q) and xp.shares_memory(p, q)):
                raise ValueError(f"{other!r} and {name!r} share memory, a step would update it twice: name it once")


def next_rate(trainer):
    """Return the learning rate of a trainer's next step, looked at whoever set it."""
    step, schedule = trainer.step, trainer.schedule
    if schedule is None:
        return check_rate(f"the learning rate of step {step + 1}", trainer.optimizer.lr)
    return check_rate(f"the schedule's learning rate for step {step + 1}", schedule(step))
