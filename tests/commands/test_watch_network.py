"""``senumpy watch IMAGE --model NAME --weights FILE``: what a network of others says, and with which gates."""

import json

import numpy as np
import pytest
from commands.watching import call
from comparing import mentions
from PIL import Image

from senumpy.commands import watch_network
from senumpy.data import read_cropped
from senumpy.gates import gates_and_logits
from senumpy.models import PREPROCESSING, build_model, timm_names


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A network, the file of its weights by timm's names, and other files."""
    folder = tmp_path_factory.mktemp("files")
    model = build_model("se-resnet18", num_classes=7, reduction=4, bias=True, rng=np.random.default_rng(0))
    rng = np.random.default_rng(1)
    for array in {**model.params, **model.buffers}.values():
        if array.ndim == 1:
            array[...] = rng.uniform(0.5, 1.5, array.shape)
    np.savez(folder / "w.npz", **timm_names(model.state_dict()))
    (folder / "names.txt").write_text("".join(f"name {k}\n" for k in range(7)))
    (folder / "names.json").write_text(json.dumps({str(k): [f"n{k}", f"wordnet {k}"] for k in range(7)}))
    (folder / "short.txt").write_text("one\ntwo\n")
    return model, folder


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_figures(monkeypatch):
    monkeypatch.setattr(watch_network, "save_figure", lambda make, path, **options: None)


def shares_of(model, preprocessing):
    _, logits = gates_and_logits(model, PREPROCESSING[preprocessing](read_cropped("cat"))[None])
    shares = np.exp(logits[0] - logits[0].max())
    return shares / shares.sum()


def test_the_classes_are_numbers_and_everything_is_said(files, capsys, tmp_path):
    model, folder = files
    assert call("cat", "--model", "se-resnet18", "--weights", folder / "w.npz", "--top", 1) == 0
    said = capsys.readouterr().out
    shares = shares_of(model, "torchvision")
    best = np.argsort(-shares)
    assert [line.split()[-1] for line in said.splitlines() if "%  class " in line] == list(map(str, best[:5]))
    assert f"{shares[best[0]]:.1%}  class {best[0]}\n" in said
    assert "cat, 224 x 224 pixels. The network says:" in said
    assert "32 were changed: layer1.0.se.fc1.weight to layer1.0.se.fc.0.weight" in said
    assert "rebuilt: layer1.0.se 4 to 16" in said and "have biases" in said
    assert "Preprocessing, torchvision's: channels red, green, blue from 0 to 1, minus (0.485, 0.456, 0.406)" in said
    assert "divided by (0.229, 0.224, 0.225); short side to 256 pixels (bilinear, antialiased), the middle 224" in said
    assert "does not say which its weights want; --preprocessing knows torchvision and caffe" in said
    assert "layer4.1.se  512 channels, mean gate" in said
    with Image.open(tmp_path / "watch-cat" / "gates.png") as figure:
        assert figure.width == 1100


def test_the_authors_preprocessing_gives_other_numbers(files, capsys, no_figures):
    model, folder = files
    assert call("cat", "--model", "se-resnet18", "--weights", folder / "w.npz", "--preprocessing", "caffe") == 0
    said = capsys.readouterr().out
    shares, other = (shares_of(model, kind) for kind in ("caffe", "torchvision"))
    assert f"{shares.max():.1%}  class {shares.argmax()}\n" in said
    assert abs(shares - other).max() > 0.001, "the two are told apart"
    assert "Preprocessing, caffe's: channels blue, green, red from 0 to 255, minus (104, 117, 123); short" in said


@pytest.mark.slow
def test_the_stride_can_be_where_the_authors_have_it(tmp_path, capsys, no_figures):
    here = build_model("se-resnet50", num_classes=3, stride_in_1x1=True, rng=np.random.default_rng(0))
    there = build_model("se-resnet50", num_classes=3)
    there.load_state_dict(here.state_dict())
    np.savez(tmp_path / "w.npz", **here.state_dict())
    assert call("cat", "--model", "se-resnet50", "--weights", "w.npz", "--stride-in-1x1") == 0
    said = capsys.readouterr().out
    for model, is_said in ((here, True), (there, False)):
        shares = shares_of(model, "torchvision")
        lines = "\n".join(f"  {shares[k]:6.1%}  class {k}" for k in np.argsort(-shares))
        assert (lines in said) == is_said


@pytest.mark.parametrize("file, name", {"names.txt": "name", "names.json": "wordnet"}.items())
def test_names_are_those_of_the_file_of_labels(files, capsys, no_figures, file, name):
    model, folder = files
    assert call("cat", "--model", "se-resnet18", "--weights", folder / "w", "--labels", folder / file) == 0
    said = capsys.readouterr().out
    assert f"%  {name} {shares_of(model, 'torchvision').argmax()}\n" in said and "class" not in said


def test_a_picture_of_any_shape_is_taken(files, capsys, no_figures):
    Image.fromarray(np.random.default_rng(0).integers(256, size=(40, 90), dtype=np.uint8)).save("a.png")
    assert call("a.png", "--model", "se-resnet18", "--weights", files[1] / "w.npz") == 0
    assert "a.png, 224 x 224 pixels" in capsys.readouterr().out


WRONG = {
    "no weights": (["--model", "se-resnet18"], ValueError, ["needs --weights FILE", "random"]),
    "no file": (["--model", "se-resnet18", "--weights", "no.npz"], FileNotFoundError, ["no.npz"]),
    "no file of PyTorch's": (["--model", "se-resnet18", "--weights", "no.pth"], FileNotFoundError, ["no.pth"]),
    "another depth": (
        ["--model", "se-resnet34", "--weights", "w.npz"], ValueError, ["holds SE-ResNet-18", "'se-resnet18', num_cl"]
    ),
    "too few names": (
        ["--model", "se-resnet18", "--weights", "w.npz", "--labels", "short.txt"], ValueError, ["2 names", "7 classes"]
    ),
    "no labels": (
        ["--model", "se-resnet18", "--weights", "w.npz", "--labels", "none.txt"], FileNotFoundError, ["none.txt"]
    ),
    "a size": (["--model", "se-resnet18", "--weights", "w.npz", "--size", 64], ValueError, ["--size is for the tiny"]),
    "labels of the tiny CNN": (["--labels", "names.txt"], ValueError, ["--labels goes with --model"]),
    "its preprocessing": (["--preprocessing", "caffe"], ValueError, ["--preprocessing goes with --model"]),
    "its stride": (["--stride-in-1x1"], ValueError, ["--stride-in-1x1 goes with --model"]),
    "a stride without bottlenecks": (
        ["--model", "se-resnet18", "--weights", "w.npz", "--stride-in-1x1"], ValueError, ["ResNet-18 has none"]
    ),
    "over the labels": (
        ["--model", "se-resnet18", "--weights", "w.npz", "--labels", "x/gates.png", "--out", "x"], ValueError,
        ["gates.png", "written over"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("words, error, parts", WRONG.values(), ids=WRONG)
def test_wrong_arguments_get_a_clear_sentence(files, tmp_path, words, error, parts):
    for name in ("w.npz", "names.txt", "short.txt"):
        (tmp_path / name).symlink_to(files[1] / name)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "gates.png").symlink_to(files[1] / "names.txt")
    with pytest.raises(error, match=mentions(*parts)):
        call("cat", *words)
    assert not list(tmp_path.glob("watch-*"))


@pytest.mark.parametrize("name", ["resnet50", "se-resnet20", "se-tiny-cnn", "senet154"])
def test_networks_without_gates_or_for_other_pictures_are_not_offered(name, capsys):
    with pytest.raises(SystemExit) as stop:
        call("cat", "--model", name)
    assert stop.value.code == 2 and "se-resnet50" in capsys.readouterr().err
