"""MNIST's files: a header of a few numbers, then bytes. The header says how many, and not one more or less will do."""

import gzip
import struct
import zlib
from os import PathLike

import numpy as np

from senumpy.data.errors import DataError
from senumpy.files.paths import as_path

# The third byte of a file says what its numbers are; the last of a number's bytes is the smallest.
TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
LARGEST = 1 << 30  # bytes of an array: MNIST's largest has 47 million
AXES = 8


def read_idx(path: str | PathLike) -> np.ndarray:
    """Read one array from an IDX file (LeCun's format of MNIST), plain or compressed by gzip, whatever its name.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    DataError
        Where it is not such a file, holds more or fewer numbers than its header says, or more than 1 GB of them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels")
    ...     written = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
    ...     read_idx(path)
    array([7, 8, 9], dtype=uint8)
    """
    path = as_path(path)
    with path.open("rb") as raw:
        compressed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        try:
            return _read(gzip.GzipFile(fileobj=raw) if compressed else raw, str(path))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"{str(path)!r} is a damaged gzip file: {error}") from error


def _read(file, name):
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in TYPES or not 1 <= head[3] <= AXES:
        raise DataError(
            f"{name!r} is not an IDX file: expected 0, 0, a type and the number of axes, found {list(head)}"
        )
    dtype, axes = np.dtype(TYPES[head[2]]), head[3]
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise DataError(f"{name!r} ends in its header: expected {axes} sizes, found {len(sizes)} bytes")
    shape = struct.unpack(f">{axes}I", sizes)
    expected = dtype.itemsize
    for size in shape:
        expected *= size
    if expected > LARGEST:
        raise DataError(f"{name!r} claims an array of shape {shape}, more than {LARGEST:,} bytes")
    data = file.read(expected + 1)  # one more, which must not be there
    if len(data) != expected:
        found = "more" if len(data) > expected else f"{len(data):,}"
        raise DataError(f"{name!r} should hold {expected:,} bytes of an array of shape {shape}, found {found}")
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))
