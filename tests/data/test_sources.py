"""A picture comes as a path, a name, bytes, an open file, a PIL image or an array; all else is refused in words."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from senumpy.data import read_folder, read_image

PIXELS = np.random.default_rng(0).integers(256, size=(5, 7, 3), dtype=np.uint8)


@pytest.fixture
def path(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def test_all_sources_give_the_same(path):
    expected = PIXELS.transpose(2, 0, 1).astype(np.float32) / 255
    data = path.read_bytes()
    with path.open("rb") as file:
        sources = [path, str(path), data, bytearray(data), memoryview(data), io.BytesIO(data), file]
        for source in [*sources, Image.fromarray(PIXELS), PIXELS, PIXELS[::-1][::-1]]:
            np.testing.assert_array_equal(read_image(source), expected)


def test_arrays_of_grey_and_with_transparency():
    grey = PIXELS[..., 0]
    np.testing.assert_array_equal(read_image(grey), read_image(np.stack([grey] * 3, axis=-1)))
    clear = np.concatenate([PIXELS, np.zeros((5, 7, 1), np.uint8)], axis=2)
    assert read_image(clear).min() == 1


def test_a_pil_image_is_left_as_it_was():
    image = Image.fromarray(PIXELS)
    image.getexif()[0x112] = 6
    assert read_image(image, size=4).shape == (3, 4, 4) and image.size == (7, 5)
    assert read_image(image).shape == (3, 7, 5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (None, "got NoneType"),
        (7, "got int"),
        (["cat", "coffee"], "got list"),
        (io.StringIO("text"), "open as text"),
        (b"", "the picture given as bytes is not a picture"),
        (io.BytesIO(b"hello"), "is not a picture"),
        (PIXELS.astype(np.float32), "must be uint8.*got float32 of shape"),
        (PIXELS[None], r"got uint8 of shape \(1, 5, 7, 3\)"),
        (PIXELS[..., :2], r"got uint8 of shape \(5, 7, 2\)"),
        (PIXELS[:0], "got uint8 of shape"),
        (np.ma.masked_less(PIXELS, 9), "masked array"),
        (PIXELS[..., 0].view(np.matrix), "numpy.matrix"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(wrong, message):
    with pytest.raises(ValueError, match=message):
        read_image(wrong)


def test_an_open_file_is_named(tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    with (tmp_path / "note.txt").open() as file, pytest.raises(ValueError, match="note.txt.*open it with mode 'rb'"):
        read_image(file)


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "DESKTOP.INI", ".DS_Store", "ehthumbs.db", "@eaDir/x"])
def test_what_systems_leave_in_a_class_is_passed_over(path, name, tmp_path):
    left = tmp_path / "data" / "a" / name
    left.parent.mkdir(parents=True)
    left.write_bytes(b"not a picture")
    path.rename(tmp_path / "data" / "a" / "picture.png")
    assert len(read_folder(tmp_path / "data", size=4)[0]) == 1


@pytest.mark.parametrize("name", ["__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", ".jupyter"])
def test_what_systems_leave_beside_the_classes_is_no_class(path, name, tmp_path):
    (tmp_path / "data" / "a").mkdir(parents=True)
    path.rename(tmp_path / "data" / "a" / "picture.png")
    (tmp_path / "data" / name / "a").mkdir(parents=True)
    assert read_folder(tmp_path / "data", size=4)[2] == ("a",)


@pytest.mark.parametrize("wrong", [None, 3, b"folder", [Path(".")]])
def test_a_folder_is_a_path(wrong):
    with pytest.raises(ValueError, match="path must be the path of a file or a folder"):
        read_folder(wrong, size=4)
