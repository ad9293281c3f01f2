"""What the experiments, the switch between NumPy and CuPy, and the room of the files answer."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import backend, lab
from senumpy.files import arrays, lock, weights, whole
from wrong_arguments.of_training import LOADED, SAVED, TASK, WEIGHTS
from wrong_arguments.table import FINE, asked, count, flag, number, path, thing, word

FOLDER = Path(tempfile.mkdtemp())
ROW = "a mean takes one row of numbers"
PLAN = lab.make_plan("digits", epochs=1, widths=(4,))
LISTED = path("path must be the path of")

ASKED = [
    asked(
        lab.make_plan,
        lambda: {"data": "digits", "options": None},
        data=word("there is no task"),
        options={"a word": ("word", "options must be"), "a list": ([1], "options must be")},
        epochs={**count(nothing=FINE)},
        batch_size={**count(nothing=FINE)},
        lr=number("lr must be", nothing=FINE, negative=(-1.0, "lr must be")),
        widths={
            "a number": (3, "widths must be"),
            "none": ((), "widths must be"),
            "fractions": ((1.5,), "must be an integer of at least 1"),
        },
        reduction={**count(nothing=FINE)},
    ),
    asked(
        lab.mean_interval,
        lambda: {"values": [1.0, 2.0]},
        values={
            "a word": ("word", ROW),
            "nothing": (None, ROW),
            "none": ([], "a mean needs at least one value"),
            "a table": ([[1.0, 2.0], [3.0, 4.0]], ROW),
            "words": (["a"], ROW),
            "masked": (np.ma.masked_array([1.0, 2.0]), "a mean of masked values"),
            "a generator": (iter, FINE),
            "NaN": ([1.0, np.nan], FINE),
        },
    ),
    asked(
        lab.train_variant,
        lambda: {"plan": PLAN, "task": TASK, "variant": "plain", "seed": 0, "callback": None, "progress": False},
        plan=thing("plan must be"),
        task=thing("task must be a task"),
        variant=word("a variant is"),
        seed=count(zero=FINE),
        callback=thing("callback must be a function", nothing=FINE),
        progress=flag(),
    ),
    asked(
        lab.run_seeds,
        lambda: {
            "plan": PLAN,
            "variants": ["plain"],
            "seeds": [0],
            "path": FOLDER / "a.json",
            "command": "",
            "on_run": None,
        },
        plan=thing("plan must be"),
        variants={
            "another word": (["word"], "a variant is"),
            "one alone": ("plain", "variants must be"),
            "twice": (["se", "se"], "each variant once"),
            "a number": (3, "variants must be"),
        },
        seeds={
            "a number": (3, "seeds must be"),
            "a word": ("word", "seeds must be"),
            "negative": ([-1], "must be an integer of at least 0"),
        },
        path=path("path must be the path of"),
        command={"a number": (3, "command must be")},
        on_run=thing("on_run must be a function", nothing=FINE),
    ),
    asked(
        lab.summarise,
        lambda: {"runs": [], "variants": ["plain"]},
        runs={"a word": ("word", "runs"), "nothing": (None, "runs")},
        variants={"one alone": ("plain", "variants must be a list"), "none": ([], "variants must be a list")},
    ),
    asked(backend.use, lambda: {"name": "numpy"}, name=word("the backend must be one of")),
    asked(backend.library, lambda: {"name": "numpy"}, name=word("the backend must be one of")),
    asked(backend.current, dict),
    asked(backend.array_module, lambda: {"*": (np.ones(2), None)}, **{"*": {"words": (("a", 3), FINE)}}),
    asked(
        backend.asarray,
        lambda: {"a": [1, 2], "dtype": None},
        a={"rows of unequal length": ([[1], [1, 2]], "inhomogeneous")},
        dtype={"a word": ("word", "not understood")},
    ),
    asked(backend.to_numpy, lambda: {"a": [1, 2]}, a={"rows of unequal length": ([[1], [1, 2]], "inhomogeneous")}),
    asked(arrays.read_arrays, lambda: {"path": WEIGHTS}, path=LOADED),
    asked(
        arrays.write_arrays,
        lambda: {"path": FOLDER / "a", "arrays": {"a": np.ones(2)}, "about": None},
        path=SAVED,
        arrays="of the library's own making",
        about="of the library's own making",
    ),
    asked(weights.read_weights, lambda: {"path": WEIGHTS}, path=LOADED),
    asked(
        whole.write_whole,
        lambda: {"path": FOLDER / "a.txt", "text": "a"},
        path=LISTED,
        text="of the library's own making",
    ),
    asked(
        lock.locked,
        lambda: {"path": FOLDER / "lock", "sentence": "somebody is here"},
        path=LISTED,
        sentence="of the library's own making",
    ),
]
