"""The middle of a picture, as networks for large photographs are shown it: torchvision's pixels."""

import numpy as np
import pytest
from comparing import mentions
from PIL import Image

from benchmarks import parity
from senumpy.data import load_photo, read_cropped


def picture(height, width, seed=0):
    return np.random.default_rng(seed).integers(256, size=(height, width, 3), dtype=np.uint8)


def test_nothing_to_do_is_nothing_done():
    a = picture(20, 20)
    np.testing.assert_array_equal(read_cropped(a, 20, 20), a.transpose(2, 0, 1) / np.float32(255))


@pytest.mark.parametrize("height, width, top, left", [(20, 33, 3, 10), (33, 20, 10, 3), (21, 21, 3, 3)])
def test_the_middle_is_cut_out(height, width, top, left):
    """Where one pixel has to go on one side, it is the side that torchvision chooses: round((n - crop) / 2)."""
    a = picture(height, width)
    size = min(height, width)
    cut = read_cropped(a, size, 14 if size == 20 else 15)
    expected = a[top : top + cut.shape[1], left : left + cut.shape[2]]
    assert left == round((width - cut.shape[2]) / 2)
    np.testing.assert_array_equal(np.rint(cut * 255), expected.transpose(2, 0, 1))


@pytest.mark.parametrize("resample", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(300, 451), (97, 61), (40, 40)])
def test_the_short_side_is_brought_to_the_size_with_pillows_filter(size, resample):
    a = picture(*size)
    height, width = size
    wide, high = (64 * width // height, 64) if height < width else (64, 64 * height // width)
    whole = Image.fromarray(a).resize((wide, high), Image.Resampling[resample.upper()])
    left, top = round((wide - 56) / 2), round((high - 56) / 2)
    expected = np.asarray(whole)[top : top + 56, left : left + 56]
    np.testing.assert_array_equal(np.rint(read_cropped(a, 64, 56, resample) * 255), expected.transpose(2, 0, 1))


def test_it_averages_over_all_pixels():
    """A chessboard of single pixels becomes even grey; nearest or plain bilinear pixels would keep its contrast."""
    board = np.where(np.indices((512, 512)).sum(0) % 2, 255, 0).astype(np.uint8)
    assert read_cropped(board, 224, 224).std() * 255 < 0.5


def test_it_is_torchvisions():
    try:
        _, torchvision = parity.import_both()
    except ImportError as error:
        pytest.skip(f"timm and torchvision are not installed beside PyTorch ({error})")
    transform = torchvision.transforms
    photo = Image.fromarray(load_photo("coffee")).crop((0, 3, 201, 180))
    for resize, crop in ((256, 224), (232, 224), (75, 64), (100, 99)):
        theirs = transform.Compose([transform.Resize(resize), transform.CenterCrop(crop), transform.ToTensor()])(photo)
        np.testing.assert_array_equal(read_cropped(photo, resize, crop), theirs.numpy())


WRONG = {
    "a larger crop": ((64, 65), ["crop", "65", "64"]), "no size": ((0, 0), ["resize", "at least 1"]),
    "half a pixel": ((64.5, 56), ["resize", "integer"]), "another filter": ((64, 56, "lanczos"), ["bilinear, bicubic"]),
}  # fmt: skip


@pytest.mark.parametrize("arguments, words", WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused(arguments, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        read_cropped(picture(8, 8), *arguments)


def test_a_line_of_one_pixel_would_become_too_long():
    with pytest.raises(ValueError, match=mentions("2 x 4000", "cut it first")):
        read_cropped(picture(4000, 2), 256, 224)
