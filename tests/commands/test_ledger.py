"""``senumpy ledger`` from the words on the command line to what is printed and written."""

import json

import pytest
from PIL import Image

from senumpy.__main__ import main
from senumpy.commands import ledger as command


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*words):
    """Return the exit code, wherever it was decided."""
    try:
        return main(["ledger", *words])
    except SystemExit as stop:
        return stop.code


def test_a_network_by_its_name(capsys):
    assert run("se-tiny-cnn") == 0
    said = capsys.readouterr().out
    assert said.startswith("se-tiny-cnn, one image of 3 x 32 x 32\n")
    assert "SE adds 1,152 parameters (7.81 % of the rest)" in said and "Not counted: BatchNorm2d, ReLU" in said


def test_the_large_networks_look_at_224_pixels(capsys):
    assert run("resnet18") == 0
    said = capsys.readouterr().out
    assert "one image of 3 x 224 x 224" in said and "1,814,073,344" in said


def test_the_network_for_lines_of_text_looks_at_lines(capsys):
    assert run("text-direction") == 0
    said = capsys.readouterr().out
    assert "text-direction, one image of 3 x 48 x 192" in said and "HardSwish" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["se-resnet8", "--reduction", "4", "--image", "48x64"], ["reduction 4, one image of 3 x 48 x 64"]),
        (["se-resnet8", "--stages", "2,3", "--position", "pre"], ["stages 2 3, position pre"]),
        (["se-resnet8", "--bias", "--shortcut", "pad"], ["bias, shortcut pad", "76,081"]),
        (["se-resnet50", "--stride-in-1x1", "--image", "33"], ["stride in 1x1", "178,314,432"]),
        (["se-resnet8", "--squeeze", "none"], ["squeeze none"]),
        (["se-resnet8", "--fixed"], ["fixed", "SE adds 112 parameters"]),
        (["se-resnet8", "--hidden-multiple-of", "8"], ["multiple of 8", "SE adds 1,792 parameters"]),
        (["se-tiny-cnn", "--stages", "2", "--bias", "--squeeze", "max"], ["stages 2", "SE adds 552 parameters"]),
    ],
)
def test_options_reach_the_network(words, expected, capsys):
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert all(text in said for text in expected)


def test_each_option_changes_a_number(capsys):
    def numbers(*words):
        assert run("se-resnet20", "--image", "32", *words) == 0
        return capsys.readouterr().out.partition("\n")[2]

    said = [
        numbers(), numbers("--reduction", "8"), numbers("--stages", "1,2"), numbers("--position", "pre"),
        numbers("--bias"), numbers("--shortcut", "pad"), numbers("--squeeze", "none"), numbers("--image", "32x34"),
    ]  # fmt: skip
    assert len(set(said)) == len(said)


def test_the_picture_and_the_json(tmp_path, capsys):
    assert run("se-resnet8", "--png", "new/ledger.png", "--json", "ledger.json", "--reduction", "2") == 0
    said = capsys.readouterr().out
    assert "The picture: new/ledger.png" in said and "Every layer: ledger.json" in said
    with Image.open(tmp_path / "new" / "ledger.png") as picture:
        assert picture.width == 1000
    record = json.loads((tmp_path / "ledger.json").read_text(encoding="utf-8"))
    assert record["model"] == "se-resnet8" and record["options"] == {"reduction": 2} and record["image"] == [3, 32, 32]
    assert (
        sum(layer["parameters"] for layer in record["layers"]) == record["parameters"] == sum(record["held"].values())
    )
    assert sum(sum(layer["work"].values()) for layer in record["layers"]) == record["multiply_adds"]
    assert record["se"]["parameters"] == 2 * (16**2 + 32**2 + 64**2) // 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["resnet51"], "there is no network 'resnet51'; there are tiny-cnn, resnet18"),
        (["resnet50", "--reduction", "4"], "--reduction is for SE blocks, and resnet50 has none; se-resnet50 has"),
        (["se-tiny-cnn", "--position", "pre"], "se-tiny-cnn has no choice of --position"),
        (["se-resnet50", "--shortcut", "pad"], "se-resnet50 has no choice of --shortcut"),
        (["se-resnet8", "--stride-in-1x1"], "se-resnet8 has no choice of --stride-in-1x1"),
        (["se-resnet18", "--stride-in-1x1"], "are for bottlenecks"),
        (["se-resnet8", "--reduction", "99"], "reduction must be an integer from 1"),
        (["se-resnet8", "--stages", "4"], "stages must be some of the numbers 1 to 3"),
        (["se-resnet8", "--stages", "one"], "--stages: must be numbers with commas"),
        (["se-resnet8", "--position", "behind"], "--position"),
        (["se-resnet8", "--image", "0"], "--image: must be a size such as 224"),
        (["se-resnet8", "--image", "5000"], "of 1 to 4096 pixels"),
        (["se-resnet8", "--image", "1x2x3"], "--image"),
        (["se-resnet8", "--image", "²"], "--image"),
        (["tiny-cnn", "--image", "4"], "does not take an image of 3 x 4 x 4"),
        (["text-direction", "--reduction", "4"], "text-direction has no choice of --reduction"),
        (["text-direction", "--image", "32"], "does not take an image of 3 x 32 x 32"),
        (["paper", "--reduction", "4", "--png", "a.png"], "takes no options, got --reduction, --png"),
        (["se-resnet8", "--png", "a.txt"], "--png: must be a .png or .svg"),
        (["se-resnet8", "--png", ""], "--png"),
        (["se-resnet8", "--json", "."], "--json"),
    ],
)  # fmt: skip
def test_wrong_words_end_in_a_sentence_and_leave_no_file(words, message, capsys, tmp_path):
    assert run(*words) == 2
    said = capsys.readouterr()
    assert message in said.err and not said.out
    assert list(tmp_path.iterdir()) == []


def test_the_paper(capsys, monkeypatch):
    monkeypatch.setattr(command, "describe_paper", lambda: "tables of the paper")
    assert run("paper") == 0
    assert capsys.readouterr().out == "tables of the paper\n"


def test_help_names_every_network_once(capsys):
    assert run("--help") == 0
    said = capsys.readouterr().out
    assert "resnext50" in said and "examples:" in said and "%%" not in said
