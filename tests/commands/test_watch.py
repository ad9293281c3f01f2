"""``senumpy watch`` as a new user would try it, with good pictures, odd ones, and wrong arguments."""

import numpy as np
import pytest
from commands.watching import call
from PIL import Image

from senumpy.commands import watch
from senumpy.commands.gates_in_words import describe
from senumpy.data import read_image
from senumpy.gates import gate_values
from senumpy.models import TinyCNN, load_tiny_cnn
from senumpy.training import save_weights


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def small_weights(folder, **arguments):
    """Return the path of a small untrained network's weights: enough for drawing, and quick."""
    arguments = {"num_classes": 3, "widths": (4, 4), "reduction": 2, **arguments}
    return save_weights(TinyCNN(**arguments, rng=np.random.default_rng(0)), folder / "small.npz")


def test_the_cat_is_a_cat(capsys, monkeypatch):
    monkeypatch.setattr(watch, "_write_figures", lambda *args: ["none"])
    assert call("cat") == 0
    said = capsys.readouterr().out
    assert "224 x 224 pixels. The network says: cat" in said
    assert all(f"{block}  {C} channels" in said for block, C in (("se1", 16), ("se2", 32), ("se3", 32)))


def test_every_figure_is_written_and_named(tmp_path, capsys):
    assert call("coffee", "--weights", small_weights(tmp_path, widths=(4,)), "--size", 48) == 0
    said = capsys.readouterr().out
    written = {path.name: path for path in (tmp_path / "watch-coffee").iterdir()}
    assert set(written) == {"gates.png", "features-se1.png", "window-se1.png"}
    for name, path in written.items():
        assert name in said
        with Image.open(path) as picture:
            assert picture.width == 1100


@pytest.mark.parametrize(
    "words", [{"squeeze": "none", "stages": (2,)}, {"gate": "tanh", "combine": "sum"}, {"fixed": True}], ids=str
)
def test_variants_of_the_block_are_watched_too(words, tmp_path, capsys):
    """With blocks in one stage of two the picture must still be halved twice."""
    weights = small_weights(tmp_path, widths=(2, 2), **words)
    assert call("coffee", "--weights", weights, "--size", 36) == 0
    said = capsys.readouterr().out
    names = ["se2"] if "stages" in words else ["se1", "se2"]
    figures = {path.name for path in (tmp_path / "watch-coffee").iterdir()}
    assert figures == {"gates.png", *(f"{kind}-{name}.png" for name in names for kind in ("features", "window"))}
    shown = gate_values(load_tiny_cnn(weights), read_image("coffee", 36)[None])
    assert all(f"{name}  2 channels, mean gate {s.mean():.2f}" in said for name, s in shown.items())
    with pytest.raises(ValueError, match="--size must lie between 4"):
        call("coffee", "--weights", weights, "--size", 3)


def test_a_picture_too_small_for_the_window_is_told(tmp_path, capsys):
    assert call("coffee", "--weights", small_weights(tmp_path, widths=(4,)), "--size", 32) == 0
    assert "No window slid over the picture: it must be larger than 32 pixels" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "watch-coffee").iterdir()} == {"gates.png", "features-se1.png"}


@pytest.mark.parametrize(
    ("mode", "shape"), [("RGBA", (40, 90)), ("L", (64, 64)), ("P", (30, 31)), ("1", (50, 20)), ("RGB", (1, 1))]
)
def test_odd_pictures_are_taken(tmp_path, mode, shape, capsys, monkeypatch):
    monkeypatch.setattr(watch, "_write_figures", lambda *args: ["none"])
    noise = np.random.default_rng(0).integers(256, size=(*shape, 3), dtype=np.uint8)
    Image.fromarray(noise).convert(mode).save("a.png")
    assert call("a.png", "--weights", small_weights(tmp_path)) == 0
    assert "a.png, 32 x 32 pixels" in capsys.readouterr().out


def test_a_network_for_grey_pictures_and_a_folder_of_choice(tmp_path):
    assert call("brick", "--weights", small_weights(tmp_path, in_channels=1), "--size", 16, "--out", "x/y") == 0
    assert sorted(path.name for path in (tmp_path / "x/y").iterdir()) == [
        "features-se1.png", "features-se2.png", "gates.png"
    ]  # fmt: skip


def test_the_channels_are_those_with_the_widest_gates():
    text = describe({"se1": np.array([0.5, 0.1, 0.9, 0.3])}, top=2)
    assert "most open    2: 0.90, 0: 0.50" in text and "most closed  1: 0.10, 3: 0.30" in text


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["dog"], FileNotFoundError, "no file 'dog'"),
        (["."], ValueError, "folder"),
        (["text.png"], ValueError, "not a picture"),
        (["cat", "--weights", "none.npz"], FileNotFoundError, "no file of weights"),
        (["cat", "--weights", "text.png"], ValueError, "not an .npz"),
        (["cat", "--weights", "plain.npz"], ValueError, "no SE blocks"),
        (["cat", "--weights", "five.npz"], ValueError, "5 channels"),
        (["cat", "--size", "7"], ValueError, "between 8 and 1024"),
        (["cat", "--size", "100000"], ValueError, "between 8 and 1024"),
        (["cat", "--size", "0"], ValueError, "between 8 and 1024"),
        (["cat", "--top", "0"], ValueError, "at least 1"),
    ],
)
def test_wrong_arguments_get_a_clear_sentence(tmp_path, words, error, message):
    (tmp_path / "text.png").write_text("hello")
    save_weights(TinyCNN(widths=(4,), se=False), tmp_path / "plain.npz")
    save_weights(TinyCNN(in_channels=5, widths=(4,)), tmp_path / "five.npz")
    with pytest.raises(error, match=message):
        call(*words)
    assert not list(tmp_path.glob("watch-*"))


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit) as stop:
        call("--help")
    assert stop.value.code == 0 and "python -m senumpy watch cat" in capsys.readouterr().out


def test_a_network_of_many_stages_gets_a_picture_and_a_window_large_enough(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(watch, "save_figure", lambda make, path, **options: None)  # thirteen of them take seconds
    weights = small_weights(tmp_path, widths=(2,) * 6, reduction=1)
    assert call("cat", "--weights", weights) == 0
    said = capsys.readouterr().out
    assert "cat, 64 x 64 pixels" in said and "window-se1.png" not in said
    assert call("cat", "--weights", weights, "--size", 72) == 0
    assert "window-se6.png" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["conv1.weight", "fc.weight", "se1.fc.0.weight"])
def test_weights_with_another_number_of_axes_are_refused(tmp_path, name):
    state = TinyCNN(widths=(4,)).state_dict() | {name: np.array(1.0)}
    np.savez(tmp_path / "odd.npz", **state)
    with pytest.raises(ValueError, match=f"{name} must have . axes"):
        call("cat", "--weights", "odd.npz")
