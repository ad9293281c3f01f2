"""What the checker and the experiments answer."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import backend, gradcheck, lab, layers
from wrong_arguments.of_layers import images, small
from wrong_arguments.of_training import TASK
from wrong_arguments.table import (
    FINE,
    asked,
    count,
    flag,
    labels,
    model,
    normal,
    number,
    path,
    rng,
    thing,
    word,
)

FOLDER = Path(tempfile.mkdtemp())
METHOD = word("method")
DTYPE = {"half": ("float16", "dtype"), "a number": (3, "dtype"), "nothing": (None, "dtype")}
OPTIONS = {"method": METHOD, "dtype": DTYPE, "max_entries": count("max_entries must be", nothing=FINE), "rng": rng()}
FUNCTION = {
    "a word": ("word", "must be a function"),
    "nothing": (None, "must be a function"),
    "an array": (np.ones(3), "must be a function"),
}
REAL = {
    "a word": "word",
    "nothing": None,
    "words": ["a"],
    "a generator": iter(()),
    "objects": np.array([None]),
    "complex numbers": np.ones(2) * 1j,
}
INPUTS = {
    "an array": (np.ones(3), "inputs must be a dict of arrays by name"),
    "nothing": (None, "inputs must be a dict of arrays by name"),
    "none": ({}, "there is nothing to check"),
    "integers": ({"x": np.arange(3)}, "there is nothing to check"),
    "a word": ({"x": "word"}, "there is nothing to check"),
    "NaN": ({"x": np.array([np.nan])}, "x holds NaN"),
    "masked": ({"x": np.ma.masked_array(np.ones(2))}, "x is a masked array"),
    "no entries": ({"x": np.ones(0)}, "x must be an array of real floating-point numbers"),
}


def square(x):
    return x**2, x


def slope(dout, x):
    return 2 * x * dout


def pair(**options):
    return lambda: {"forward": square, "backward": slope, "inputs": {"x": normal(3)}, **options}


CHECK = {"method": "auto", "dtype": "float64", "max_entries": None, "rng": None}
ROW = "a mean takes one row of numbers"
GRADIENTS = {"x": np.ones(3)}
PLAN = lab.make_plan("digits", epochs=1, widths=(4,))


ASKED = [
    asked(
        gradcheck.check,
        pair(**CHECK),
        forward=FUNCTION | {"another result": (lambda _: lambda x: x, "forward must return a tuple")},
        backward=FUNCTION,
        inputs=INPUTS,
        **OPTIONS,
    ),
    asked(
        gradcheck.check_layer,
        lambda: {"layer": layers.ReLU(), "x": normal(2, 3), **CHECK},
        layer=model(),
        **OPTIONS,
        x={
            "masked": (np.ma.masked_array(np.ones((2, 3))), "x is a masked array"),
            "a word": ("word", "x"),
            "nothing": (None, "x"),
            "NaN": (np.full(3, np.nan), "x holds NaN"),
            "integers": (np.arange(3), "there is nothing to check"),
            "no entries": (np.ones((0, 3)), "x must be an array of real floating-point numbers"),
        },
    ),
    asked(
        gradcheck.check_model,
        lambda: {
            "model": small(),
            "x": images(),
            "labels": np.array([0, 1]),
            "label_smoothing": 0.0,
            **CHECK,
            "max_entries": 2,
        },
        model=model(),
        **OPTIONS,
        x={
            "a word": ("word", "x"),
            "nothing": (None, "x"),
            "NaN": (images() * np.nan, "x holds NaN"),
            "integers": (np.ones((2, 3, 8, 8), int), "x must hold floating-point numbers"),
        },
        labels=labels("labels", masked="labels is a masked array"),
        label_smoothing=number(),
    ),
    asked(
        gradcheck.against_torch,
        lambda: {"layer": layers.ReLU(), "x": normal(2, 3), "rng": None},
        layer=model(),
        x={
            "masked": (np.ma.masked_array(np.ones((2, 3))), "x is a masked array"),
            "a word": ("word", "x"),
            "nothing": (None, "x"),
        },
        rng=rng(),
    ),
    asked(
        gradcheck.compare,
        lambda: {"mine": GRADIENTS, "theirs": GRADIENTS, "tolerance": None},
        mine={"a word": ("word", "mine"), "nothing": (None, "mine"), "words": ({"x": ["a"]}, "x")},
        theirs={"another name": ({"y": np.ones(3)}, FINE), "words": ({"x": ["a"]}, "x"), "nothing": (None, "theirs")},
        tolerance=number("tolerance", nothing=FINE),
    ),
    asked(gradcheck.golden, lambda: {"name": "se"}, name=word("there are golden gradients of")),
    asked(
        gradcheck.numerical_gradient,
        lambda: {
            "f": lambda x: x**2,
            "x": normal(3),
            "method": "central",
            "h": None,
            "dout": normal(3),
            "entries": None,
        },
        f=FUNCTION,
        x={k: (lambda _, v=v: v, "x") for k, v in REAL.items()},
        method=METHOD,
        h=number(
            "the step h must be a number above 0", nothing=FINE, zero=(0, "the step h"), negative=(-1.0, "the step h")
        ),
        dout={"another shape": (np.ones(4), "dout"), "a word": ("word", "dout")},
        entries={
            "outside": ([9], "entries"),
            "a word": ("word", "entries"),
            "fractions": ([0.5], "entries"),
            "negative": ([-9], "entries"),
        },
    ),
    asked(
        gradcheck.directional_derivative,
        lambda: {
            "f": lambda x: x**2,
            "x": normal(3),
            "direction": normal(3),
            "method": "central",
            "h": 1e-4,
            "dout": normal(3),
        },
        f=FUNCTION,
        x={k: (lambda _, v=v: v, "x") for k, v in REAL.items()},
        direction={
            "another shape": (np.ones(4), "direction"),
            "a word": ("word", "direction"),
            "nothing": (None, "direction"),
        },
        method=METHOD,
        h=number("the step h must be"),
        dout={"another shape": (np.ones(4), "dout"), "a word": ("word", "dout")},
    ),
    asked(
        gradcheck.step_errors,
        pair(wrong=None),
        forward=FUNCTION,
        backward=FUNCTION,
        inputs={k: v for k, v in INPUTS.items()},
        wrong={"a word": ("word", "must be a function")},
    ),
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
]
