"""PyTorch's own files: arrays by name, or a sentence; nothing in them is ever run, whether PyTorch is here or not."""

import argparse
import pickle
import sys
import warnings

import numpy as np
import pytest
from comparing import mentions

from senumpy.files.arrays import CheckpointError
from senumpy.files.weights import read_weights
from senumpy.layers import Linear
from senumpy.models import TinyCNN, load_tiny_cnn
from senumpy.training import load_weights, save_weights


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is an optional test extra")


class Opens:
    """What an attacker puts into a pickle: reading it calls a function."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("name", ["a.pt", "a.pth"])
@pytest.mark.parametrize("options", [{}, {"_use_new_zipfile_serialization": False}], ids=["zip", "before 1.6"])
def test_a_state_comes_back(torch, tmp_path, name, options):
    module = torch.nn.Linear(4, 3)
    torch.save({"epoch": 3, "state_dict": module.state_dict()}, tmp_path / name, **options)
    layer = Linear(4, 3)
    load_weights(layer, tmp_path / name)
    np.testing.assert_array_equal(layer.params["weight"], module.weight.detach())
    np.testing.assert_array_equal(layer.params["bias"], module.bias.detach())


def test_a_tiny_cnn_is_built_from_one(torch, tmp_path):
    model = TinyCNN(num_classes=4, widths=(8, 12))
    torch.save({name: torch.from_numpy(a) for name, a in model.state_dict().items()}, tmp_path / "a.pt")
    copy = load_tiny_cnn(tmp_path / "a.pt")
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(copy.state_dict()[name], array)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def saved(make):
    def write(path, torch):
        torch.save(make(torch), path)

    return write


def saved_then(change):
    def write(path, torch):
        torch.save({"weight": torch.ones(100, 100)}, path)
        change(path)

    return write


def write_program(path, torch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torch.jit.script(torch.nn.ReLU()), path)


BAD_FILES = {
    "a whole module": (saved(lambda torch: torch.nn.Linear(2, 2)), ["holds torch.nn", "run code", "state_dict()"]),
    "options of a command": (saved(lambda torch: {"args": argparse.Namespace()}), ["argparse.Namespace"]),
    "a program": (write_program, ["TorchScript"]),
    "a plain pickle": (lambda path, torch: path.write_bytes(pickle.dumps({"w": [1.0]})), ["PyTorch's, or damaged"]),
    "one tensor": (saved(lambda torch: torch.ones(3)), ["holds a Tensor", "state_dict()"]),
    "text": (lambda path, torch: path.write_text("hello there"), ["no file of PyTorch's, or damaged"]),
    "nothing": (lambda path, torch: path.write_bytes(b""), ["no file of PyTorch's, or damaged"]),
    "half of it": (saved_then(cut), ["damaged"]),
    "one bit": (saved_then(flip), ["damaged", "checksum"]),
}  # fmt: skip


@pytest.mark.parametrize("write, words", BAD_FILES.values(), ids=BAD_FILES)
def test_what_is_no_state_is_refused_in_words(torch, tmp_path, write, words):
    path = tmp_path / "a.pt"
    write(path, torch)
    with pytest.raises(CheckpointError, match=mentions("a.pt", *words)) as error:
        read_weights(path)
    assert "weights_only` to `False" not in str(error.value), "the advice to switch the caution off is not passed on"


def test_nothing_in_a_file_is_run(torch, tmp_path):
    torch.save({"weight": Opens(tmp_path / "owned")}, tmp_path / "a.pt")
    (tmp_path / "b.pt").write_bytes(pickle.dumps({"weight": Opens(tmp_path / "owned")}))
    for name, words in {"a.pt": "run code", "b.pt": "b.pt"}.items():
        with pytest.raises(CheckpointError, match=words):
            read_weights(tmp_path / name)
    assert not (tmp_path / "owned").exists()
    pickle.loads((tmp_path / "b.pt").read_bytes())["weight"].close()
    assert (tmp_path / "owned").exists(), "it would have been"


def test_without_pytorch_it_is_not_read_at_all(tmp_path, monkeypatch):
    (tmp_path / "a.pt").write_bytes(pickle.dumps({"weight": Opens(tmp_path / "owned")}))
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ValueError, match=mentions("a.pt", "only PyTorch reads safely", "not installed", "numpy.savez")):
        read_weights(tmp_path / "a.pt")
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("name", ["no.pt", "no.pth"])
def test_a_file_that_is_not_there(name, tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        read_weights(tmp_path / name)
    assert name in str(error.value) and ".npz" not in str(error.value)


def test_weights_that_senumpy_wrote_under_such_a_name_are_found(tmp_path):
    model, other = TinyCNN(), TinyCNN()
    assert save_weights(model, tmp_path / "a.pt").name == "a.pt.npz"
    load_weights(other, tmp_path / "a.pt")
    np.testing.assert_array_equal(other.params["fc.weight"], model.params["fc.weight"])
