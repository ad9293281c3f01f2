"""The format .safetensors, in which many projects share weights: arrays by name, and nothing that could be executed."""

import numpy as np

from senumpy.files.arrays import CheckpointError
from senumpy.files.paths import as_path
from senumpy.files.whole import whole_file

SUFFIX = ".safetensors"


def write_safetensors(path, arrays):
    """Write arrays by name as .safetensors, whole or not at all, and return the path.

    Version 0.8 of the package writes the memory of an array as it lies: transposed, strided and reversed arrays come
    out wrong, without a word. So every array is copied into C order first, and the file is read back before it counts.

    Raises
    ------
    ValueError
        Where the package is missing, and for a type of number that the format does not have.
    """
    path, library = as_path(path), _library()
    ordered = {name: _plain(name, array) for name, array in arrays.items()}
    with whole_file(path) as part:
        try:
            library.save_file(ordered, part, metadata={"format": "pt"})  # PyTorch's programs ask for this word
        except (KeyError, _error()) as error:
            raise CheckpointError(f"{path} cannot be written: {error}") from error
        changed = _changed(ordered, library.load_file(part))
        if changed:
            raise CheckpointError(f"{path} was not written: read back, {', '.join(changed)} had other numbers")
    return path


def read_safetensors(path):
    """Return the arrays of a .safetensors file by name.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    CheckpointError
        Where it is damaged or holds numbers that NumPy does not have; a ValueError where the package is missing.
    """
    path, library = as_path(path), _library()
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file", str(path))
    try:
        return {name: np.array(array) for name, array in library.load_file(path).items()}
    except (ValueError, TypeError, KeyError, AttributeError, MemoryError, _error()) as error:
        raise CheckpointError(f"{path} is no .safetensors file of NumPy's numbers, or damaged: {error}") from error


def _plain(name, array):
    """Return an array in C order, in this machine's order of bytes."""
    if array.dtype.kind not in "biuf":
        raise CheckpointError(f"{name!r} holds {array.dtype}, and .safetensors holds real numbers and bool only")
    return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")


def _changed(before, after):
    """Return what is wrong with the arrays that were read back."""
    names = sorted(before.keys() | after.keys())
    return [name for name in names if name not in before or name not in after or _differ(before[name], after[name])]


def _differ(a, b):
    return a.shape != b.shape or a.dtype != b.dtype or a.tobytes() != b.tobytes()


def _library():
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ValueError(
            'files ending in .safetensors need the package of that name: pip install "senumpy[safetensors]"'
        ) from error
    return safetensors.numpy


def _error():
    import safetensors

    return safetensors.SafetensorError
