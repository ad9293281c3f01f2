"""A trainer in a file: its history, how far it is, and by which schedule."""

from dataclasses import fields
from functools import partial

import numpy as np

from senumpy.training.history import Epoch, History
from senumpy.training.place import place_from, place_to_save

LOSSES, RATES = "history/loss", "history/lr"


def trainer_arrays(trainer):
    """Return what there is for every step, as arrays."""
    history = trainer.history
    return {LOSSES: np.array(history.loss, np.float64), RATES: np.array(history.lr, np.float64)}


def describe_trainer(trainer):
    """Return everything else about a trainer, ready for JSON."""
    place = place_to_save(trainer)
    return {
        "step": trainer.step,
        "epoch": trainer.epoch,
        "schedule": describe_schedule(trainer.schedule),
        "epochs": trainer.history.to_dict()["epochs"],
        "place": place and place.to_dict(),
    }


def describe_schedule(schedule):
    """Return a schedule's rule and numbers as a text: to be compared, never to be run.

    >>> from senumpy.training import step_lr
    >>> describe_schedule(step_lr(0.1, 30))
    'step(0.1, 30, 0.1)'
    """
    if schedule is None:
        return "none"
    if isinstance(schedule, partial) and schedule.func.__module__.startswith("senumpy."):
        numbers = ", ".join(map(repr, schedule.args))
        return f"{schedule.func.__name__.lstrip('_')}({numbers})"
    return "one of your own"


def fitting_trainer(trainer, about, arrays, wrong):
    """Return the state that `set_trainer` takes, and add sentences about what does not fit to a list."""
    if not isinstance(about, dict) or not {LOSSES, RATES} <= arrays.keys():
        wrong.append("the file holds no trainer's state: it was saved without one")
        return None
    schedule = describe_schedule(trainer.schedule)
    if about.get("schedule") != schedule:
        wrong.append(f"the schedule is {about.get('schedule')} in the file, {schedule} here")
    try:
        epochs = [_epoch(entry, number) for number, entry in enumerate(about.get("epochs"), start=1)]
        step = _steps(about.get("step"), arrays)
        place = None if about["place"] is None else place_from(about["place"], len(epochs))
        latest = about.get("epoch")
        if type(latest) is not int or latest not in (len(epochs), len(epochs) + 1):
            raise ValueError(f"epoch {latest!r} does not follow on {len(epochs)} epochs")
    except (ValueError, TypeError, KeyError) as error:
        wrong.append(f"the trainer's state: {error}")
        return None
    history = History(arrays[LOSSES].tolist(), arrays[RATES].tolist(), epochs)
    return step, latest, history, place


def _steps(step, arrays):
    """Return the number of steps, of which the history must tell one by one."""
    for name in (LOSSES, RATES):
        a = arrays[name]
        if a.dtype != np.float64 or type(step) is not int or a.shape != (step,):
            raise ValueError(f"{name} must be float64 for each of {step!r} steps, the file has {a.dtype} of {a.shape}")
        if not np.isfinite(a).all():
            raise ValueError(f"{name} holds NaN or infinity")
    return step


def _epoch(entry, number):
    names = [field.name for field in fields(Epoch)]
    if not isinstance(entry, dict) or list(entry) != names or entry["epoch"] != number:
        raise ValueError(f"epoch {number} is not described by {', '.join(names)}")
    for name, value in entry.items():
        optional = name.startswith("test_") and value is None
        if not optional and (type(value) not in (int, float) or not abs(value) < float("inf")):
            raise ValueError(f"{name} of epoch {number} must be a finite number, the file has {value!r}")
    return Epoch(**entry)


def set_trainer(trainer, state):
    """Give a trainer the state that `fitting_trainer` returned."""
    trainer.step, trainer.epoch, trainer.history, trainer.place = state
