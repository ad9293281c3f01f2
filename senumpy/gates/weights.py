"""A file of weights tells what network it belongs to: the shapes of its arrays are the blueprint."""

import itertools
from pathlib import Path

import numpy as np

from senumpy.layers.foreign_names import hint
from senumpy.layers.state import arrays_by_name, to_array, without_kernel
from senumpy.models import TinyCNN
from senumpy.training.checkpoints import read_weights, weights_path

ALWAYS_THERE = dict.fromkeys(("conv1.weight", "fc.weight"))  # whatever the arguments of a TinyCNN
SHIPPED = {name: Path(__file__).parent / "shipped" / f"{name}.npz" for name in ("photos", "cued-digits")}


def tiny_cnn_from_state(state):
    """Build the TinyCNN that a state belongs to, and load the state into it.

    Input channels, classes, widths, whether there are SE blocks and their reduction all follow from names and shapes.

    Parameters
    ----------
    state : dict of str to array
        As `Layer.state_dict` returns it, or the same network's from elsewhere, in any form that
        `Layer.load_state_dict` reads.

    Returns
    -------
    TinyCNN

    Raises
    ------
    ValueError
        Where this is not the state of a TinyCNN.

    Examples
    --------
    >>> model = TinyCNN(num_classes=8, widths=(8, 16), reduction=2)
    >>> copy = tiny_cnn_from_state(model.state_dict())
    >>> copy.count_parameters() == model.count_parameters()
    True
    """
    arrays = {name: to_array(name, a) for name, a in arrays_by_name(ALWAYS_THERE, state).items()}
    if not ALWAYS_THERE.keys() <= arrays.keys():
        raise ValueError(
            "these are not the weights of a TinyCNN: expected arrays named conv1.weight, ..., fc.weight, got "
            f"{', '.join(sorted(map(str, arrays))[:6]) or 'none'}{hint(ALWAYS_THERE, list(map(str, arrays)))}"
        )
    numbers = range(1, len(arrays) + 1)
    convolutions = _shapes(arrays, (f"conv{i}.weight" for i in numbers), 4)  # (F, C, KH, KW) each
    widths = [F for F, *_ in convolutions]
    hidden = [M for M, _ in _shapes(arrays, (f"se{i}.fc.0.weight" for i in numbers), 2)]
    ((num_classes, _),) = _shapes(arrays, ["fc.weight"], 2)
    model = TinyCNN(
        in_channels=convolutions[0][1],
        num_classes=num_classes,
        widths=tuple(widths),
        se=bool(hidden),
        reduction=_reduction(widths, hidden) if hidden else 1,
        rng=np.random.default_rng(0),  # its numbers are overwritten at once
    )
    model.load_state_dict(arrays)
    return model


def _shapes(arrays, names, axes):
    """Return the shapes of the arrays of these names, up to the first that is not there."""
    shapes = []
    for name in itertools.takewhile(arrays.__contains__, names):
        shape = arrays[name].shape if axes == 4 else without_kernel(arrays[name].shape)
        if len(shape) != axes:
            raise ValueError(f"{name} must have {axes} axes, got shape {shape}")
        shapes.append(shape)
    return shapes


def _reduction(widths, hidden):
    """Return the ratio r that gives every stage its number of hidden units, C // r."""
    for r in range(1, min(widths) + 1):
        if [C // r for C in widths] == hidden:
            return r
    raise ValueError(f"no one reduction gives SE blocks with {hidden} hidden units for widths {widths}")


def load_tiny_cnn(path_or_name):
    """Read a file of weights, or weights that come with the package, and build the network they belong to.

    Parameters
    ----------
    path_or_name : str or path
        An .npz as `senumpy.training.save_weights` writes it (.npz may be left out), or one of the names in `SHIPPED`:
        "photos" and "cued-digits". How those were made is in ``shipped/README.md`` beside this file.

    Returns
    -------
    TinyCNN
        In evaluation mode.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where the file does not hold the weights of a TinyCNN.

    Examples
    --------
    >>> load_tiny_cnn("photos").params["fc.weight"].shape
    (8, 32)
    """
    path = SHIPPED.get(path_or_name) or weights_path(path_or_name)
    if not path.exists():
        raise FileNotFoundError(
            f"there is no file of weights {str(path_or_name)!r}; the package comes with those of {', '.join(SHIPPED)}"
        )
    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder; expected an .npz file of weights")
    state = read_weights(path)
    try:
        return tiny_cnn_from_state(state).eval()
    except ValueError as error:
        raise ValueError(f"{str(path)!r}: {error}") from error
