"""What the data sets and the readers answer."""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from senumpy import data
from wrong_arguments.table import FINE, MISSING, array, asked, count, flag, labels, normal, number, path, rng, word

FOLDER = Path(tempfile.mkdtemp())
for name in ("a", "b"):
    (FOLDER / "pictures" / name).mkdir(parents=True)
    for number_of_picture in (1, 2):
        Image.new("RGB", (6, 5), "red").save(FOLDER / "pictures" / name / f"{number_of_picture}.png")
(FOLDER / "empty").mkdir()
(FOLDER / "text.png").write_text("no picture")
(FOLDER / "half.png").write_bytes((FOLDER / "pictures" / "a" / "1.png").read_bytes()[:40])
LABELS = np.repeat([0, 1], 4)


def generator():
    return np.random.default_rng(0)


def images():
    return normal(8, 3, 8, 8).astype(np.float32)


CUED = {"n_train": 8, "n_test": 4, "size": 32, "stripe_rows": 5, "digit_rows": (13, 16), "rng": None}
TASK = {
    "n_train": count(),
    "n_test": count(),
    "size": count(),
    "stripe_rows": count(),
    "rng": rng(),
    "digit_rows": {
        "one": (13, "digit_rows"),
        "three": ((1, 2, 3), "digit_rows"),
        "falling": ((16, 13), "digit_rows"),
        "outside": ((40, 44), "digit_rows"),
        "a word": ("word", "digit_rows"),
        "fractions": ((13.5, 16), "digit_rows"),
    },
}
NO_FILE = {
    "a missing file": (MISSING, "there is no"),
    "a text": (FOLDER / "text.png", "text.png"),
    "half a picture": (FOLDER / "half.png", "half.png"),
}

ASKED = [
    asked(
        data.minibatches,
        lambda: {
            "x": images(),
            "labels": LABELS,
            "batch_size": 3,
            "rng": generator(),
            "drop_last": False,
            "with_indices": False,
        },
        x=array("x", integers=FINE, words=FINE, objects=FINE, a_list=FINE, NaN=FINE, infinity=FINE),
        labels=labels("labels", fractions=FINE, words=FINE, negative=FINE),
        batch_size=count(),
        rng=rng(),
        drop_last=flag(),
        with_indices=flag(),
    ),
    asked(
        data.stratified_split,
        lambda: {"labels": LABELS, "test_fraction": 0.5, "rng": generator()},
        labels=labels("labels", one_fewer=FINE, negative=FINE),
        test_fraction=number(),
        rng=rng(),
    ),
    asked(data.cued_digits, lambda: dict(CUED), **TASK),
    asked(data.cued_digits_details, lambda: dict(CUED), **TASK),
    asked(data.digits, lambda: {"test_fraction": 0.5, "rng": None}, test_fraction=number(), rng=rng()),
    asked(
        data.photos,
        lambda: {"variant": "light", "train_per_class": 2, "test_per_class": 2, "crop_size": 8, "rng": None},
        variant=word("variant"),
        train_per_class=count(),
        test_per_class=count(),
        crop_size=count(),
        rng=rng(),
    ),
    asked(data.load_digits, dict),
    asked(data.load_photo, lambda: {"name": "coffee"}, name=word("photograph")),
    asked(
        data.load_data,
        lambda: {"kind": "folder", "path": FOLDER / "pictures"},
        kind=word("kind"),
        path=path(
            "path must be the path of",
            **{"a_missing_folder": (MISSING, "there is no"), "an_empty_folder": (FOLDER / "empty", "empty")},
        ),
    ),
    asked(
        data.read_folder,
        lambda: {"path": FOLDER / "pictures", "size": 4},
        path=path(
            "path must be the path of",
            **{
                "a_missing_folder": (MISSING, "there is no"),
                "an_empty_folder": (FOLDER / "empty", "empty"),
                "a_file": (FOLDER / "text.png", "has no sub-folders"),
            },
        ),
        size=count(),
    ),
    asked(
        data.read_image,
        lambda: {"picture": FOLDER / "pictures" / "a" / "1.png", "size": 4},
        picture={**NO_FILE, **path("picture"), "bytes": (b"word", "not a picture that can be read")},
        size=count(nothing=FINE),
    ),
    asked(
        data.repaint_stripe,
        lambda: {"x": data.cued_digits(n_train=4, n_test=2).x_train, "cue": 1, "stripe_rows": 5},
        x=array(
            "x must be floating-point pictures",
            one_axis_fewer=FINE,
            no_entries=FINE,
            a_list=FINE,
            masked="x is a masked array",
            NaN=FINE,
            infinity=FINE,
        ),
        cue=count(
            "a cue is 0 (red), 1 (green) or 2 (blue)",
            zero=FINE,
            an_array="cue must be one number or one for each picture",
        ),
        stripe_rows=count(),
    ),
]
