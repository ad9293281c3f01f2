"""Arrays by name on disk: an .npz, which any program can read and none can be attacked with."""

import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

from senumpy.files.whole import whole_file

# What NumPy and zipfile raise on files that are no .npz, or a damaged one.
NOT_ARRAYS = (
    ValueError, EOFError, zipfile.BadZipFile, zlib.error, struct.error, TypeError, AttributeError, RuntimeError,
    OverflowError, MemoryError, OSError,
)  # fmt: skip
ENDING = ".npy"  # of every member of an .npz: the array of the name before it


def write_arrays(path, arrays):
    """Write arrays by name into an .npz, whole or not at all, and return its path.

    Parameters
    ----------
    path : path
        NumPy's suffix .npz is added where it is missing.
    arrays : dict of str to NumPy array

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = write_arrays(Path(folder, "a"), {"file": np.arange(3)})
    ...     path.name, read_arrays(path)
    ('a.npz', {'file': array([0, 1, 2])})
    """
    path = _with_suffix(Path(path))
    with whole_file(path) as part, zipfile.ZipFile(part, "w") as file:
        for name, array in arrays.items():  # np.savez would take an array called "file" for an argument of its own
            with file.open(name + ENDING, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return path


def _with_suffix(path):
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def npz_path(path):
    """Return the path that is meant: where `write_arrays` would write, or as it stands where only that exists."""
    path = Path(path)
    written = _with_suffix(path) if path.name else path  # the folder "." has no name
    return path if path.exists() and not written.exists() else written


def read_arrays(path):
    """Return the arrays of an .npz by name; nothing in the file is ever executed.

    The suffix .npz may be left out, as in `write_arrays`.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where it is not an .npz of plain arrays.
    """
    path = npz_path(path)
    try:
        with open(path, "rb") as raw, zipfile.ZipFile(raw) as file:
            return dict(_read_member(file, member) for member in file.namelist())
    except NOT_ARRAYS as error:
        if isinstance(error, OSError) and error.filename:  # it could not be opened; else a seek to a place that is none
            raise
        raise ValueError(f"{path} is not an .npz file of plain arrays, as save_weights writes it") from error


def _read_member(file, member):
    """Return (name, array) of one member of an .npz."""
    if not member.endswith(ENDING):
        raise ValueError("a zip file with something else in it")
    with file.open(member) as raw:
        array = np.lib.format.read_array(raw, allow_pickle=False)
        if raw.read(1):  # also lets zipfile compare the checksum, which it does at the end of a member
            raise ValueError("more bytes than the array has")
    return member.removesuffix(ENDING), array
