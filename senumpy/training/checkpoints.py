"""Checkpoints keep weights on disk, by PyTorch's names."""

from senumpy.files.arrays import read_arrays, write_arrays
from senumpy.layers.layer import require_layer


def save_weights(model, path):
    """Write the model's state as an .npz of arrays by PyTorch's names, and return the path.

    The file is written whole or not at all: one that was there before stays until the new one is complete.

    Parameters
    ----------
    model : Layer
    path : path
        NumPy's suffix .npz is added where it is missing.
    """
    return write_arrays(path, require_layer(model).state_dict())


def load_weights(model, path):
    """Read an .npz into the model's arrays of the same names.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where it is not an .npz of plain arrays, or does not fit, see `Layer.load_state_dict`; nothing is loaded then.
    """
    require_layer(model).load_state_dict(read_arrays(path))
