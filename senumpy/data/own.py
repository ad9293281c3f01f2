"""Data sets of one's own, from the formats that people have them in: every one becomes a `Task`, or a sentence."""

from os import PathLike

import numpy as np

from senumpy.data.cifar import CLASSES, read_cifar10
from senumpy.data.errors import DataError
from senumpy.data.folder import read_folder
from senumpy.data.idx import read_idx
from senumpy.data.split import stratified_split
from senumpy.data.task import Task
from senumpy.files.arrays import read_arrays
from senumpy.files.paths import as_path

FOLDER_SIZE = 32  # to which the images of a folder are brought
TEST_FRACTION = 0.25  # of a folder of images, which has no test part of its own
LARGEST_CLASS = 100_000


def load_data(kind: str, path: str | PathLike) -> Task:
    """Read a data set of your own.

    Parameters
    ----------
    kind : str
        "idx": a folder with MNIST's four files, ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte`` and the same
        with ``t10k``, plain or with ``.gz``. "cifar10": a folder with ``data_batch_1.bin`` and so on, and
        ``test_batch.bin``. "npz": a file with the arrays x_train, labels_train, x_test and labels_test (or y_train and
        y_test), images as uint8, (N, H, W) or channels first or last, or as floats (N, C, H, W) from 0 to 1. "folder":
        one sub-folder per class; a quarter of each, always the same, is the test part.
    path : str or path

    Raises
    ------
    FileNotFoundError
        Where there is nothing at the path.
    DataError
        Where what is there is not what was asked for: the message names the file, what was expected and what was found.
    ValueError
        For a kind that is unknown.
    """
    if not isinstance(kind, str) or kind not in READERS:
        raise ValueError(f"there is no kind of data {kind!r}: choose one of {', '.join(READERS)}")
    path = as_path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is nothing at {str(path)!r}")
    return READERS[kind](path)


def _from_idx(folder):
    parts = {}
    for part, word in (("train", "train"), ("test", "t10k")):
        images, labels = _one_of(folder, f"{word}-images-idx3-ubyte"), _one_of(folder, f"{word}-labels-idx1-ubyte")
        parts[part] = _images(read_idx(images), images), _labels(read_idx(labels), labels)
    return _task(parts, folder)


def _one_of(folder, name):
    for candidate in (folder / name, folder / f"{name}.gz", folder / name.replace("-idx", ".idx")):
        if candidate.is_file():
            return candidate
    raise DataError(f"{str(folder)!r} should hold the file {name}, plain or with .gz, and does not")


def _from_cifar10(folder):
    files = sorted(folder.glob("data_batch_*.bin"))
    if not files or not (folder / "test_batch.bin").is_file():
        raise DataError(f"{str(folder)!r} should hold data_batch_1.bin and so on, and test_batch.bin, and does not")
    pairs = [read_cifar10(file) for file in files]
    x, labels = (np.concatenate(part) for part in zip(*pairs, strict=True))
    x_test, labels_test = read_cifar10(folder / "test_batch.bin")
    parts = {"train": (_images(x, folder), labels), "test": (_images(x_test, folder), labels_test)}
    return _task(parts, folder, CLASSES)


def _from_npz(path):
    try:
        arrays = read_arrays(path)
    except ValueError as error:
        raise DataError(str(error)) from error
    parts = {}
    for part in ("train", "test"):
        labels = next((name for name in (f"labels_{part}", f"y_{part}") if name in arrays), None)
        if f"x_{part}" not in arrays or labels is None:
            raise DataError(
                f"{str(path)!r} should hold x_{part} and labels_{part} (or y_{part}), found "
                f"{', '.join(sorted(arrays)) or 'nothing'}"
            )
        x, answers = arrays[f"x_{part}"], arrays[labels]
        parts[part] = _images(x, f"x_{part} in {path}"), _labels(answers, f"{labels} in {path}")
    return _task(parts, path)


def _from_folder(folder):
    try:
        x, labels, names = read_folder(folder, FOLDER_SIZE)
        train, test = stratified_split(labels, TEST_FRACTION, np.random.default_rng(0))
    except (ValueError, OSError) as error:
        raise DataError(str(error)) from error
    return Task(x[train], labels[train], x[test], labels[test], names)


def _images(x, name):
    """Return images as float32 (N, C, H, W) from 0 to 1."""
    if x.dtype == np.uint8:
        x = _channels_first(x, name).astype(np.float32) / 255
    if x.dtype.kind != "f" or x.ndim != 4 or 0 in x.shape:
        raise DataError(
            f"{str(name)!r}: images should be uint8, or floats of shape (N, C, H, W), found {x.dtype} of shape "
            f"{x.shape}"
        )
    if not (np.isfinite(x).all() and x.min() >= 0 and x.max() <= 1):
        raise DataError(f"{str(name)!r}: images as floats should be from 0 to 1, found {x.min()} to {x.max()}")
    return np.ascontiguousarray(x, dtype=np.float32)


def _channels_first(x, name):
    if x.ndim == 3:
        return x[:, None]  # (N, H, W) -> (N, 1, H, W)
    first, last = (x.ndim == 4 and x.shape[axis] in (1, 3) for axis in (1, 3))
    if first == last:
        raise DataError(
            f"{str(name)!r}: expected one or three channels, first or last, found uint8 of shape {x.shape}"
        )
    return x if first else x.transpose(0, 3, 1, 2)


def _labels(labels, name):
    labels = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels  # as Keras writes them
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(labels) == 0:
        raise DataError(
            f"{str(name)!r}: labels should be whole numbers, one for each image, found {labels.dtype} of shape "
            f"{labels.shape}"
        )
    if labels.min() < 0 or labels.max() > LARGEST_CLASS:
        raise DataError(f"{str(name)!r}: labels should count from 0, found {labels.min()} to {labels.max()}")
    return labels.astype(np.int64)


def _task(parts, name, class_names=None):
    (x, labels), (x_test, labels_test) = parts["train"], parts["test"]
    for part, (images, answers) in parts.items():
        if len(images) != len(answers):
            raise DataError(
                f"{str(name)!r}: the {len(images)} images of the {part} part should have as many labels, found "
                f"{len(answers)}"
            )
    if x.shape[1:] != x_test.shape[1:]:
        raise DataError(f"{str(name)!r}: images to train on have shape {x.shape[1:]}, those to test {x_test.shape[1:]}")
    present = np.unique(labels)
    if not class_names and len(present) != labels.max() + 1:
        missing = sorted(set(range(int(labels.max()) + 1)) - set(present.tolist()))
        raise DataError(f"{str(name)!r}: every class should have images to train on, found none of class {missing[0]}")
    class_names = class_names or tuple(map(str, range(int(labels.max()) + 1)))
    if labels_test.max() >= len(class_names):
        raise DataError(f"{str(name)!r}: labels to test should be below {len(class_names)}, found {labels_test.max()}")
    return Task(x, labels, x_test, labels_test, class_names)


READERS = {"idx": _from_idx, "cifar10": _from_cifar10, "npz": _from_npz, "folder": _from_folder}
