"""The bundled photographs and digits are the ones that LICENSES.md speaks of."""

import numpy as np
import pytest

from senumpy.data import PHOTO_NAMES, load_digits, load_photo
from senumpy.data.bundled import ASSETS


@pytest.mark.parametrize("name", PHOTO_NAMES)
def test_photo_is_a_picture_in_8_bits(name):
    photo = load_photo(name)
    assert photo.shape == (224, 224, 3)
    assert photo.dtype == np.uint8
    assert photo.max() > 200 and photo.std() > 15


def test_photos_are_different_and_writeable():
    photos = [load_photo(name) for name in PHOTO_NAMES]
    assert len({photo.tobytes() for photo in photos}) == len(PHOTO_NAMES) == 8
    photos[0][:] = 0
    assert load_photo(PHOTO_NAMES[0]).any()


def test_photo_colours_are_in_the_order_red_green_blue():
    red, green, blue = load_photo("retina").mean((0, 1))
    assert red > green > blue


def test_unknown_photo_lists_the_names():
    with pytest.raises(ValueError, match="'dog'.*" + ".*".join(PHOTO_NAMES)):
        load_photo("dog")


def test_digits_are_the_collection_of_1797():
    images, labels = load_digits()
    assert images.shape == (1797, 8, 8) and images.dtype == np.uint8
    assert images.min() == 0 and images.max() == 16
    assert labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digit_images_fit_their_labels():
    """The mean image of each class, taken from the first half, names most of the second half."""
    images, labels = load_digits()
    x = images.reshape(len(images), 64).astype(float)
    means = np.stack([x[:900][labels[:900] == digit].mean(0) for digit in range(10)])
    distance = ((x[900:, None] - means) ** 2).sum(-1)
    assert (distance.argmin(1) == labels[900:]).mean() > 0.85


def test_every_asset_has_a_licence():
    text = (ASSETS / "LICENSES.md").read_text(encoding="utf-8")
    files = [file.relative_to(ASSETS).as_posix() for file in ASSETS.rglob("*") if file.suffix in (".png", ".npz")]
    assert len(files) == 9
    assert all(f"| {file} |" in text for file in files)
