"""What files of weights and checkpoints answer."""

import numpy as np

from senumpy import training
from wrong_arguments.of_layers import small
from wrong_arguments.of_training import CHECKPOINT, FOLDER, LOADED, PARTS, RATE, SAVED, WEIGHTS, new_trainer
from wrong_arguments.table import (
    FINE,
    asked,
    flag,
    model,
    path,
    thing,
)

ASKED = [
    asked(
        training.Keeper,
        lambda: {"trainer": new_trainer(), "path": FOLDER / "kept", "every": 1.0, "on_trouble": None},
        trainer=thing("trainer must be a"),
        path=path("path must be the path of"),
        every=RATE,
        on_trouble=thing("on_trouble must be a function", nothing=FINE),
    ),
    asked(training.save_weights, lambda: {"model": small(), "path": FOLDER / "w"}, model=model(), path=SAVED),
    asked(
        training.save_checkpoint,
        lambda: {
            "path": FOLDER / "c",
            "model": small(),
            "optimizer": None,
            "trainer": None,
            "rng": None,
            "notes": None,
        },
        model=model(),
        path=SAVED,
        **PARTS,
        notes={
            "a word": ("word", "notes must be a dictionary"),
            "a list": ([1], "notes must be a dictionary"),
            "an array": ({"a": np.ones(2)}, "notes must be a dictionary"),
        },
    ),
    asked(
        training.load_weights,
        lambda: {"model": small(), "path": WEIGHTS, "allow_non_finite": False},
        model=model(),
        path=LOADED,
        allow_non_finite=flag(),
    ),
    asked(
        training.load_checkpoint,
        lambda: {
            "path": CHECKPOINT,
            "model": small(),
            "optimizer": None,
            "trainer": None,
            "rng": None,
            "allow_non_finite": False,
        },
        model=model(),
        path={**LOADED, "weights": (WEIGHTS, "is no checkpoint")},
        **PARTS,
        allow_non_finite=flag(),
    ),
]
