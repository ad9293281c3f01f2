"""``senumpy watch [IMAGE] --model text-direction``: which way up a line of text is, and which gates know."""

import numpy as np
import pytest
from commands.watching import call
from comparing import mentions
from PIL import Image

from senumpy.commands import watch_line
from senumpy.pictures import draw_line_of_text


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def line(tmp_path):
    path = tmp_path / "line.png"
    Image.fromarray(draw_line_of_text("Platform 9, ring twice")).save(path)
    return path


def test_without_a_picture_a_line_is_drawn(capsys, tmp_path):
    assert call("--model", "text-direction") == 0
    said = capsys.readouterr().out
    assert watch_line.TEXT in said and "The network says: upright, with probability" in said
    assert "blue, green, red" in said, "the preprocessing belongs to the weights"
    blocks = [row.split()[:2] for row in said.splitlines() if row.startswith("block") and ".se" in row]
    assert [int(channels) for _, channels in blocks] == [8, 32, 88, 88, 40, 48, 104, 200, 200]
    assert (tmp_path / "watch-text-direction" / "gates.png").stat().st_size > 20_000


def test_the_same_line_turned_gets_the_other_answer(line, capsys, monkeypatch):
    monkeypatch.setattr(watch_line, "save_figure", lambda make, path, **options: None)
    turned = line.with_name("turned.png")
    with Image.open(line) as picture:
        picture.rotate(180).save(turned)
    said = []
    for path in (line, turned):
        assert call(path, "--model", "text-direction") == 0
        said.append(capsys.readouterr().out)
    assert "says: upright" in said[0].splitlines()[0] and "says: turned by 180 degrees" in said[0].splitlines()[1]
    assert "says: turned by 180 degrees" in said[1].splitlines()[0] and "says: upright" in said[1].splitlines()[1]


@pytest.mark.parametrize("option", ["--weights", "--labels", "--preprocessing", "--size", "--stride-in-1x1"])
def test_what_the_weights_bring_cannot_be_given(option, line):
    value = {"--preprocessing": ["caffe"], "--size": [64], "--stride-in-1x1": []}.get(option, ["file"])
    with pytest.raises(ValueError, match=mentions(option, "it brings its own")):
        call(line, "--model", "text-direction", option, *value)


def test_no_file_that_is_read_is_written_over(tmp_path):
    Image.fromarray(draw_line_of_text("mine")).save(tmp_path / "gates.png")
    before = (tmp_path / "gates.png").read_bytes()
    with pytest.raises(ValueError, match="gates.png"):
        call(tmp_path / "gates.png", "--model", "text-direction", "--out", tmp_path)
    assert (tmp_path / "gates.png").read_bytes() == before


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "line.png").write_text("no picture")
    with pytest.raises(ValueError, match="line.png"):
        call(tmp_path / "line.png", "--model", "text-direction")
    with pytest.raises(FileNotFoundError):
        call("none.png", "--model", "text-direction")
    assert not list(tmp_path.glob("watch-*")), "no folder is made for it"


def test_the_other_networks_need_a_picture():
    for words in ((), ("--model", "se-resnet50", "--weights", "w.npz")):
        with pytest.raises(ValueError, match="which picture"):
            call(*words)


def test_probabilities_are_in_words():
    assert watch_line.verdict(np.array([0.0, 0.0])) == "upright, with probability 50.0 %"
