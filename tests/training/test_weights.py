"""Weights on disk: plain arrays by name, and nothing that could be executed."""

import os
import pickle
import zipfile

import numpy as np
import pytest
from comparing import mentions

from senumpy.files.arrays import read_arrays
from senumpy.layers import Layer
from senumpy.models import TinyCNN
from senumpy.training import load_weights, save_weights


def new_model(seed, **options):
    return TinyCNN(widths=(4, 6), reduction=2, rng=np.random.default_rng(seed), **options)


def assert_same(state, other):
    assert list(state) == list(other)
    for name, array in state.items():
        assert other[name].dtype == array.dtype and other[name].tobytes() == array.tobytes(), name


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_a_round_trip_keeps_every_bit(tmp_path, dtype):
    model, other = new_model(1, dtype=dtype), new_model(2, dtype=dtype)
    model.forward(np.random.default_rng(3).standard_normal((4, 3, 8, 8)).astype(dtype))  # moves running statistics
    path = save_weights(model, tmp_path / "weights.npz")
    assert path == tmp_path / "weights.npz" and path.is_file()
    assert_same(model.state_dict(), read_arrays(path))
    held = dict(other.params)
    load_weights(other, path)
    assert_same(model.state_dict(), other.state_dict())
    assert all(other.params[name] is p for name, p in held.items())


@pytest.mark.parametrize("name", ["weights", "weights.v2", "weights.npy"])
def test_the_suffix_is_added(tmp_path, name):
    path = save_weights(new_model(1), str(tmp_path / name))
    assert path == tmp_path / f"{name}.npz"
    assert [p.name for p in tmp_path.iterdir()] == [f"{name}.npz"]
    load_weights(new_model(2), path)


def test_the_file_is_plain_numpy_and_has_the_names_of_pytorch(tmp_path):
    model = new_model(1)
    with np.load(save_weights(model, tmp_path / "weights"), allow_pickle=False) as file:
        assert set(file.files) - {"manifest.json"} == set(model.state_dict())
        np.testing.assert_array_equal(file["se1.fc.0.weight"], model.params["se1.fc.0.weight"])


class Trap:
    """A pickle that runs code when it is loaded: it makes a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def write(kind, path, good, trap):
    if kind == "objects":
        np.savez(path, **{"fc.bias": np.array([trap], dtype=object)})
    elif kind == "a pickle":
        path.write_bytes(pickle.dumps({"fc.bias": trap}))
    elif kind == "one array":
        with open(path, "wb") as file:
            np.save(file, np.ones(3))
    elif kind == "text":
        path.write_text("epoch,loss\n1,0.3\n")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut off":
        path.write_bytes(good.read_bytes()[:-100])
    elif kind == "a flipped bit":
        content = bytearray(good.read_bytes())
        content[content.index(b"NUMPY") + 200] ^= 1
        path.write_bytes(content)
    elif kind == "damaged while compressed":
        np.savez_compressed(path, a=np.random.default_rng(0).standard_normal(1000))
        content = bytearray(path.read_bytes())
        content[100:400] = bytes(300)
        path.write_bytes(content)
    elif kind == "an array and a text":
        np.savez(path, a=np.ones(3))
        with zipfile.ZipFile(path, "a") as file:
            file.writestr("notes.txt", "the best so far")
    elif kind == "an array and something called one":
        np.savez(path, a=np.ones(3))
        with zipfile.ZipFile(path, "a") as file:
            file.writestr("b.npy", "no array")
    elif kind == "an array with a tail":
        with zipfile.ZipFile(path, "w") as file, file.open("a.npy", "w") as member:
            np.save(member, np.ones(3))
            member.write(b"more")
    elif kind == "a header that claims 10^15 numbers":
        with zipfile.ZipFile(path, "w") as file, file.open("a.npy", "w") as member:
            header = {"descr": "<f8", "fortran_order": False, "shape": (10**15,)}
            np.lib.format.write_array_header_1_0(member, header)
    elif kind == "another zip":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("notes.txt", "no arrays here")


KINDS = ["objects", "a pickle", "one array", "text", "empty", "cut off", "a flipped bit", "damaged while compressed",
         "an array and a text", "an array and something called one", "an array with a tail",
         "a header that claims 10^15 numbers", "another zip"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_npz_of_plain_arrays_is_refused(tmp_path, kind):
    path, model = tmp_path / "bad.npz", new_model(1)
    write(kind, path, save_weights(model, tmp_path / "good"), Trap(tmp_path / "executed"))
    before = model.state_dict()
    with pytest.raises(ValueError, match=mentions("bad.npz", ".npz file of plain arrays")):
        read_arrays(path)
    with pytest.raises(ValueError, match="bad.npz"):
        load_weights(model, path)
    assert not (tmp_path / "executed").exists()
    assert_same(before, model.state_dict())


def test_the_trap_works(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "executed")))
    assert (tmp_path / "executed").exists()


def test_a_missing_file_is_called_missing(tmp_path):
    for function in (read_arrays, lambda path: load_weights(new_model(1), path)):
        with pytest.raises(FileNotFoundError, match="nowhere.npz"):
            function(tmp_path / "nowhere.npz")


def test_the_suffix_may_be_left_out_on_both_ways(tmp_path):
    model = new_model(1)
    save_weights(model, tmp_path / "v1.best")
    assert_same(model.state_dict(), read_arrays(tmp_path / "v1.best"))


def test_weights_of_another_network_are_refused(tmp_path):
    model = new_model(1)
    before = model.state_dict()
    for options in ({"se": False}, {"num_classes": 7}):
        path = save_weights(new_model(2, **options), tmp_path / "other")
        with pytest.raises(ValueError, match="se1.fc.0.weight" if "se" in options else "fc.weight"):
            load_weights(model, path)
        assert_same(before, model.state_dict())


def test_what_was_saved_is_loaded_whatever_else_has_the_name_without_suffix(tmp_path):
    model = new_model(1)
    (tmp_path / "best").write_text("an old file")
    (tmp_path / "out").mkdir()
    for name in ("best", "out"):
        save_weights(model, tmp_path / name)
        assert_same(model.state_dict(), read_arrays(tmp_path / name))
    (tmp_path / "best.npz").rename(tmp_path / "no-suffix")
    assert_same(model.state_dict(), read_arrays(tmp_path / "no-suffix"))


class Named(Layer):
    """A leaf whose parameters have the given names."""

    def __init__(self, names, seed):
        super().__init__()
        rng = np.random.default_rng(seed)
        self._params = {name: rng.standard_normal(2) for name in names}


@pytest.mark.parametrize("prefix", ["", "layer."])
def test_a_parameter_may_have_any_name(tmp_path, prefix):
    """NumPy's own writer takes the first three for its arguments, and its reader confuses the next two."""
    names = ["file", "allow_pickle", "args", "a", "a.npy", "arr_0", "with space", "über/all", "self", "kwds"]
    model, other = Named([prefix + name for name in names], 1), Named([prefix + name for name in names], 2)
    path = save_weights(model, tmp_path / "weights")
    assert_same(model.state_dict(), read_arrays(path))
    load_weights(other, path)
    assert_same(model.state_dict(), other.state_dict())


def test_weights_with_a_prefix_are_loaded_and_broken_ones_refused(tmp_path):
    model, other = new_model(1), new_model(2)
    np.savez(tmp_path / "parallel.npz", **{f"module.{name}": a for name, a in model.state_dict().items()})
    load_weights(other, tmp_path / "parallel")
    assert_same(model.state_dict(), other.state_dict())
    np.savez(tmp_path / "broken.npz", **{**model.state_dict(), "fc.bias": np.full(10, np.nan)})
    with pytest.raises(ValueError, match=mentions("fc.bias", "NaN")):
        load_weights(other, tmp_path / "broken")
    assert_same(model.state_dict(), other.state_dict())


def test_what_a_layer_of_ones_own_counts_is_no_setting_of_it(tmp_path):
    class Counting(TinyCNN):
        def __init__(self, power=2):
            super().__init__(widths=(4,), reduction=2)
            self.power, self.calls = power, 0

        def forward(self, x):
            self.calls += 1
            return super().forward(x)

    model = Counting()
    model.forward(np.zeros((1, 3, 4, 4), np.float32))
    path = save_weights(model, tmp_path / "w")
    load_weights(Counting(), path)
    load_weights(TinyCNN(widths=(4,), reduction=2), path)
    with pytest.raises(ValueError, match="power is 2 in the file, 3 here"):
        load_weights(Counting(power=3), path)
