"""What the edits of a picture, the windows and the recorder of gates answer."""

import numpy as np

from senumpy import gates
from wrong_arguments.of_gates import EDITED, FOLDER, PICTURE, PLAIN, SAVED, pixels, recorder, slid
from wrong_arguments.of_layers import images, small
from wrong_arguments.table import (
    FINE,
    MISSING,
    array,
    asked,
    count,
    model,
    normal,
    number,
    path,
    thing,
    word,
)

ASKED = [
    asked(
        gates.sliding_gates,
        lambda: {"model": small(), "image": normal(3, 16, 16).astype(np.float32), "window": 8, "stride": 4},
        model=model(),
        image=PICTURE,
        window=count(too_large=(99, "does not fit")),
        stride=count(),
    ),
    asked(
        gates.region_contrast,
        lambda: {"sliding": slid(), "block": "se1", "region": (0, 0, 6, 6)},
        sliding=thing("sliding must be"),
        block=word("there is no SE block"),
        region={
            "a word": ("word", "region must be"),
            "three": ((0, 0, 6), "region must be"),
            "outside": ((90, 90, 6, 6), "windows have their centre in the region"),
            "nothing": (None, "region must be"),
            "words": (tuple("abcd"), "region must be"),
            "NaN": ((np.nan,) * 4, "windows"),
        },
    ),
    asked(
        gates.erase,
        lambda: {"x": pixels(), "top": 1, "left": 1, "height": 2, "width": 2, "colour": None},
        x=EDITED,
        top=count(zero=FINE),
        left=count(zero=FINE),
        height=count(),
        width=count(),
        colour={
            "a word": ("word", "colour must be"),
            "two": ([0, 1], "colour must be"),
            "words": (["a"] * 3, "colour must be"),
        },
    ),
    asked(
        gates.mix_channels,
        lambda: {"x": pixels(), "matrix": gates.GREY},
        x=EDITED
        | {
            "two channels": (lambda x: x[:2], "recolour needs (..., 3, H, W)"),
            "no entries": (lambda x: x[:0], "recolour needs (..., 3, H, W)"),
        },
        matrix={
            "a word": ("word", "matrix"),
            "two": ([1, 2], "matrix"),
            "nothing": (None, "matrix"),
            "words": (["a"] * 3, "matrix"),
            "a generator": (iter, "matrix"),
        },
    ),
    asked(gates.adjust_brightness, lambda: {"x": pixels(), "factor": 0.5}, x=EDITED, factor=number()),
    asked(
        gates.gaussian_blur, lambda: {"x": pixels(), "sigma": 0.5}, x=EDITED, sigma=number(zero=(0, "sigma must be"))
    ),
    asked(
        gates.GateRecorder,
        lambda: {"images": images(), "every": None, "steps": None},
        images=array(
            "images must be a batch",
            integers=FINE,
            a_list=FINE,
            masked="images is a masked array",
            NaN=FINE,
            infinity=FINE,
        ),
        every=count(nothing=FINE),
        steps={
            "a number": (3, "steps must be"),
            "a word": ("word", "steps must be a list"),
            "fractions": ([0.5], "each of steps must be an integer"),
            "negative": ([-1], "each of steps must be an integer"),
        },
    ),
    asked(
        gates.GateRecorder.record,
        lambda: {"self": gates.GateRecorder(images()), "model": small(), "step": 0},
        model=model() | PLAIN,
        step=count(zero=FINE),
    ),
    asked(
        gates.GateRecorder.at,
        lambda: {"self": recorder(), "moment": 0},
        moment={
            "too late": (9, "moment"),
            "a word": ("word", "moment"),
            "nothing": (None, "moment"),
            "a fraction": (0.5, "moment"),
        },
    ),
    asked(
        gates.GateRecorder.save,
        lambda: {"self": recorder(), "path": FOLDER / "a"},
        path=path("path must be the path of"),
    ),
    asked(
        gates.GateRecorder.load,
        lambda: {"path": SAVED},
        path={
            **path("path must be the path of"),
            "a missing file": (MISSING, MISSING),
            "a text": (FOLDER / "text.npz", "text.npz"),
            "other arrays": (FOLDER / "other.npz", "holds no recorded gates"),
        },
    ),
]
