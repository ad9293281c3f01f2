"""Networks that come with the package: trained weights, and the network they belong to."""

from pathlib import Path

import numpy as np

from senumpy.files.paths import as_path
from senumpy.files.weights import read_weights, weights_path
from senumpy.models.mobilenet_v3 import TextDirection
from senumpy.models.tiny_cnn_state import tiny_cnn_from_state

FOLDER = Path(__file__).parent / "shipped_weights"
SHIPPED = {name: FOLDER / f"{name}.npz" for name in ("photos", "cued-digits")}
TEXT_DIRECTION = FOLDER / "text-direction.npz"
WORDS = ("squeeze", "gate", "slope", "combine")  # of SE blocks: they leave no trace in the arrays


def load_tiny_cnn(path_or_name, **block):
    """Read a file of weights, or weights that come with the package, and build the network they belong to.

    Parameters
    ----------
    path_or_name : str or path
        An .npz as `senumpy.training.save_weights` writes it (.npz may be left out), or one of the names in `SHIPPED`:
        "photos" and "cued-digits". How those were made is in ``shipped_weights/README.md`` beside this file.
    **block
        Of the SE blocks: ``squeeze``, ``gate``, ``slope`` and ``combine``, for a file without a manifest; the manifest
        that `save_weights` writes into an .npz tells them.

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
    name = str(as_path(path_or_name, "path_or_name"))
    path = SHIPPED.get(name) or weights_path(name)
    if not path.exists():
        raise FileNotFoundError(
            f"there is no file of weights {str(path_or_name)!r}; the package comes with those of {', '.join(SHIPPED)}"
        )
    if path.is_dir():
        raise ValueError(f"{str(path)!r} is a folder; expected an .npz file of weights")
    state, about = read_weights(path)
    try:
        return tiny_cnn_from_state(state, **{**_words(about), **block}).eval()
    except ValueError as error:
        raise ValueError(f"{str(path)!r}: {error}") from error


def load_text_direction():
    """Build the network that says which way up a line of text is, with the weights that come with the package.

    They are PaddleOCR's, in use on very many telephones and servers; their licence and where they come from stand in
    ``shipped_weights/README.md`` beside this file. How they want their pictures is `LINES_OF_TEXT`.

    Returns
    -------
    TextDirection
        In evaluation mode. Logit 0 is for a line that stands upright, 1 for one that is turned by 180 degrees.

    Examples
    --------
    >>> model = load_text_direction()
    >>> model.params["block11.se.fc.0.weight"].shape
    (50, 200)
    """
    state, _ = read_weights(TEXT_DIRECTION)
    model = TextDirection(np.random.default_rng(0))  # its numbers are overwritten at once
    model.load_state_dict(state)
    return model.eval()


def _words(about):
    """Return what a manifest says about the SE blocks; in a TinyCNN they are all alike."""
    network = (about or {}).get("network")
    layers = network.items() if isinstance(network, dict) else ()
    blocks = [kept for name, kept in layers if name.startswith("se") and isinstance(kept, dict)]
    return {word: blocks[0][word] for word in WORDS if word in blocks[0]} if blocks else {}
