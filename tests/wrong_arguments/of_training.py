"""What optimizers, schedules, the trainer and its recipes answer."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import training
from senumpy.data import Task
from senumpy.training import SGD, Trainer
from wrong_arguments.of_layers import images, small
from wrong_arguments.table import (
    FINE,
    MISSING,
    array,
    asked,
    count,
    flag,
    labels,
    model,
    number,
    path,
    rng,
    thing,
    word,
)

FOLDER = Path(tempfile.mkdtemp())
LABELS = np.array([0, 1, 2, 3])
WEIGHTS = training.save_weights(small(), FOLDER / "weights")
CHECKPOINT = training.save_checkpoint(FOLDER / "checkpoint", small())
(FOLDER / "text.npz").write_text("no weights")
(FOLDER / "half.npz").write_bytes(CHECKPOINT.read_bytes()[:1000])
(FOLDER / "folder.npz").mkdir()
TASK = Task(images(4), LABELS, images(4), LABELS, tuple("abcd"))


COMM = thing("comm must be a communicator of mpi4py", nothing=FINE)


def new_trainer(net=None):
    net = net or small()
    return Trainer(net, SGD(net.params, 0.1), progress=False)


def with_its_parameters(**options):
    return lambda: {"params": small().params, "lr": 0.1, **options}


PARAMS = {
    "the model": (lambda _: small(), "params must be a dictionary of arrays by name"),
    "the arrays alone": (lambda of: list(of.values()), "params must be a dictionary of arrays by name"),
    "none": ({}, "empty parameter list"),
    "integers": ({"w": np.arange(3)}, "floating-point numbers"),
    "a word": ("word", "params must be a dictionary of arrays by name"),
    "nothing": (None, "params must be a dictionary of arrays by name"),
    "a generator": (iter, "params must be a dictionary of arrays by name"),
}
RATE = number(negative=(-1.0, "{} must be a number"))
LOADED = {
    **path("path must be the path of", no_word=None),
    "a missing file": (MISSING, "/there/is/no/such/file"),
    "a text": (FOLDER / "text.npz", "text.npz"),
    "half a file": (FOLDER / "half.npz", "half.npz"),
    "a folder": (FOLDER / "folder.npz", "folder.npz"),
}
SAVED = {**path("path must be the path of"), "a folder": (FOLDER / "folder.npz", "cannot write")}
PARTS = {
    "optimizer": thing("optimizer must be", nothing=FINE),
    "trainer": thing("trainer must be", nothing=FINE),
    "rng": rng(),
}
FIT = {"x": images(4), "labels": LABELS, "epochs": 1, "batch_size": 2, "test": None, "drop_last": False}
TOGETHER = "needs one label for each picture"
UNEVEN = {
    "integers": "x must hold floating-point numbers",
    "words": "x must hold floating-point numbers",
    "objects": "x must hold floating-point numbers",
    "masked": "x is a masked array",
    "a_list": FINE,
}
UNEVEN_LABELS = {
    "fractions": "labels must",
    "words": "labels must",
    "negative": "labels must lie between 0 and 3",
    "masked": "labels is a masked array",
}

ASKED = [
    asked(
        training.SGD,
        with_its_parameters(momentum=0.9, nesterov=True, weight_decay=0.0),
        params=PARAMS,
        lr=RATE,
        momentum=RATE,
        nesterov=flag(),
        weight_decay=RATE,
    ),
    asked(
        training.Adam,
        with_its_parameters(betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0),
        params=PARAMS,
        lr=RATE,
        eps=RATE,
        weight_decay=RATE,
        betas={
            "one": (0.9, "betas must be two numbers"),
            "three": ((0.9, 0.9, 0.9), "betas must be two numbers"),
            "one of them": ((0.9, 1.0), "must be a number"),
            "words": (("a", "b"), "must be a number"),
            "a generator": (iter, "betas must be two numbers"),
            "nothing": (None, "betas must be two numbers"),
        },
    ),
    asked(
        SGD.step,
        lambda: {"self": SGD({"w": np.ones(2)}, 0.1), "grads": {"w": np.ones(2)}},
        grads={
            "the array alone": (np.ones(2), "step needs the gradients by name"),
            "nothing": (None, "step needs the gradients by name"),
            "another name": ({"v": np.ones(2)}, "no gradient for w"),
            "another shape": ({"w": np.ones(3)}, "has shape (3,)"),
            "integers": ({"w": np.ones(2, int)}, "floating-point"),
            "none yet": ({"w": None}, "call model.backward before"),
        },
    ),
    asked(training.step_lr, lambda: {"lr": 0.1, "step_size": 2, "gamma": 0.1}, lr=RATE, step_size=count(), gamma=RATE),
    asked(
        training.cosine_annealing_lr,
        lambda: {"lr": 0.1, "total_steps": 2, "eta_min": 0.0},
        lr=RATE,
        total_steps=count(),
        eta_min=RATE,
    ),
    asked(
        training.one_cycle_lr,
        lambda: {"max_lr": 0.1, "total_steps": 2, "pct_start": 0.3, "div_factor": 25.0, "final_div_factor": 1e4},
        max_lr=RATE,
        total_steps=count(),
        pct_start=RATE,
        div_factor=RATE,
        final_div_factor=RATE,
    ),
    asked(
        training.evaluate,
        lambda: {"model": small(), "x": images(4), "labels": LABELS, "batch_size": 2},
        comm=COMM,
        model=model(),
        x=array(TOGETHER, **UNEVEN, NaN=FINE, infinity=FINE),
        labels=labels(TOGETHER, **UNEVEN_LABELS),
        batch_size=count(),
    ),
    asked(
        Trainer,
        lambda: {
            "model": small(),
            "optimizer": SGD(small().params, 0.1),
            "schedule": None,
            "callback": None,
            "progress": False,
        },
        comm=COMM,
        sync=flag(),
        model=model(),
        optimizer=thing("optimizer must be an optimizer of senumpy.training"),
        schedule=thing("schedule must be a function", nothing=FINE),
        callback=thing("callback must be a function", nothing=FINE),
        progress=flag(),
    ),
    asked(
        Trainer.fit,
        lambda: {**FIT, "self": new_trainer(), "rng": np.random.default_rng(0)},
        x=array(TOGETHER, **UNEVEN, NaN="NaN or infinity", infinity="NaN or infinity"),
        labels=labels(TOGETHER, **UNEVEN_LABELS),
        epochs=count(),
        batch_size=count(),
        rng=rng("numpy.random.Generator"),
        drop_last=flag(),
        test={
            "the images alone": (images(4), "test must be a pair"),
            "other images": ((images(4)[:, :2], LABELS), "the test part cannot be evaluated"),
            "other labels": ((images(4), LABELS + 9), "the test part cannot be evaluated"),
            "a word": ("word", "test must be a pair"),
            "a generator": (lambda _: iter([images(4), LABELS]), "test must be a pair"),
        },
    ),
    asked(
        Trainer.train_step,
        lambda: {"self": new_trainer(), "x": images(4), "labels": LABELS},
        x=array(
            "x must hold floating-point numbers",
            one_axis_fewer="must have shape",
            one_axis_more="must have shape",
            no_entries="at least one entry",
            masked="x is a masked array",
            a_list=FINE,
            a_number="must have shape",
            NaN="NaN or infinity",
            infinity="NaN or infinity",
        ),
        labels=labels(masked="labels is a masked array"),
        taken_from="for the words about a bad image, which fit writes",
        all_labels="those that fit was given, and looks at",
    ),
    asked(training.recipe_for, lambda: {"data": "photos"}, data=word("there is no task")),
    asked(
        training.tiny_cnn_for,
        lambda: {"task": TASK, "se": True, "seed": 0, "widths": (4, 4), "reduction": 2},
        task=thing("task must be a task"),
        se=flag(),
        seed=count(zero=FINE),
        widths={
            "none": ((), "widths must be"),
            "a number": (3, "widths must be"),
            "a generator": (iter, "widths must be"),
        },
        reduction=count("reduction must be an integer from 1", yes=None, an_array=None),
    ),
    asked(
        training.train_by_recipe,
        lambda: {
            "model": small(),
            "task": TASK,
            "epochs": 1,
            "batch_size": 2,
            "lr": 0.1,
            "seed": 0,
            "callback": None,
            "progress": False,
            "drop_last": False,
        },
        comm=COMM,
        model=model(),
        task=thing("task must be a task"),
        epochs=count(),
        batch_size=count(),
        lr=RATE,
        seed=count(zero=FINE),
        callback=thing("callback must be a function", nothing=FINE),
        progress=flag(),
        drop_last=flag(),
    ),
]
