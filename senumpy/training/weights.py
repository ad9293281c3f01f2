"""Weights on disk: arrays by PyTorch's names, which any program can read."""

from senumpy.arguments import check_flag
from senumpy.files.arrays import CheckpointError, in_words
from senumpy.files.weights import read_weights, weights_path, write_weights
from senumpy.layers.layer import require_layer
from senumpy.layers.state import copy_state, fitting_state
from senumpy.layers.traits import differing, traits


def save_weights(model, path):
    """Write the model's state as a file of arrays by PyTorch's names, and return the path.

    The file is written whole or not at all: one that was there before stays until the new one is complete.

    Parameters
    ----------
    model : Layer
    path : path
        A name ending in .safetensors writes that format (where the package of that name is installed). Any other name
        is that of an .npz, whose suffix is added where it is missing.
    """
    state = require_layer(model).state_dict()
    return write_weights(path, state, about_file("weights", model, state))


def load_weights(model, path, *, allow_non_finite=False):
    """Read weights into the model's arrays of the same names, all of them or none.

    Takes what `save_weights` and `save_checkpoint` wrote, any other .npz or .safetensors of plain arrays, and with
    PyTorch its .pt and .pth. `senumpy.models.load_pretrained` also takes SE blocks of other widths.

    Parameters
    ----------
    model : Layer
    path : path
    allow_non_finite : bool
        Also take NaN and infinity: to look at a run that diverged.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    CheckpointError
        Where it is damaged, is no file of plain arrays, or does not fit, see `Layer.load_state_dict`; it says
        everything that is wrong. A file with a manifest must also be of a network with the same settings (a stride, an
        eps), where these leave no trace in the weights.
    """
    require_layer(model)
    allow_non_finite = check_flag("allow_non_finite", allow_non_finite)
    arrays, about = read_weights(path)
    wrong = [] if about is None else differing(about.get("network"), model)
    state = fitting_model(model, arrays, wrong, allow_non_finite)
    refuse(weights_path(path), wrong)
    copy_state(model, state)


def about_file(kind, model, state):
    """Return what a manifest says about a model: which arrays are its own, and what leaves no trace in them."""
    return {"kind": kind, "model": list(state), "network": traits(model)}


def fitting_model(model, arrays, wrong, allow_non_finite):
    """Return the arrays as `copy_state` takes them, and add what does not fit to a list."""
    try:
        return fitting_state(model, arrays, allow_non_finite)
    except ValueError as error:
        wrong.append(str(error))


def refuse(path, wrong):
    """Raise a `CheckpointError` where anything is wrong."""
    if wrong:
        raise CheckpointError(f"{path} cannot be loaded, and nothing has changed: {in_words(wrong)}")
