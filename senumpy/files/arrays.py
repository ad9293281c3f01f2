"""Arrays by name on disk: an .npz, which any program can read and none can be attacked with."""

import math
import struct
import tokenize
import zipfile
import zlib
from collections import Counter

import numpy as np

from senumpy.files import manifest
from senumpy.files.paths import as_path
from senumpy.files.whole import whole_file

# What NumPy and zipfile raise on files that are no .npz, or a damaged one.
NOT_ARRAYS = (
    ValueError, EOFError, zipfile.BadZipFile, zlib.error, struct.error, TypeError, AttributeError, RuntimeError,
    OverflowError, MemoryError, OSError, IndexError, KeyError, SyntaxError, tokenize.TokenError,
)  # fmt: skip
ENDING = ".npy"  # of every member of an .npz: the array of the name before it
MANIFEST = "manifest.json"  # the one member that is no array
LARGEST_MANIFEST = 1 << 22
ROOM = 1 << 26  # bytes; together with eight times its own size this is the most that a file may unpack to


class CheckpointError(ValueError):
    """A file of weights or a checkpoint that is damaged or does not fit: the message says everything that is wrong."""


def write_arrays(path, arrays, about=None):
    """Write arrays by name into an .npz, whole or not at all, and return its path.

    The same arrays give the same bytes, whenever they are written.

    Parameters
    ----------
    path : path
        NumPy's suffix .npz is added where it is missing.
    arrays : dict of str to NumPy array
    about : dict, optional
        Ready for JSON: with a list of the arrays and their checksums it becomes the member ``manifest.json``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = write_arrays(Path(folder, "a"), {"file": np.arange(3)})
    ...     path.name, read_arrays(path)
    ('a.npz', {'file': array([0, 1, 2])})
    """
    path = _with_suffix(as_path(path))
    text = None if about is None else manifest.text(about, arrays)
    with whole_file(path) as part, zipfile.ZipFile(part, "w") as file:
        for name, array in arrays.items():  # np.savez would take an array called "file" for an argument of its own
            with file.open(zipfile.ZipInfo(name + ENDING), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        if text is not None:
            file.writestr(zipfile.ZipInfo(MANIFEST), text)
    return path


def _with_suffix(path):
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def npz_path(path):
    """Return the path that is meant: where `write_arrays` would write, or as it stands where only that exists."""
    path = as_path(path)
    written = _with_suffix(path) if path.name else path  # the folder "." has no name
    return path if path.exists() and not written.exists() else written


def read_arrays(path):
    """Return the arrays of an .npz by name; nothing in the file is ever executed.

    The suffix .npz may be left out, as in `write_arrays`.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    CheckpointError
        Where it is not an .npz of plain arrays, or not what its manifest says.
    """
    return read_with_manifest(path)[0]


def read_with_manifest(path):
    """Return the arrays of an .npz, and its manifest, or None where it has none; see `read_arrays`."""
    path = npz_path(path)
    try:
        with open(path, "rb") as raw, zipfile.ZipFile(raw) as file:
            wrong = _wrong_by_the_list(file.infolist(), path.stat().st_size)
            arrays, about = ({}, None) if wrong else _read_members(file, wrong)
    except NOT_ARRAYS as error:
        if isinstance(error, OSError) and error.filename:  # it could not be opened; else a seek to a place that is none
            raise
        wrong = [str(error) or type(error).__name__]
    if wrong:
        raise CheckpointError(
            f"{path} is not an .npz file of plain arrays, as save_weights writes it, or damaged: {in_words(wrong)}"
        )
    return arrays, about


def in_words(wrong, most=12):
    """Return sentences in a row, the first ones where there are many.

    >>> in_words(["a is missing", "b is missing", "c is missing"], most=2)
    'a is missing; b is missing; and 1 more'
    """
    return "; ".join([*wrong[:most], *([f"and {len(wrong) - most} more"] if len(wrong) > most else [])])


def _wrong_by_the_list(members, size):
    """Return what is wrong with an archive by its list of contents, before anything is unpacked."""
    names = Counter(member.filename for member in members)
    wrong = [f"{name!r} is there {count} times" for name, count in names.items() if count > 1]
    wrong += [f"{name!r} is no array" for name in names if not name.endswith(ENDING) and name != MANIFEST]
    wrong += [f"{m.filename!r} is packed in an unusual way" for m in members if m.compress_type not in (0, 8)]
    total, allowed = sum(member.file_size for member in members), ROOM + 8 * size
    if total > allowed:
        wrong.append(f"its {size} bytes would unpack to {total}, and more than {allowed} are not believed")
    return wrong


def _read_members(file, wrong):
    """Return the arrays and the manifest of an archive, and add what is wrong to a list."""
    arrays, about = {}, None
    for member in file.infolist():
        try:
            if member.filename == MANIFEST:
                about = _read_manifest(file, member)
            else:
                arrays[member.filename.removesuffix(ENDING)] = _read_array(file, member)
        except NOT_ARRAYS as error:
            wrong.append(f"{member.filename!r}: {str(error) or type(error).__name__}")
    if about is not None and not wrong:
        wrong += manifest.compare(about, arrays)
    return arrays, about


def _read_manifest(file, member):
    if member.file_size > LARGEST_MANIFEST:
        raise ValueError(f"{member.file_size} bytes, and a manifest has at most {LARGEST_MANIFEST}")
    return manifest.parse(file.read(member))


def _read_array(file, member):
    """Return one array; its size by its header is compared with its bytes before memory is asked for."""
    with file.open(member) as raw:
        version = np.lib.format.read_magic(raw)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"format {version}, expected 1.0 or 2.0")
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(raw)
        held, claimed = member.file_size - raw.tell(), dtype.itemsize * math.prod(shape)
    if dtype.hasobject or dtype.kind not in "biufcSU":
        raise ValueError(f"holds {dtype}, expected plain numbers: objects could run code")
    if min(shape, default=0) < 0 or claimed != held:
        raise ValueError(f"its header says {dtype} of shape {shape}, {claimed} bytes, and there are {held}")
    with file.open(member) as raw:
        array = np.lib.format.read_array(raw, allow_pickle=False)
        raw.read(1)  # nothing is left, and now zipfile compares the checksum
    return array
