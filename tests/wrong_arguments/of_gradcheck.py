"""What the checker answers."""

import numpy as np

from senumpy import gradcheck, layers
from wrong_arguments.of_layers import images
from wrong_arguments.table import (
    FINE,
    asked,
    count,
    labels,
    model,
    normal,
    number,
    rng,
    word,
)

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
GRADIENTS = {"x": np.ones(3)}


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
            "model": layers.Sequential(layers.GlobalAvgPool(), layers.Linear(3, 4, rng=np.random.default_rng(0))),
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
]
