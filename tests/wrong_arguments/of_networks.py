"""What residual networks and weights from elsewhere answer."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import data, layers, models
from senumpy.training import save_weights
from wrong_arguments.of_data import FOLDER as PICTURES
from wrong_arguments.of_data import NO_FILE
from wrong_arguments.of_layers import DTYPE, STAGES, state
from wrong_arguments.of_ops import IMAGES
from wrong_arguments.of_training import LOADED
from wrong_arguments.table import FINE, array, asked, count, flag, model, normal, number, path, rng, word

FOLDER = Path(tempfile.mkdtemp())
(FOLDER / "text.txt").write_text("one\ntwo")
WEIGHTS = save_weights(models.build_model("se-resnet8", rng=np.random.default_rng(0)), FOLDER / "resnet8")
GIVEN = {
    **path("path must be the path of"),
    **{kind: row for kind, row in LOADED.items() if kind not in ("nothing", "a number", "a list")},
}
SLOPE = number("slope", nothing=FINE)
WORDS = {
    "squeeze": word("squeeze must be one of"),
    "gate": word("gate must be one of"),
    "combine": word("combine must be"),
}
NETWORK = {
    "num_classes": count(),
    "in_channels": count(),
    "se": flag(),
    "bias": flag(),
    "rng": rng(),
    "dtype": DTYPE,
    "reduction": count("reduction must be"),
    "position": word("position must be one of"),
    "hidden_multiple_of": count(),
    "stages": STAGES,
}


def small_one(**options):
    return lambda: {
        "depth": 8,
        "num_classes": 4,
        "in_channels": 3,
        "widths": (4, 8, 8),
        "shortcut": "pad",
        "se": True,
        "reduction": 2,
        "stages": (1, 2, 3),
        "position": "standard",
        "bias": False,
        "hidden_multiple_of": 1,
        "rng": None,
        "dtype": np.float32,
        **options,
    }


def large():
    options = small_one(depth=18, groups=1, width_per_group=64, stride_in_1x1=False)()
    return {name: value for name, value in options.items() if name not in ("widths", "shortcut")}


def unit(**changed):
    return {
        "branch": {"conv": layers.Conv2d(2, 2, 3, padding=1)},
        "shortcut": None,
        "after": {"relu": layers.ReLU()},
        **changed,
    }


PARTS = {
    "a list": ([layers.ReLU()], "must be a dictionary of layers by name"),
    "a layer": (lambda _: layers.ReLU(), "must be a dictionary of layers by name"),
    "its class": ({"a": layers.ReLU}, "write ReLU(...), with brackets"),
    "a word": ("word", "must be a dictionary of layers by name"),
}

ASKED = [
    asked(layers.PaddedShortcut, lambda: {"out_channels": 4, "stride": 2}, out_channels=count(), stride=count()),
    asked(layers.PaddedShortcut.forward, lambda: {"self": layers.PaddedShortcut(4), "x": normal(*IMAGES)}, x=array()),
    asked(
        layers.ResidualUnit,
        unit,
        branch=PARTS | {"none": ({}, "the branch has no layers")},
        shortcut=PARTS,
        after=PARTS,
    ),
    asked(
        models.ResNet,
        large,
        depth=count("depth must be"),
        **NETWORK,
        groups=count(),
        width_per_group=count(),
        stride_in_1x1=flag(),
    ),
    asked(
        models.SmallResNet,
        small_one(),
        depth=count("depth must be"),
        **NETWORK,
        shortcut=word("shortcut must be one of"),
        widths={
            "a number": (3, "widths must be"),
            "two": ((4, 8), "widths must be"),
            "a generator": (iter, "widths must be"),
            "zero": ((4, 8, 0), "must be an integer of at least 1"),
        },
    ),
    asked(models.build_model, lambda: {"name": "resnet8"}, name=word("there is no")),
    asked(
        models.build_pretrained, lambda: {"name": "se-resnet8", "path": WEIGHTS}, name=word("there is no"), path=GIVEN
    ),
    asked(
        models.load_pretrained,
        lambda: {"model": models.build_model("se-resnet8"), "path": WEIGHTS},
        model=model(),
        path=GIVEN,
    ),
    asked(
        models.timm_names,
        lambda: {"state": state()},
        state={
            "a list": (list, "a state is a dictionary of arrays"),
            "nothing": (None, "a state is a dictionary of arrays"),
            "a word": ("word", "a state is a dictionary of arrays"),
        },
    ),
    asked(
        models.Preprocessing,
        lambda: {
            "order": "RGB",
            "white": 1.0,
            "mean": (0.0,) * 3,
            "std": (1.0,) * 3,
            "resize": 8,
            "crop": 4,
            "resample": "bilinear",
        },
        order=word("order must be"),
        white=number(),
        mean={"two": ((0, 0), "mean"), "words": (("a",) * 3, "mean"), "nothing": (None, "mean")},
        std={
            "two": ((1, 1), "std"),
            "zero": ((0, 0, 0), "std"),
            "words": (("a",) * 3, "std"),
            "nothing": (None, "std"),
        },
        resize=count(),
        crop=count(),
        resample=word("resample must be"),
    ),
    asked(
        data.read_cropped,
        lambda: {"picture": PICTURES / "pictures" / "a" / "1.png", "resize": 4, "crop": 4, "resample": "bilinear"},
        picture={**NO_FILE, **path("picture")},
        resize=count(),
        crop=count(larger=(9, "crop must be at most resize")),
        resample=word("resample must be one of"),
    ),
    asked(
        data.read_labels,
        lambda: {"path": FOLDER / "text.txt", "num_classes": 2},
        path={**path("path must be the path of"), "a missing file": ("missing.txt", "missing.txt")},
        num_classes=count(),
    ),
]
