"""Checkpoints keep weights on disk: plain arrays by name, which any program can read and none can be attacked with."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

# What NumPy and zipfile raise on files that are no .npz, or a damaged one.
NOT_ARRAYS = (ValueError, EOFError, zipfile.BadZipFile, zlib.error, TypeError, AttributeError, RuntimeError)


def save_weights(model, path):
    """Write the model's state as an .npz of arrays by PyTorch's names, and return the path.

    Parameters
    ----------
    model : Layer
    path : path
        NumPy's suffix .npz is added where it is missing.
    """
    path = _with_suffix(Path(path))
    np.savez(path, **model.state_dict())
    return path


def _with_suffix(path):
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def weights_path(path):
    """Return the path that is meant: where `save_weights` would write, or as it stands where only that exists."""
    path = Path(path)
    written = _with_suffix(path) if path.name else path  # the folder "." has no name
    return path if path.exists() and not written.exists() else written


def read_weights(path):
    """Return the arrays of an .npz by name; nothing in the file is ever executed.

    The suffix .npz may be left out, as in `save_weights`.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where it is not an .npz of plain arrays.
    """
    path = weights_path(path)
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = dict(file)
        if not all(isinstance(a, np.ndarray) for a in arrays.values()):
            raise ValueError("a zip file with something else in it")
    except NOT_ARRAYS as error:
        raise ValueError(f"{path} is not an .npz file of plain arrays, as save_weights writes it") from error
    return arrays


def load_weights(model, path):
    """Read an .npz into the model's arrays of the same names.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where it is not an .npz of plain arrays, or names or shapes differ.
    """
    model.load_state_dict(read_weights(path))
