"""Data sets of one's own: the right numbers, or a DataError with the file, what was expected and what was found."""

import gzip
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from senumpy.data import DataError, load_data
from senumpy.data.cifar import RECORD, read_cifar10
from senumpy.data.idx import read_idx

RNG = np.random.default_rng(0)
X, X_TEST = (RNG.integers(256, size=(n, 7, 5), dtype=np.uint8) for n in (12, 6))
LABELS, LABELS_TEST = np.arange(12) % 3, np.arange(6) % 3


def idx(array, code=8):
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def mnist(folder, pack=lambda data: data, suffix=""):
    folder.mkdir()
    for name, array in {"train-images-idx3-ubyte": X, "train-labels-idx1-ubyte": LABELS.astype(np.uint8),
                        "t10k-images-idx3-ubyte": X_TEST, "t10k-labels-idx1-ubyte": LABELS_TEST.astype(np.uint8)}.items():  # fmt: skip  # noqa: E501
        (folder / (name + suffix)).write_bytes(pack(idx(array)))
    return folder


def cifar(folder):
    folder.mkdir()
    records = RNG.integers(256, size=(12, RECORD), dtype=np.uint8)
    records[:, 0] = np.arange(12) % 10
    (folder / "data_batch_1.bin").write_bytes(records[:6].tobytes())
    (folder / "data_batch_2.bin").write_bytes(records[6:].tobytes())
    (folder / "test_batch.bin").write_bytes(records[:3].tobytes())
    return folder, records


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_mnist_plain_and_compressed(tmp_path, suffix):
    task = load_data("idx", mnist(tmp_path / "mnist", gzip.compress if suffix else bytes, suffix))
    np.testing.assert_array_equal(np.rint(task.x_train[:, 0] * 255), X)
    np.testing.assert_array_equal(task.labels_test, LABELS_TEST)
    assert task.x_train.dtype == np.float32 and task.labels_train.dtype == np.int64
    assert task.class_names == ("0", "1", "2")


def test_compression_is_told_by_the_bytes_and_not_by_the_name(tmp_path):
    (tmp_path / "a.gz").write_bytes(idx(X))
    (tmp_path / "b").write_bytes(gzip.compress(idx(X)))
    np.testing.assert_array_equal(read_idx(tmp_path / "a.gz"), read_idx(tmp_path / "b"))


@pytest.mark.parametrize(("code", "dtype"), [(9, ">i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")])
def test_other_types_come_in_the_order_of_this_machine(tmp_path, code, dtype):
    array = np.arange(-3, 3).reshape(2, 3).astype(dtype)
    (tmp_path / "a").write_bytes(idx(array, code))
    found = read_idx(tmp_path / "a")
    np.testing.assert_array_equal(found, array)
    assert found.dtype.isnative


def test_cifar(tmp_path):
    folder, records = cifar(tmp_path / "cifar")
    task = load_data("cifar10", folder)
    assert task.x_train.shape == (12, 3, 32, 32) and task.class_names[3] == "cat"
    assert round(float(task.x_train[7, 1, 2, 3]) * 255) == records[7, 1 + 1024 + 2 * 32 + 3]
    np.testing.assert_array_equal(task.labels_train, records[:, 0])


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3), (3, 7, 5), (1, 7, 5)])
def test_npz_of_images_in_every_order(tmp_path, shape):
    x = RNG.integers(256, size=(12, *shape), dtype=np.uint8)
    np.savez(tmp_path / "d.npz", x_train=x, y_train=LABELS, x_test=x[:6], y_test=LABELS_TEST[:, None])
    task = load_data("npz", tmp_path / "d.npz")
    first = {2: lambda x: x[:, None], 3: lambda x: x if x.shape[1] in (1, 3) else np.moveaxis(x, -1, 1)}[len(shape)](x)
    np.testing.assert_array_equal(np.rint(task.x_train * 255), first)


def test_npz_of_floats(tmp_path):
    x = RNG.random((12, 2, 4, 4))
    np.savez(tmp_path / "d.npz", x_train=x, labels_train=LABELS, x_test=x, labels_test=LABELS)
    np.testing.assert_allclose(load_data("npz", tmp_path / "d.npz").x_train, x, rtol=1e-6)


def test_a_folder_of_images(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "d" / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (9, 9), (number, 0, 0)).save(tmp_path / "d" / name / f"{number}.png")
    task = load_data("folder", tmp_path / "d")
    assert len(task.x_train) == 6 and len(task.x_test) == 2 and task.class_names == ("a", "b")


def npz(tmp_path, **changes):
    arrays = {"x_train": X, "y_train": LABELS, "x_test": X_TEST, "y_test": LABELS_TEST, **changes}
    np.savez(tmp_path / "d.npz", **{name: a for name, a in arrays.items() if a is not None})
    return tmp_path / "d.npz"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y_train": None}, "should hold x_train and labels_train.*found x_test, x_train, y_test"),
        ({"y_train": LABELS[:5]}, "12 images of the train part should have as many labels, found 5"),
        ({"y_train": LABELS / 1}, "whole numbers.*found float64"),
        ({"y_train": LABELS - 1}, "count from 0, found -1"),
        ({"y_train": LABELS * 2}, "none of class 1"),
        ({"y_test": LABELS_TEST + 3}, "below 3, found 5"),
        ({"x_train": X[:, :6]}, r"train on have shape \(1, 6, 5\)"),
        ({"x_train": X.astype(np.float32)}, r"floats of shape \(N, C, H, W\), found float32"),
        ({"x_train": X[:, None].astype(np.float32)}, "from 0 to 1"),
        ({"x_train": np.full((12, 1, 7, 5), np.nan)}, "from 0 to 1, found nan"),
        ({"x_train": X.astype(np.int64)}, "found int64"),
        ({"x_train": X[:, :, :, None].repeat(2, -1)}, "one or three channels"),
        ({"x_train": np.zeros((12, 3, 7, 3), np.uint8)}, "first or last"),
        ({"x_train": X[:0]}, "found float32 of shape|should have"),
    ],
)
def test_what_does_not_fit_is_named(changes, message, tmp_path):
    with pytest.raises(DataError, match=message):
        load_data("npz", npz(tmp_path, **changes))


IDX = idx(X)
BROKEN = {
    "no bytes": (b"", "is not an IDX file"),
    "other bytes": (b"hello, hello", "is not an IDX file"),
    "no axes": (b"\0\0\x08\0", "is not an IDX file"),
    "many axes": (b"\0\0\x08\x20" + bytes(200), "is not an IDX file"),
    "half a header": (IDX[:9], "ends in its header"),
    "one byte less": (IDX[:-1], "should hold 420 bytes.*found 419"),
    "one byte more": (IDX + b"x", "should hold 420 bytes.*found more"),
    "a huge claim": (b"\0\0\x08\x02" + struct.pack(">2I", 2**31, 2**31), "claims an array.*more than"),
    "half a gzip": (gzip.compress(IDX)[:-12], "damaged gzip"),
    "a wrong checksum": (gzip.compress(IDX)[:-6] + bytes(6), "damaged gzip|should hold"),
    "a bomb": (gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 10) + bytes(10_000_000)), "found more"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_idx_file_is_named(name, tmp_path):
    data, message = BROKEN[name]
    (tmp_path / "images").write_bytes(data)
    with pytest.raises(DataError, match=f"images.*(?:{message})"):
        read_idx(tmp_path / "images")


@pytest.mark.parametrize("size", [0, 1, RECORD - 1, RECORD + 1])
def test_a_broken_cifar_file_is_named(size, tmp_path):
    (tmp_path / "data_batch_1.bin").write_bytes(bytes(size))
    with pytest.raises(DataError, match=f"records of 3,073 bytes.*found {size:,} bytes"):
        read_cifar10(tmp_path / "data_batch_1.bin")


def test_a_label_out_of_range_is_named(tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes(RECORD) + bytes([10]) + bytes(RECORD - 1))
    with pytest.raises(DataError, match="0 to 9, found 10 in record 1"):
        read_cifar10(tmp_path / "a.bin")


@pytest.mark.parametrize(("kind", "what"), [("idx", "train-images-idx3-ubyte"), ("cifar10", "data_batch_1.bin"), ("folder", "no sub-folders")])  # fmt: skip  # noqa: E501
def test_an_empty_folder_is_told_what_is_missing(kind, what, tmp_path):
    with pytest.raises(DataError, match=what):
        load_data(kind, tmp_path)


def test_what_is_not_there_and_what_is_no_kind(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing at"):
        load_data("idx", tmp_path / "gone")
    with pytest.raises(ValueError, match="no kind of data 'mnist': choose one of idx, cifar10, npz, folder"):
        load_data("mnist", tmp_path)


def test_an_archive_with_something_else_in_it_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as file:
        file.writestr("../evil.txt", "x")
    with pytest.raises(DataError, match="not an .npz"):
        load_data("npz", tmp_path / "d.npz")
    assert not (tmp_path.parent / "evil.txt").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["idx", "idx.gz", "cifar10", "npz"])
def test_thousands_of_damaged_files_give_the_right_data_or_a_sentence(kind, tmp_path):
    """Bytes changed, files cut or made longer: what is let in has the shape and the range that its kind promises."""
    rng = np.random.default_rng(1)
    if kind == "cifar10":
        path = cifar(tmp_path / "d")[0] / "data_batch_1.bin"
    elif kind == "npz":
        path = npz(tmp_path)
    else:
        pack, suffix = (gzip.compress, ".gz") if kind == "idx.gz" else (bytes, "")
        path = mnist(tmp_path / "d", pack, suffix) / f"train-images-idx3-ubyte{suffix}"
    whole, refused = path.read_bytes(), 0
    for _ in range(1000):
        broken = bytearray(whole)
        what = rng.integers(4)
        if what == 0:
            del broken[int(rng.integers(len(broken))) :]
        elif what == 1:
            broken += rng.bytes(int(rng.integers(1, 50)))
        else:
            for place in rng.integers(len(broken) if what == 2 else 40, size=int(rng.integers(1, 4))):
                broken[place] = rng.integers(256)
        path.write_bytes(broken)
        try:
            task = load_data(kind.removesuffix(".gz"), path if kind == "npz" else path.parent)
        except DataError as error:
            assert str(error)
            refused += 1
        else:
            assert task.x_train.ndim == 4 and 0 <= task.x_train.min() and task.x_train.max() <= 1
            assert len(task.x_train) == len(task.labels_train) and task.labels_train.max() < len(task.class_names)
    assert refused > 300
