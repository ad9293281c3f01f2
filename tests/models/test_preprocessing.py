"""How pictures become numbers: by formula, by torchvision, and told in words."""

import numpy as np
import pytest
from comparing import mentions

from benchmarks import parity
from senumpy.data import load_photo, read_cropped
from senumpy.models import PREPROCESSING, Preprocessing

X = np.random.default_rng(0).random((2, 3, 4, 5)).astype(np.float32)


def test_torchvisions_by_formula():
    out = PREPROCESSING["torchvision"](X)
    assert out.dtype == np.float32
    for c, (mean, std) in enumerate(zip((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), strict=True)):
        np.testing.assert_allclose(out[:, c], (X[:, c].astype(float) - mean) / std, rtol=1e-5, atol=1e-6)


def test_the_authors_by_formula():
    """Blue comes first, and its mean is 104."""
    out = PREPROCESSING["caffe"](X[0])
    for c, (source, mean) in enumerate(((2, 104), (1, 117), (0, 123))):
        np.testing.assert_allclose(out[c], 255 * X[0, source].astype(float) - mean, rtol=1e-5, atol=1e-4)


def test_it_is_torchvisions():
    try:
        _, torchvision = parity.import_both()
    except ImportError as error:
        pytest.skip(f"timm and torchvision are not installed beside PyTorch ({error})")
    from PIL import Image
    from torchvision.transforms.functional import InterpolationMode

    photo = Image.fromarray(load_photo("astronaut")).crop((0, 0, 200, 170))
    p = PREPROCESSING["torchvision"]
    preset = torchvision.transforms._presets.ImageClassification(
        crop_size=p.crop, resize_size=p.resize, interpolation=InterpolationMode.BILINEAR
    )
    np.testing.assert_allclose(p(read_cropped(photo, p.resize, p.crop, p.resample)), preset(photo).numpy(), atol=1e-6)


def test_words():
    assert str(Preprocessing()) == (
        "channels red, green, blue from 0 to 1; short side to 256 pixels (bilinear, antialiased), the middle 224 x 224"
    )
    text = str(Preprocessing("BGR", 255, (1, 2, 3), (0.5, 0.5, 0.5), 235, 200, "bicubic"))
    assert "blue, green, red from 0 to 255, minus (1, 2, 3), divided by (0.5, 0.5, 0.5)" in text
    assert "235 pixels (bicubic, antialiased), the middle 200 x 200" in text


WRONG = {
    "an order": ({"order": "GBR"}, ["RGB, BGR", "'GBR'"]), "white": ({"white": 0}, ["white"]),
    "two means": ({"mean": (1, 2)}, ["mean must be three numbers"]), "no deviation": ({"std": (1, 0, 1)}, ["above 0"]),
    "not a number": ({"std": (1, float("nan"), 1)}, ["above 0"]), "a filter": ({"resample": "box"}, ["bilinear"]),
    "no pixels": ({"crop": 0}, ["crop"]),
}  # fmt: skip


@pytest.mark.parametrize("options, words", WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused(options, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        Preprocessing(**options)
