"""What the room of the gates answers."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import gates
from senumpy.models import TinyCNN
from wrong_arguments.of_layers import images, small
from wrong_arguments.of_training import TOGETHER, UNEVEN
from wrong_arguments.table import (
    FINE,
    MISSING,
    array,
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
(FOLDER / "text.npz").write_text("no gates")
np.savez(FOLDER / "other.npz", a=np.ones(2))
LABELS = np.array([0, 1, 2, 3])
PLAIN = {"without SE blocks": (lambda _: TinyCNN(3, 4, (4, 6), se=False), "no SE blocks")}
PICTURES = dict(
    one_axis_fewer="x must be",
    one_axis_more="x must be",
    no_entries="x must be",
    a_list="x must be",
    a_generator="x must be",
    a_word="x must be",
    nothing="x must be",
    a_number="x must be",
)
BLOCK = word("there is no SE block", nothing=FINE)
PICTURE = array("image must be one picture", masked="image is a masked array", a_list=FINE, NaN=FINE, infinity=FINE)
EDITED = array(
    "pictures must be floating-point",
    one_axis_more=FINE,
    masked="x is a masked array",
    a_list=FINE,
    NaN=FINE,
    infinity=FINE,
    no_entries=FINE,
)
GATES = {
    "a list": (lambda of: list(of), "gates must be"),
    "the array alone": (lambda of: of["se1"], "gates must be"),
    "nothing": (None, "gates must be"),
    "a word": ("word", "gates must be"),
}


def recorder():
    recorded = gates.GateRecorder(images())
    recorded.record(small())
    return recorded


def pixels():
    return np.abs(normal(3, 6, 6)) / 9


def slid():
    return gates.sliding_gates(small(), normal(3, 16, 16).astype(np.float32), 8, 4)


SAVED = recorder().save(FOLDER / "gates")

ASKED = [
    asked(gates.se_blocks, lambda: {"model": small()}, model=model()),
    asked(gates.evaluation_mode, lambda: {"model": small(), "gradients": False}, model=model(), gradients=flag()),
    *(
        asked(
            f,
            lambda: {"model": small(), "x": images(), "batch_size": 2},
            model=model(),
            x=array(**PICTURES),
            batch_size=count(),
        )
        for f in (gates.gate_values, gates.gates_and_logits, gates.predict_logits)
    ),
    asked(
        gates.check_health,
        lambda: {"model": small(), "x": images()},
        model=model() | PLAIN,
        x=array(**PICTURES, NaN="hold NaN or infinity", infinity="hold NaN or infinity"),
    ),
    asked(
        gates.measure_blocks,
        lambda: {"model": small(), "x": images()},
        model=model() | PLAIN,
        x=array(**PICTURES, NaN="hold NaN or infinity", infinity="hold NaN or infinity"),
    ),
    asked(
        gates.health_table, lambda: {"health": gates.check_health(small(), images())}, health=thing("health must be")
    ),
    asked(
        gates.override_gates,
        lambda: {"model": small(), "rule": gates.constant_gates(1.0), "blocks": None},
        model=model() | PLAIN,
        rule=thing("rule must be a function"),
        blocks={
            "another name": (["se9"], "there is no SE block se9"),
            "a name alone": ("se1", "blocks must be"),
            "a number": (3, "blocks must be"),
        },
    ),
    asked(gates.constant_gates, lambda: {"value": 1.0}, value=number()),
    asked(
        gates.set_gates,
        lambda: {"channels": [1], "value": 1.0},
        channels={
            "a word": ("word", "channels must be"),
            "nothing": (None, "channels must be"),
            "fractions": ([0.5], "channels must be"),
            "a generator": (iter, "channels must be"),
        },
        value=number(),
    ),
    asked(gates.mean_gates, lambda: {"gates": gates.gate_values(small(), images())}, gates=GATES),
    asked(gates.shuffled_gates, lambda: {"rng": np.random.default_rng(0)}, rng=rng()),
    asked(
        gates.compare_gates,
        lambda: {"model": small(), "x": images(4), "labels": LABELS, "x_mean": images(4), "rng": None},
        model=model(),
        x=array(TOGETHER, **UNEVEN, NaN=FINE, infinity=FINE),
        labels=labels("labels"),
        x_mean=array(
            **PICTURES
            | {
                "masked": "is a masked array",
                "integers": "must hold floating-point",
                "words": "must hold floating-point",
                "objects": "must hold floating-point",
                "nothing": FINE,
            }
        ),
        rng=rng(),
    ),
    asked(
        gates.ablate_channels,
        lambda: {"model": small(), "x": images(), "block": "se1", "value": 0.0},
        model=model() | PLAIN,
        x=array(**PICTURES),
        block=BLOCK,
        value=number(),
    ),
    asked(
        gates.feature_maps,
        lambda: {"model": small(), "image": images()[0], "block": "se1"},
        model=model() | PLAIN,
        image=PICTURE,
        block=BLOCK,
    ),
    asked(
        gates.gradient_paths,
        lambda: {"model": small(), "image": images()[0], "label": 1, "block": "se1"},
        model=model() | PLAIN,
        image=PICTURE,
        label=count("label must be", zero=FINE, too_large=(99, "labels must lie between")),
        block=BLOCK,
    ),
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
        gates.class_profiles,
        lambda: {"gates": gates.gate_values(small(), images(4)), "labels": LABELS},
        gates=GATES,
        labels=labels("must be", masked="is a masked array", one_fewer="the gates of se1 must be"),
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
