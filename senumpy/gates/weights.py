"""A file of weights tells what network it belongs to: the shapes of its arrays are the blueprint."""

from pathlib import Path

import numpy as np

from senumpy.models import TinyCNN
from senumpy.training.checkpoints import read_weights, weights_path

SHIPPED = {name: Path(__file__).parent / "shipped" / f"{name}.npz" for name in ("photos", "cued-digits")}


def tiny_cnn_from_state(state):
    """Build the TinyCNN that a state belongs to, and load the state into it.

    Input channels, classes, widths, whether there are SE blocks and their reduction all follow from names and shapes.

    Parameters
    ----------
    state : dict of str to array
        As `Layer.state_dict` returns it, or the same network's from PyTorch after ``.numpy()``.

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
    widths, i = [], 1
    while f"conv{i}.weight" in state:
        widths.append(len(np.atleast_1d(state[f"conv{i}.weight"])))
        i += 1
    if not widths or "fc.weight" not in state:
        raise ValueError(
            "these are not the weights of a TinyCNN: expected arrays named conv1.weight, ..., fc.weight, got "
            f"{', '.join(sorted(state)[:6]) or 'none'}"
        )
    axes = {"conv1.weight": 4, "fc.weight": 2, **{f"se{i}.fc.0.weight": 2 for i in range(1, len(widths) + 1)}}
    for name, count in axes.items():
        if name in state and np.ndim(state[name]) != count:
            raise ValueError(f"{name} must have {count} axes, got shape {np.shape(state[name])}")
    hidden = [len(state[name]) for i in range(1, len(widths) + 1) if (name := f"se{i}.fc.0.weight") in state]
    model = TinyCNN(
        in_channels=state["conv1.weight"].shape[1],
        num_classes=len(state["fc.weight"]),
        widths=tuple(widths),
        se=bool(hidden),
        reduction=_reduction(widths, hidden) if hidden else 1,
        rng=np.random.default_rng(0),  # its numbers are overwritten at once
    )
    model.load_state_dict(state)
    return model


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
