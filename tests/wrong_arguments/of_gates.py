"""What the gates of a model, and what is done to them, answer."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import gates
from senumpy.models import TinyCNN
from wrong_arguments.of_layers import images, small
from wrong_arguments.of_training import TOGETHER, UNEVEN
from wrong_arguments.table import (
    FINE,
    array,
    asked,
    count,
    flag,
    labels,
    model,
    normal,
    number,
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
        gates.class_profiles,
        lambda: {"gates": gates.gate_values(small(), images(4)), "labels": LABELS},
        gates=GATES,
        labels=labels("must be", masked="is a masked array", one_fewer="the gates of se1 must be"),
    ),
]
