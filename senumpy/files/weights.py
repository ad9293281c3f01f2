"""Weights in a file: the suffix says in which format; of our own checkpoints only the model's arrays are weights."""

from senumpy.files.arrays import CheckpointError, npz_path, read_with_manifest, write_arrays
from senumpy.files.paths import as_path
from senumpy.files.pytorch import SUFFIXES, read_pytorch
from senumpy.files.safe_tensors import SUFFIX, read_safetensors, write_safetensors


def weights_path(path):
    """Return the path of a file of weights to be read; the suffix .npz may be left out."""
    path = as_path(path)
    as_it_is = path.suffix == SUFFIX or path.suffix in SUFFIXES and (path.exists() or not npz_path(path).exists())
    return path if as_it_is else npz_path(path)


def write_weights(path, arrays, about):
    """Write weights by name, as .safetensors or else as .npz with a manifest, and return the path."""
    if as_path(path).suffix == SUFFIX:
        return write_safetensors(path, arrays)
    return write_arrays(path, arrays, about)


def read_weights(path):
    """Return the weights in a file by name, and its manifest, or None where it has none.

    The suffix says which format it is: .npz, .safetensors, or PyTorch's .pt and .pth, which only PyTorch reads.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    CheckpointError
        Where it holds something else, or is damaged.
    """
    path = weights_path(path)
    if path.suffix == SUFFIX:
        return read_safetensors(path), None
    if path.suffix in SUFFIXES:
        return read_pytorch(path), None
    arrays, about = read_with_manifest(path)
    return (arrays, None) if about is None else (model_arrays(path, arrays, about), about)


def model_arrays(path, arrays, about):
    """Return the arrays that the manifest calls the model's."""
    names = about.get("model")
    if not isinstance(names, list) or not all(isinstance(name, str) and name in arrays for name in names):
        raise CheckpointError(f"{path}: its manifest does not say which arrays are the model's")
    return {name: arrays[name] for name in names}
