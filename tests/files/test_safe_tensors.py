"""Weights for others: .safetensors, in whatever layout of memory the arrays come, to PyTorch and back."""

import sys

import numpy as np
import pytest

from senumpy.files.arrays import CheckpointError
from senumpy.files.safe_tensors import read_safetensors, write_safetensors
from senumpy.models import TinyCNN, load_tiny_cnn
from senumpy.training import load_weights, save_weights


def new_model(seed):
    return TinyCNN(widths=(4, 6), reduction=2, rng=np.random.default_rng(seed))


@pytest.fixture
def library():
    return pytest.importorskip("safetensors.numpy", reason="the package safetensors is optional")


a = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
LAYOUTS = {
    "C": a, "Fortran": np.asfortranarray(a), "transposed": a.T, "strided": a[:, ::2], "reversed": a[..., ::-1],
    "broadcast": np.broadcast_to(np.float32(7), (2, 3)), "big-endian": a.astype(">f8"), "0-d": np.array(2.5),
    "empty": np.zeros((0, 3)), "bool": np.array([True, False]), "half": a.astype(np.float16), "int": np.arange(3),
}  # fmt: skip


def test_every_layout_comes_back(library, tmp_path):
    read = read_safetensors(write_safetensors(tmp_path / "a.safetensors", LAYOUTS))
    assert read.keys() == LAYOUTS.keys()
    for name, array in LAYOUTS.items():
        assert read[name].shape == array.shape and read[name].dtype == array.dtype.newbyteorder("="), name
        assert np.array_equal(read[name], array), name


def test_numbers_that_come_back_wrong_are_not_left_there(library, tmp_path, monkeypatch):
    """As with version 0.8 of the package, which writes other numbers for some layouts and says nothing."""
    load = library.load_file
    monkeypatch.setattr(library, "load_file", lambda path: {name: array + 1 for name, array in load(path).items()})
    with pytest.raises(CheckpointError, match="read back, x had other numbers"):
        write_safetensors(tmp_path / "a.safetensors", {"x": np.ones(3)})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("array", [np.ones(2, complex), np.array(["a"])])
def test_what_the_format_does_not_have_is_refused(library, array, tmp_path):
    with pytest.raises(CheckpointError, match="'x' holds"):
        write_safetensors(tmp_path / "a.safetensors", {"x": array})
    assert list(tmp_path.iterdir()) == []


def test_weights_go_to_pytorch_and_back(library, tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is optional")
    import safetensors.torch

    model, other = new_model(1), new_model(2)
    path = save_weights(model, tmp_path / "w.safetensors")
    state = safetensors.torch.load_file(path)
    for name, array in model.state_dict().items():
        assert np.array_equal(state[name].numpy(), array), name
    state["fc.bias"] = state["fc.bias"] + torch.ones(10)
    safetensors.torch.save_file(state, tmp_path / "back.safetensors")
    load_weights(other, tmp_path / "back.safetensors")
    assert np.array_equal(other.params["fc.bias"], model.params["fc.bias"] + 1)
    assert np.array_equal(other.params["conv1.weight"], model.params["conv1.weight"])
    assert np.array_equal(load_tiny_cnn(tmp_path / "back.safetensors").params["fc.bias"], other.params["fc.bias"])


@pytest.mark.parametrize("kind", ["text", "cut", "empty", "bfloat16"])
def test_a_damaged_file_is_refused(library, kind, tmp_path):
    path, model = save_weights(new_model(1), tmp_path / "w.safetensors"), new_model(2)
    before = model.state_dict()
    content = path.read_bytes()
    if kind == "bfloat16":
        header = b'{"x":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
        content = len(header).to_bytes(8, "little") + header + b"\x80\x3f"
    path.write_bytes({"text": b"x" * 50, "cut": content[:-9], "empty": b"", "bfloat16": content}[kind])
    with pytest.raises(CheckpointError, match="w.safetensors"):
        load_weights(model, path)
    assert all(np.array_equal(before[name], array) for name, array in model.state_dict().items())


def test_a_missing_file_is_called_missing(library, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.safetensors"):
        load_weights(new_model(1), tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("function", [save_weights, load_weights])
def test_without_the_package_a_sentence_says_what_to_install(function, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ValueError, match=r"pip install .*safetensors"):
        function(new_model(1), tmp_path / "w.safetensors")
