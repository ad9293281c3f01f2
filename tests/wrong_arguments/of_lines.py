"""What lines of text answer: how they are read and drawn, and the network for them."""

import numpy as np

from senumpy import data, models, pictures
from wrong_arguments.of_data import FOLDER, NO_FILE
from wrong_arguments.of_layers import DTYPE
from wrong_arguments.table import asked, count, normal, path, rng, thing, word

COLOUR = {"another word": ("word", "{} must be a colour"), "nothing": (None, "{} must be a colour"),
          "a number": (3, "{} must be a colour")}  # fmt: skip
PICTURES = np.zeros((2, 3, 4, 9))

ASKED = [
    asked(
        data.read_line,
        lambda: {
            "picture": FOLDER / "pictures" / "a" / "1.png",
            "height": 8,
            "width": 16,
            "resample": "bilinear",
        },
        picture={**NO_FILE, **path("picture")},
        height=count(),
        width=count(),
        resample=word("resample must be one of"),
    ),
    asked(
        pictures.draw_line_of_text,
        lambda: {"text": "a line", "family": "DejaVu Sans", "ink": "black", "paper": "white", "height": 24},
        text={
            "nothing": (None, "expected one line"),
            "no word": ("", "expected one line"),
            "blank": ("  ", "expected one line"),
            "two lines": ("a\nb", "expected one line"),
            "a number": (3, "expected one line"),
        },
        family="Matplotlib draws with another font, and says so, where there is none of this name",
        ink=COLOUR,
        paper=COLOUR,
        height=count("height must be an integer of at least 8"),
    ),
    asked(
        pictures.plot_turned_gates,
        lambda: {
            "images": PICTURES,
            "gates": {"se1": [normal(4), normal(4)]},
            "captions": ["a line", "turned"],
        },
        images={
            "one": (PICTURES[:1], "two pictures"),
            "nothing": (None, "two pictures"),
            "two axes": (PICTURES[:, 0], "a picture must have shape"),
        },
        gates=thing("must be a dictionary")
        | {
            "none": ({}, "at least one block"),
            "of one picture": ({"se1": [normal(4)]}, "the gates of two pictures"),
            "of other channels": ({"se1": [normal(4), normal(3)]}, "the gates of two pictures"),
            "words": ({"se1": "ab"}, "the gates of two pictures"),
            "a number": ({"se1": 3}, "the gates of two pictures"),
        },
        captions={
            "one": (["a line"], "captions must be"),
            "a word": ("ab", "captions must be"),
            "nothing": (None, "captions must be"),
        },
    ),
    asked(models.TextDirection, dict, rng=rng(), dtype=DTYPE),
    asked(models.load_text_direction, dict),
]
