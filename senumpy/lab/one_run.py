"""One run: build, train, examine after the last epoch. What goes wrong in training is a result like any other."""

import json
import time

from senumpy.lab.settings import make_model, make_task
from senumpy.training import TrainingError
from senumpy.training.recipes import fit_task, trainer_by_recipe

FIRST = 20  # losses that each run keeps, for those who want to know later whether they get the same
_TASKS = {}


class _EnoughError(Exception):
    """The first steps are done."""


def train_one(settings, *, on_epoch=None):
    """Train one network by its settings, and return what came of it, ready for JSON.

    Its test accuracy is that of the last epoch, whatever the others were: nothing is chosen by the test.

    Parameters
    ----------
    settings : dict
        As `make_settings` returns them.
    on_epoch : callable, optional
        ``on_epoch(number)``, after each.

    Returns
    -------
    dict
        With state "finished" or "diverged", reason, test_accuracy, test_loss, train_accuracy, test_accuracies (of every
        epoch), first_losses, parameters and seconds (of the processor).
    """
    _task(settings)  # drawing the pictures is no training
    start = time.process_time()
    model, trainer, broken = _train(settings, lambda trainer, event: _tell(trainer, event, on_epoch))
    history = trainer.history
    last = history.epochs[-1] if history.epochs and broken is None else None
    return {
        "state": "finished" if broken is None else "diverged",
        "reason": broken,
        "test_accuracy": last and float(last.test_accuracy),
        "test_loss": last and float(last.test_loss),
        "train_accuracy": last and float(last.accuracy),
        "test_accuracies": [float(epoch.test_accuracy) for epoch in history.epochs],
        "first_losses": [float(loss) for loss in history.loss[:FIRST]],
        "parameters": model.count_parameters(),
        "seconds": round(time.process_time() - start, 2),
    }


def first_losses(settings):
    """Return the losses of a run's first steps, and train no further."""

    def stop(trainer, event):
        if trainer.step >= FIRST:
            raise _EnoughError

    return [float(loss) for loss in _train(settings, stop)[1].history.loss[:FIRST]]


def _train(settings, callback):
    """Return the model, its trainer, and in words why it could not go on, or None."""
    task = _task(settings)
    model = make_model(settings, task)
    how = {"epochs": settings["epochs"], "batch_size": settings["batch_size"]}
    trainer = trainer_by_recipe(model, task, lr=settings["lr"], callback=callback, progress=False, **how)
    try:
        fit_task(trainer, task, seed=settings["seed"], **how)
    except _EnoughError:
        pass
    except TrainingError as error:
        return model, trainer, str(error)
    return model, trainer, None


def _task(settings):
    """Return the task, made once for all runs that share it."""
    key = json.dumps([settings["task"], settings["task_options"], settings["part"]], sort_keys=True)
    if key not in _TASKS:
        _TASKS.clear()
        _TASKS[key] = make_task(settings)
    return _TASKS[key]


def _tell(trainer, event, on_epoch):
    if event == "epoch" and on_epoch is not None:
        on_epoch(trainer.epoch)
