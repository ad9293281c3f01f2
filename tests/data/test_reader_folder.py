"""A folder of the user's own becomes a data set, in a known order, with nothing dropped unnoticed."""

import numpy as np
import pytest
from PIL import Image

from senumpy.data import read_folder


@pytest.fixture
def folder(tmp_path):
    """Two classes; each picture is as bright as its place in the alphabet of files."""
    for name, brightness in (("b/2.png", 30), ("b/1.jpg", 20), ("a/one.png", 10), ("b/3.bmp", 40)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((20, 30), brightness, np.uint8)).save(tmp_path / name)
    (tmp_path / "a" / ".DS_Store").write_bytes(b"hidden")
    (tmp_path / ".git").mkdir()
    (tmp_path / "readme.txt").write_text("a file beside the classes does not matter")
    return tmp_path


def test_folder_is_read_in_alphabetical_order(folder):
    x, labels, class_names = read_folder(folder, size=8)
    assert x.shape == (4, 3, 8, 8) and x.dtype == np.float32
    assert labels.tolist() == [0, 1, 1, 1] and labels.dtype == np.int64
    assert class_names == ("a", "b")
    assert np.allclose(x.mean((1, 2, 3)) * 255, [10, 20, 30, 40], atol=0.6)


def test_folder_with_a_stranger_in_it_names_the_stranger(folder):
    (folder / "b" / "notes.txt").write_text("not a picture")
    with pytest.raises(ValueError, match="notes.txt.*is not a picture"):
        read_folder(folder, size=8)


def test_wrong_folders_are_refused(folder):
    with pytest.raises(FileNotFoundError, match="no folder"):
        read_folder(folder / "missing", size=8)
    with pytest.raises(ValueError, match="has no sub-folders"):
        read_folder(folder / "a", size=8)
    with pytest.raises(ValueError, match="has no sub-folders"):
        read_folder(folder / "readme.txt", size=8)
    (folder / "c").mkdir()
    with pytest.raises(ValueError, match="class folder.*is empty"):
        read_folder(folder, size=8)
    with pytest.raises(ValueError, match="size must be an integer"):
        read_folder(folder, size=None)


def test_a_link_that_leads_nowhere_is_named(folder):
    (folder / "a" / "two.png").symlink_to(folder / "gone.png")
    with pytest.raises(FileNotFoundError, match="two.png"):
        read_folder(folder, size=8)
