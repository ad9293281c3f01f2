"""What the ledger answers, and the figure of it."""

import numpy as np

from senumpy import ledger, pictures
from senumpy.models import TinyCNN
from wrong_arguments.table import FINE, asked, flag, model, thing, word

SHAPE = {
    "a number": (32, "shape must be that of one image"),
    "no sizes": ((), "shape must be that of one image"),
    "a word": ("word", "shape must be that of one image"),
    "zero": ((3, 0, 32), "each size of the image must be"),
    "fractions": ((3, 32.0, 32.0), "each size of the image must be"),
    "a batch": ((1, 3, 32, 32), "does not take an image of 1 x 3 x 32 x 32"),
    "too small": ((3, 4, 4), "does not take an image of 3 x 4 x 4"),
    "nothing": (None, FINE),
}
CELLS = thing("cells must be a list of Cells") | {"words": (["word"], "cells must be a list of Cells")}
BARS = {"conv1": {"convolutions": 3}}
NO_BARS = thing("must be a dictionary") | {
    "none": ({}, "numbers of the same stages"),
    "another stage": ({"conv2": {"convolutions": 3}}, "numbers of the same stages"),
    "no kinds": ({"conv1": 3}, "must be one of numbers by kind"),
}

ASKED = [
    asked(
        ledger.count,
        lambda: {"model": TinyCNN(rng=np.random.default_rng(0)), "shape": (3, 32, 32)},
        model=model(),
        shape=SHAPE,
    ),
    asked(
        ledger.describe,
        lambda: {"ledger": ledger.count(TinyCNN(rng=np.random.default_rng(0)))},
        ledger=thing("ledger must be a Ledger"),
    ),
    asked(ledger.build_empty, lambda: {"name": "resnet8"}, name=word("there is no")),
    asked(
        ledger.count_cells,
        lambda: {"cells": ledger.CELLS[1:2], "stride_in_1x1": True},
        cells=CELLS,
        stride_in_1x1=flag(),
    ),
    asked(ledger.describe_paper, dict),
    asked(
        pictures.plot_ledger,
        lambda: {"parameters": BARS, "multiply_adds": BARS, "title": "title"},
        parameters=NO_BARS,
        multiply_adds=NO_BARS,
        title="any text, or what becomes one",
    ),
]
