"""Weights that others have trained: all of a file goes into a network, or nothing, and what was changed is said."""

import numpy as np

from senumpy.files.arrays import CheckpointError, in_words
from senumpy.files.weights import read_weights, weights_path
from senumpy.layers import SEBlock
from senumpy.layers.foreign_names import our_names, unwrap
from senumpy.layers.layer import require_layer
from senumpy.layers.state import arrays_by_name, copy_state, fitting_arrays
from senumpy.layers.traits import differing
from senumpy.models.loaded import Loaded
from senumpy.models.names import MODELS, build_model
from senumpy.models.rebuilt import SE_WEIGHTS, arrays_as_in, changes, join, replaced
from senumpy.models.recognized import recognized


def load_pretrained(model, path):
    """Read a file of weights by torchvision's or timm's names, or our own, into a network: all of it or nothing.

    SE blocks are brought to the hidden width that the file has (timm rounds it to multiples of 8) and get or lose
    their biases; everything else about the network must fit. The arrays of such blocks are new ones, so build an
    optimizer afterwards. A stride, an eps, and where in a unit the SE block stands leave no trace in a file: those have
    to be right before.

    Parameters
    ----------
    model : Layer
    path : path
        An .npz, a .safetensors (with the package of that name), or PyTorch's .pt or .pth (with PyTorch, which is then
        asked for nothing but arrays).

    Returns
    -------
    Loaded
        Names and widths that were changed; ``print`` it.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    CheckpointError
        Where it cannot be read, or is of another network: the model is as it was, and the message says which network
        the file is of. A ValueError where a package is missing.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> from senumpy.models import build_model, timm_names
    >>> theirs = build_model("se-resnet8", reduction=2, bias=True)
    >>> model = build_model("se-resnet8", reduction=4)
    >>> with TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/a.npz", **timm_names(theirs.state_dict()))
    ...     loaded = load_pretrained(model, f"{folder}/a.npz")
    >>> loaded.widths
    {'layer1.0.se': (4, 8), 'layer2.0.se': (8, 16), 'layer3.0.se': (16, 32)}
    >>> loaded.renamed["layer1.0.se.fc2.weight"]
    'layer1.0.se.fc.2.weight'
    """
    require_layer(model).require_thread()
    return _load(model, *_read(path))


def build_pretrained(name, path, **options):
    """Build a network by its name, for as many classes and input channels as a file has, and load that file into it.

    Parameters
    ----------
    name, **options
        As in `build_model`.
    path : path
        As in `load_pretrained`.

    Returns
    -------
    (Layer, Loaded)
        The network, in evaluation mode, and what was read.

    Raises
    ------
    FileNotFoundError, CheckpointError, ValueError
        As in `build_model` and `load_pretrained`.
    """
    if not isinstance(name, str) or name not in MODELS:
        build_model(name)  # which says what there is
    path, content, about = _read(path)
    model = build_model(name, **{**_sizes_in(content), **options})
    return model.eval(), _load(model, path, content, about)


def _sizes_in(content):
    """Return a network's options as far as the ends of a state tell them; what is wrong with it is for later."""
    try:
        ends, _ = _by_our_names(dict.fromkeys(("conv1.weight", "fc.weight")), {}, content)
    except ValueError:
        return {}
    stem, fc = (np.shape(ends.get(key, ())) for key in ("conv1.weight", "fc.weight"))
    return {"in_channels": stem[1], "num_classes": fc[0]} if len(stem) == 4 and len(fc) == 2 else {}


def _read(path):
    path = weights_path(path)
    if path.is_dir():
        raise CheckpointError(f"{str(path)!r} is a folder; expected a file of weights")
    return path, *read_weights(path)


def _load(model, path, content, about):
    """Load what was read from a file, see `load_pretrained`."""
    wrong = [] if about is None else differing(about.get("network"), model)
    blocks = {name: layer for name, layer in model.named_layers() if isinstance(layer, SEBlock)}
    own, state, renamed = {**model.params, **model.buffers}, {}, {}
    try:
        state, renamed = _by_our_names(own, blocks, content)
        rebuilt = {name: arrays for name, block in blocks.items() if (arrays := arrays_as_in(state, name, block))}
        fitting = fitting_arrays(replaced(own, rebuilt), state)
    except ValueError as error:
        wrong += [_another_network(own, state) or str(error)]
    if wrong:
        raise CheckpointError(f"{path} cannot be loaded, and nothing has changed: {in_words(wrong)}")
    before = {name: blocks[name].params for name in rebuilt}
    for name, arrays in rebuilt.items():
        blocks[name].replace_params(arrays)
    copy_state(model, fitting)
    return Loaded(path, len(fitting), sum(a.size for a in fitting.values()), renamed, *changes(before, rebuilt))


def _by_our_names(own, blocks, content):
    """Return a state by the network's names, and which names were others; SE blocks may have biases there or not."""
    may_be = own | {join(name, key): None for name in blocks for key in SE_WEIGHTS}
    state = arrays_by_name(may_be, content)
    theirs = {ours: name for name, ours in our_names(may_be, unwrap(may_be, content)).items()}
    return state, {theirs[ours]: ours for ours in may_be if ours in state and theirs[ours] != ours}


def _another_network(own, state):
    """Return a sentence where the file holds another residual network than this one, or ""."""
    theirs, ours = (recognized({name: np.shape(a) for name, a in arrays.items()}) for arrays in (state, own))
    if theirs is None or ours is None or theirs == ours:
        return ""
    network, call = theirs
    return f"it holds {network}, and this is {ours[0]}" + (f"; {call} would take it" if call else "")
