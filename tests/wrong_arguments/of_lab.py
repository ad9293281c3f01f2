"""What the experiments, the switch between NumPy and CuPy, and the room of the files answer."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import backend, lab
from senumpy.files import arrays, lock, weights, whole
from wrong_arguments.of_training import LOADED, SAVED, WEIGHTS
from wrong_arguments.table import FINE, asked, count, number, path, word

FOLDER = Path(tempfile.mkdtemp())
ROW = "a mean takes one row of numbers"
LISTED = path("path must be the path of")

ASKED = [
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
        lab.share_interval,
        lambda: {"count": 3, "n": 5},
        count={
            "a fraction": (2.5, "count must be an integer"),
            "more than all": (6, "at most n"),
            "negative": (-1, "at least 0"),
        },
        n=count(),
    ),
    asked(
        lab.summarise,
        lambda: {"runs": [], "variants": ["plain"], "learned_above": None, "papers": None},
        runs={"a word": ("word", "runs"), "nothing": (None, "runs")},
        variants={"one alone": ("plain", "variants must be a list"), "none": ([], "variants must be a list")},
        learned_above=number("learned_above must be", nothing=FINE),
        papers={"a list": ([1], "papers must be"), "nothing": (None, FINE)},
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
