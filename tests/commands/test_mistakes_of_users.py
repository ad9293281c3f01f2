"""Wrong words end with exit code 2 and a sentence that names what was wrong, before anything is done."""

import os
import sys

import pytest
from PIL import Image

from senumpy.__main__ import main
from senumpy.commands import watch
from senumpy.data import load_photo
from senumpy.files.whole import spare, whole_file, writable
from senumpy.models import TinyCNN
from senumpy.training import save_weights


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "history.json").mkdir()


def run(*words):
    """Return the exit code, wherever it was decided."""
    try:
        return main(list(words))
    except SystemExit as stop:
        return stop.code


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "--out", "file"], "--out"),
        (["train", "--out", "file/below"], "--out"),
        (["train", "--out", "full"], "cannot write 'full/history.json' (see --out): Is a directory"),
        (["train", "--width", "1000000000"], "--width"),
        (["train", "--width", "2", "--reduction", "99"], "--reduction"),
        (["lab", "se", "--task", "digits", "--out", "file"], "--out"),
        (["lab", "position", "--task", "digits"], "Only residual networks have positions"),
        (["lab", "recipe", "--task", "digits"], "there is no line between the two"),
        (["lab", "recipe", "--seeds", "3"], "what it tries is fixed beforehand"),
        (["lab"], "lab needs a question"),
        (["lab", "se", "--verify"], "--verify takes no question"),
        (["lab", "--verify", "--out", "mine"], "--verify takes a folder and nothing else: what is --out for?"),
        (["lab", "se", "--quick", "--seeds", "3"], "--quick has its own --seeds and --epochs"),
        (["lab", "se", "--code", "0"], "--code chooses among the runs that --show shows"),
        (["lab", "se", "--task", "digits", "--variants", ""], "se has no variant ''"),
        (["lab", "se", "--show", "--seeds", "1", "--out", "."], "no run of this question"),
        (["lab", "se", "--task", "digits", "--seeds", "1000000000000"], "--seeds"),
        (["train", "--epochs", "1" + "0" * 400], "--epochs"),
        (["lab", "se", "--epochs", "1" + "0" * 400], "--epochs"),
        (["train", "--out", "a" * 300], "--out"),
        (["lab", "se", "--task", "digits", "--out", "a" * 300], "--out"),
        (["watch", "cat", "--out", "a" * 300], "--out"),
        (["train", "\x1b[31mred"], "\\x1b[31mred"),
        (["watch", "\x1b[31mred.png"], "\\x1b[31mred.png"),
    ],
)
def test_the_sentence_names_the_option(words, message, capsys, tmp_path):
    before = {path.name for path in tmp_path.iterdir()}
    assert run(*words) == 2
    printed = capsys.readouterr()
    assert message in printed.err.splitlines()[-1] and "\x1b" not in printed.err and not printed.out
    assert {path.name for path in tmp_path.iterdir()} == before


def photo(path):
    """Save a corner of a bundled photograph as a picture of the user's own."""
    Image.fromarray(load_photo("coffee")[:40, :40]).save(path)


def test_a_figure_is_never_written_over_the_picture_it_shows(tmp_path, capsys):
    photo("gates.png")
    photo("features-se1.png")
    os.symlink("gates.png", "link.png")
    before = (tmp_path / "gates.png").read_bytes()
    for name in ("gates.png", "./gates.png", "features-se1.png", "link.png"):
        assert run("watch", name, "--out", ".", "--size", "16") == 2
        assert "would be written over" in capsys.readouterr().err
    assert (tmp_path / "gates.png").read_bytes() == before


def test_a_strange_picture_beside_the_record_is_left_alone(tmp_path, capsys):
    name = "se-tiny-cnn-digits-10-epochs-rate-0.2.png"
    (tmp_path / name).write_text("a cat")
    assert run("lab", "se", "--task", "digits", "--seeds", "1", "--out", ".") == 2
    assert f"{name!r} is there already" in capsys.readouterr().err
    assert (tmp_path / name).read_text() == "a cat" and not (tmp_path / name).with_suffix(".json").exists()


def test_pictures_of_one_name_have_a_folder_each_and_a_second_time_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(watch, "save_figure", lambda make, path, dpi: path.write_text("a figure") and None)
    save_weights(TinyCNN(3, 3, (4,), reduction=2), "small.npz")
    for name in ("cat.png", "cat.jpg", "esc\x1b[31mred.png"):
        photo(name)
        assert run("watch", name, "--weights", "small.npz", "--size", "8") == 0
        said = capsys.readouterr().out
        assert "replace" not in said and "\x1b" not in said
    assert run("watch", "cat", "--weights", "small.npz", "--size", "8") == 0
    folders = {path.name for path in tmp_path.glob("watch-*")}
    assert folders == {"watch-cat-png", "watch-cat-jpg", "watch-cat", "watch-esc\x1b[31mred-png"}
    capsys.readouterr()
    assert run("watch", "./cat.png", "--weights", "small.npz", "--size", "8") == 0
    assert "They replace figures that stood there before" in capsys.readouterr().out


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match=r"cannot write '.*a\.txt': No space left on device"), whole_file(path) as part:
        part.write_text("ne")
        raise OSError(28, "No space left on device")
    with pytest.raises(KeyboardInterrupt), whole_file(path) as part:
        part.write_text("ne")
        raise KeyboardInterrupt
    assert path.read_text() == "old" and sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
def test_a_device_is_written_to_and_not_replaced():
    with pytest.raises(OSError, match="cannot write '/dev/full': No space left"), whole_file("/dev/full") as part:
        part.write_text("more")
    assert os.path.exists("/dev/full") and not os.path.isfile("/dev/full")


def test_a_link_goes_on_pointing(tmp_path):
    (tmp_path / "there.txt").write_text("old")
    os.symlink("there.txt", "here.txt")
    with whole_file(tmp_path / "here.txt") as part:
        part.write_text("new")
    assert (tmp_path / "there.txt").read_text() == "new" and (tmp_path / "here.txt").is_symlink()
    with pytest.raises(ValueError, match="would be written over"):
        spare(["there.txt"], ["here.txt"])
    spare(["there.txt"], ["elsewhere.txt"])


def test_files_that_may_not_be_replaced_are_found_before(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("mine")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(OSError, match=r"a\.txt' \(see --out\): Permission denied"):
        writable(tmp_path, "a.txt")


def test_the_command_goes_by_the_name_it_was_called_by(monkeypatch, capsys):
    for name, usage in (("/usr/bin/senumpy", "usage: senumpy "), ("senumpy/__main__.py", "usage: python -m senumpy ")):
        monkeypatch.setattr(sys, "argv", [name])
        assert run("--help") == 0
        said = capsys.readouterr().out
        assert said.startswith(usage) and "130  interrupted" in said
