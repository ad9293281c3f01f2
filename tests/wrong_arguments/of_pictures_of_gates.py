"""What the figures of gates answer."""

from senumpy import gates, pictures
from wrong_arguments.of_gates import recorder, slid
from wrong_arguments.of_layers import images, small
from wrong_arguments.of_pictures import (
    ANY,
    BLOCKS,
    CHANNELS,
    CLASSES,
    FOLDER,
    GATES,
    IMAGE,
    NAMES,
    PROFILES,
    RECORDED,
    profiles,
    twice,
)
from wrong_arguments.table import FINE, asked, normal, number, path, thing, word

ASKED = [
    asked(
        pictures.plot_channels_by_images,
        lambda: dict.fromkeys(("gates_before", "gates_after"), gates.gate_values(small(), images(4))),
        gates_before=GATES,
        gates_after=GATES | {"nothing": (None, FINE)},
        images={"too few": (images(3), "expected 4 images"), "a number": (3, "expected 4 images")},
        names={"too few": (["a"], "expected 4 names"), "a text": ("abcd", "expected 4 names")},
        titles={"too few": (["a"], "expected 2 titles")},
    ),
    asked(pictures.plot_differences, lambda: {"profiles": profiles()}, profiles=PROFILES),
    asked(
        pictures.plot_film,
        lambda: {"recorder": recorder(), "moments": 1, "names": None, "blocks": None},
        recorder=RECORDED,
        names=NAMES,
        blocks=BLOCKS,
        moments={
            "zero": (0, "at least one moment"),
            "a fraction": (1.5, "at least one moment"),
            "a word": ("word", "at least one moment"),
            "outside": ([9], "moments must be"),
            "nothing": (None, "at least one moment"),
        },
    ),
    asked(
        pictures.plot_sorted_gates,
        lambda: {"image": images()[0], "gates": {"se1": normal(4)}},
        image=IMAGE,
        gates=GATES | {"a table": ({"se1": normal(2, 4)}, "expected the gates of one picture")},
        caption=ANY,
    ),
    asked(
        pictures.plot_gates_of_image,
        lambda: {"image": images()[0], "gates": {"se1": normal(4)}, "top": 3},
        image=IMAGE,
        gates=GATES
        | {
            "a table": ({"se1": normal(2, 4)}, "expected the gates of one picture"),
            "none": ({}, "expected the gates of one picture"),
        },
        caption=ANY,
        top={
            "a word": ("word", "top must be"),
            "negative": (-(10**10), "top must be"),
            "nothing": (None, "top must be"),
        },
    ),
    asked(
        pictures.plot_gates_over_training,
        lambda: {"recorder": twice(), "image": None, "blocks": None},
        recorder=RECORDED,
        image={
            "outside": (9, "image must be"),
            "a word": ("word", "image must be"),
            "a fraction": (0.5, "image must be"),
        },
        blocks=BLOCKS,
    ),
    asked(
        pictures.plot_profiles,
        lambda: {"profiles": profiles(), "class_names": list("abcd"), "classes": None},
        profiles=PROFILES | {"none": ({}, "there are no profiles to draw")},
        class_names=NAMES,
        classes=CLASSES,
    ),
    asked(
        pictures.plot_spread,
        lambda: {"profiles": profiles(), "class_names": list("abcd"), "classes": (0, 1)},
        profiles=PROFILES,
        class_names=NAMES,
        classes=CLASSES,
    ),
    asked(
        pictures.plot_sliding_gates,
        lambda: {"image": normal(3, 16, 16), "sliding": slid(), "block": "se1", "channels": None, "regions": None},
        image=IMAGE,
        sliding=thing("sliding must be what sliding_gates returns"),
        block=word("there is no block"),
        channels=CHANNELS,
        regions={
            "a list": ([1], "regions must be"),
            "three": ({"eye": (1, 2, 3)}, "regions must be"),
            "a word": ("word", "regions must be"),
        },
    ),
    asked(
        pictures.save_film,
        lambda: {
            "recorder": recorder(),
            "path": FOLDER / "film",
            "names": None,
            "frames": 1,
            "frames_per_second": 6,
            "dpi": 20,
        },
        recorder=RECORDED,
        path=path("path must be the path of a file"),
        names=NAMES,
        frames={
            "zero": (0, "at least one moment"),
            "a word": ("word", "at least one moment"),
            "nothing": (None, "at least one moment"),
        },
        frames_per_second=number("frames_per_second must be a number above 0", zero=(0, "frames_per_second must be")),
        dpi=number("dpi must be a number above 0", zero=(0, "dpi must be")),
    ),
]
