"""What the figures of training, experiments and checks answer."""

import tempfile
from pathlib import Path

import numpy as np

from senumpy import gates, gradcheck, lab, pictures
from senumpy.training import Epoch, History
from wrong_arguments.of_gates import recorder
from wrong_arguments.of_gradcheck import slope, square
from wrong_arguments.of_layers import images, small
from wrong_arguments.table import FINE, asked, normal, thing, word

FOLDER = Path(tempfile.mkdtemp())
LABELS = np.array([0, 1, 2, 3])
REPORT = gradcheck.check(square, slope, {"x": normal(3)})
RUN = {"variant": "plain", "seed": 0, "test_accuracy": 0.5, "parameters": 10, "seconds": 1.0}
RECORD = {"plan": {"data": "digits", "options": {}}, "runs": [RUN], "summary": lab.summarise([RUN], ["plain"])}

RECORDED = thing("recorder must be a GateRecorder")
PROFILES = thing("profiles must be a dictionary")
NAMES = {"one too few": (list("abc"), "must be"), "a text": ("abcd", "must be"), "a number": (4, "must be")}
CLASSES = {
    "outside": ([9], "classes must be"),
    "a number": (1, "classes must be"),
    "fractions": ([0.5], "classes must be"),
    "a word": ("word", "classes must be"),
}
CHANNELS = {
    "outside": ([99], "channels must be"),
    "a number": (1, "channels must be"),
    "a word": ("word", "channels must be"),
}
BLOCKS = {
    "another": (["se9"], "blocks must be"),
    "a name alone": ("se1", "blocks must be"),
    "none": ([], "blocks must be"),
    "a number": (3, "blocks must be"),
}
IMAGE = {
    "two axes": (np.ones((4, 4)), "a picture must have shape"),
    "two channels": (np.ones((2, 4, 4)), "a picture must have shape"),
    "a word": ("word", "a picture must have shape"),
    "words": (np.full((3, 2, 2), "a"), "a picture must have shape"),
}
MAPS = {
    "one axis fewer": (lambda a: a[0], "{} must be an array of numbers"),
    "words": (lambda a: a.astype(str), "{} must be an array of numbers"),
    "nothing": (None, "{} must be an array of numbers"),
    "no entries": (lambda a: a[:0], "{} must be an array of numbers"),
    "a word": ("word", "{} must be an array of numbers"),
}
GATES = {
    "nothing": (None, "must be a dictionary"),
    "a word": ("word", "must be a dictionary"),
    "a list": (list, "must be a dictionary"),
    "words": ({"se1": "word"}, "must be one of arrays"),
}
ANY = "any words"


def twice():
    recorded = recorder()
    recorded.record(small(), 3)
    return recorded


def profiles():
    return gates.class_profiles(gates.gate_values(small(), images(4)), LABELS)


def maps():
    before, after, s = gates.feature_maps(small(), images()[0], "se1")
    return {"before": before, "after": after, "s": s, "image": images()[0], "channels": None}


def paths():
    direct, through_gate = gates.gradient_paths(small(), images()[0], 0, "se1")
    return {"direct": direct, "through_gate": through_gate, "image": images()[0], "channels": None}


ASKED = [
    asked(
        pictures.plot_effects,
        lambda: {"effects": normal(4, 2, 4), "class_names": list("abcd"), "value": 0.0},
        effects=MAPS,
        class_names=NAMES,
        block=ANY,
        value={"a word": ("word", "value must be the number"), "nothing": (None, "value must be the number")},
    ),
    asked(
        pictures.plot_error_map,
        lambda: {"report": REPORT, "name": "x"},
        report=thing("report must be a Report"),
        name=word("name must be one of x", nothing=FINE),
    ),
    asked(
        pictures.plot_feature_maps,
        maps,
        before=MAPS,
        after=MAPS,
        s={
            "nothing": (None, "s must be an array of numbers"),
            "one fewer": (lambda s: s[:-1], "must be of the same channels"),
        },
        image=IMAGE,
        channels=CHANNELS,
        title=ANY,
    ),
    asked(
        pictures.plot_gradient_paths,
        paths,
        direct=MAPS | {"another shape": (normal(9, 8, 8), "must have one shape")},
        through_gate=MAPS,
        image=IMAGE,
        channels=CHANNELS,
        title=ANY,
    ),
    asked(
        pictures.plot_learning_curves,
        lambda: {"histories": {"a": History(epochs=[Epoch(1, 1.0, 0.5, 1.0)])}},
        histories=thing("needs histories by name") | {"none": ({}, "1 to 4 histories")},
        title=ANY,
    ),
    asked(
        pictures.plot_runs,
        lambda: {"record": RECORD},
        record=thing("record must be a report of the lab")
        | {"a part": ({"runs": []}, "record must be a report of the lab")},
    ),
    asked(
        pictures.plot_v_curve,
        lambda: {"measured": gradcheck.step_errors(square, slope, {"x": normal(3)})},
        measured=thing("measured must be what step_errors returns"),
    ),
    asked(
        pictures.plot_verdicts,
        lambda: {"right": {"a": [REPORT]}, "wrong": {"a": [REPORT]}},
        right=thing("right must be a dictionary"),
        wrong=thing("wrong must be a dictionary") | {"a report": ({"a": REPORT}, "must be one of lists of Reports")},
    ),
]
