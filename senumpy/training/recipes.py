"""Recipes: for each bundled task, the settings under which the tiny CNN was found to train well."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from senumpy import data
from senumpy.arguments import check_count
from senumpy.data.own import READERS, load_data
from senumpy.layers.layer import require_layer
from senumpy.models import TinyCNN
from senumpy.training.optimizers import SGD
from senumpy.training.schedules import one_cycle_lr
from senumpy.training.trainer import Trainer


@dataclass(frozen=True)
class Recipe:
    """A task and its settings; pass them on to `tiny_cnn_for` and `train_by_recipe`, or overrule them."""

    task: Callable[[], data.Task]
    epochs: int
    batch_size: int = 32
    lr: float = 0.2  # the peak of the one-cycle schedule
    widths: tuple[int, ...] = (16, 32, 32)
    reduction: int = 2


RECIPES = {
    "cued-digits": Recipe(data.cued_digits, epochs=12),
    "photos": Recipe(data.photos, epochs=10),
    "digits": Recipe(data.digits, epochs=10),
}


def recipe_for(data):
    """Return the recipe of a bundled task by its name, or one for data of your own: ``"kind:PATH"``, see `load_data`.

    >>> recipe_for("photos").epochs
    10
    """
    kind, colon, path = data.partition(":") if isinstance(data, str) else ("", "", "")
    if colon == "" and kind in RECIPES:
        return RECIPES[kind]
    if not colon or not path or kind not in READERS:
        raise ValueError(
            f"there is no task {data!r}: choose one of {', '.join(RECIPES)}, or data of your own as "
            f"{', '.join(f'{kind}:PATH' for kind in READERS)}"
        )
    return Recipe(partial(load_data, kind, path), epochs=10)


def tiny_cnn_for(task, *, se=True, seed=0, widths=(16, 32, 32), reduction=2, **block):
    """Build the `TinyCNN` that fits a task's images and classes; further options are `TinyCNN`'s.

    One seed fixes the weights; with ``se=True`` and ``se=False`` the weights that both networks have start alike.

    >>> tiny_cnn_for(data.digits(), widths=(4, 4)).params["conv1.weight"].shape
    (4, 1, 3, 3)
    """
    _check_task(task)
    rng = np.random.default_rng(check_count("seed", seed, least=0))
    return TinyCNN(task.x_train.shape[1], len(task.class_names), widths, se, reduction, rng, **block)


def trainer_by_recipe(
    model, task, *, epochs, batch_size=32, lr=0.2, callback=None, progress=True, drop_last=False, comm=None
):
    """Return the `Trainer` of `train_by_recipe`, whose arguments these are, before its first step."""
    require_layer(model)
    _check_task(task)
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    N = len(task.labels_train)
    steps = epochs * max(1, N // batch_size if drop_last else math.ceil(N / batch_size))
    optimizer = SGD(model.params, lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
    return Trainer(model, optimizer, one_cycle_lr(lr, steps), callback, progress, comm)


def train_by_recipe(
    model, task, *, epochs, batch_size=32, lr=0.2, seed=0, callback=None, progress=True, drop_last=False, comm=None
):
    """Train a model on a task: Nesterov SGD with momentum 0.9, weight decay 5e-4 and a one-cycle learning rate.

    Parameters
    ----------
    model : Layer
        For example from `tiny_cnn_for`.
    task : Task
    epochs, batch_size : int
    lr : float
        The peak of the one-cycle schedule.
    seed : int
        Fixes the order of the pictures.
    callback : callable, optional
        See `Trainer`.
    progress, drop_last : bool
        See `Trainer` and `Trainer.fit`.
    comm : mpi4py communicator, optional
        See `Trainer`.

    Returns
    -------
    history : History
        Its epochs include the accuracy on the task's test part.

    Examples
    --------
    >>> task = data.digits()
    >>> history = train_by_recipe(tiny_cnn_for(task, widths=(4, 4)), task, epochs=1, progress=False)
    >>> len(history.epochs), len(history.loss)
    (1, 43)
    """
    settings = {"epochs": epochs, "batch_size": batch_size, "drop_last": drop_last}
    trainer = trainer_by_recipe(model, task, lr=lr, callback=callback, progress=progress, comm=comm, **settings)
    return fit_task(trainer, task, seed=seed, **settings)


def fit_task(trainer, task, *, epochs, batch_size, seed=0, drop_last=False):
    """Fit a trainer to a task, for as many of the epochs as its history lacks, and return the history."""
    left = epochs - len(trainer.history.epochs)
    if left > 0:
        rng = np.random.default_rng(check_count("seed", seed, least=0))
        options = {"batch_size": batch_size, "rng": rng, "drop_last": drop_last}
        test = task.x_test, task.labels_test
        trainer.fit(task.x_train, task.labels_train, epochs=left, test=test, **options)
    return trainer.history


def _check_task(task):
    if not hasattr(task, "x_train"):
        raise ValueError(f"task must be a task, such as senumpy.data.photos() returns, got {task!r}")
