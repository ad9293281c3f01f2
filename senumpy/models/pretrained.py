"""Weights that others have trained: all of a file goes into a network, or nothing, and what was changed is said."""

import numpy as np

from senumpy.backend import array_module
from senumpy.files.arrays import CheckpointError, in_words
from senumpy.files.weights import read_weights, weights_path
from senumpy.layers import SEBlock
from senumpy.layers.foreign_names import our_names, unwrap
from senumpy.layers.layer import require_layer
from senumpy.layers.state import arrays_by_name, copy_state, fitting_arrays
from senumpy.layers.traits import differing
from senumpy.models.loaded import Loaded
from senumpy.models.recognized import recognized

SE_WEIGHTS = ("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias")


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
    path = weights_path(path)
    if path.is_dir():
        raise CheckpointError(f"{str(path)!r} is a folder; expected a file of weights")
    content, about = read_weights(path)
    wrong = [] if about is None else differing(about.get("network"), model)
    blocks = {name: layer for name, layer in model.named_layers() if isinstance(layer, SEBlock)}
    own, state, renamed = {**model.params, **model.buffers}, {}, {}
    try:
        state, renamed = _by_our_names(own, blocks, content)
        rebuilt = {name: arrays for name, block in blocks.items() if (arrays := _as_in(state, name, block))}
        fitting = fitting_arrays(_with(own, rebuilt), state)
    except ValueError as error:
        wrong = [*wrong, *_another_network(own, state), str(error)]
    if wrong:
        raise CheckpointError(f"{path} cannot be loaded, and nothing has changed: {in_words(wrong)}")
    before = {name: blocks[name].params for name in rebuilt}
    for name, arrays in rebuilt.items():
        blocks[name].replace_params(arrays)
    copy_state(model, fitting)
    return Loaded(path, len(fitting), sum(a.size for a in fitting.values()), renamed, *_changes(before, rebuilt))


def _by_our_names(own, blocks, content):
    """Return a state by the network's names, and which names were others; SE blocks may have biases there or not."""
    may_be = own | {_join(name, key): None for name in blocks for key in SE_WEIGHTS}
    state = arrays_by_name(may_be, content)
    theirs = {ours: name for name, ours in our_names(may_be, unwrap(may_be, content)).items()}
    return state, {theirs[ours]: ours for ours in may_be if ours in state and theirs[ours] != ours}


def _as_in(state, name, block):
    """Return new arrays for a block where the state has another hidden width or other biases, or None.

    What is wrong with its shapes in any other way is for `fitting_arrays` to say.
    """
    old = block.params
    first = np.shape(state.get(_join(name, SE_WEIGHTS[0]), ()))
    if SE_WEIGHTS[0] not in old or len(first) < 2 or not first[0] or first[1] != old[SE_WEIGHTS[0]].shape[1]:
        return None
    bias = all(_join(name, key) in state for key in SE_WEIGHTS if key.endswith("bias"))
    hidden, (M, C, *kernel) = first[0], old[SE_WEIGHTS[0]].shape
    if (hidden, bias) == (M, "fc.0.bias" in old):
        return None
    shapes = ((hidden, C, *kernel), (hidden,), (C, hidden, *kernel), (C,))
    xp, dtype = array_module(old[SE_WEIGHTS[0]]), old[SE_WEIGHTS[0]].dtype
    return {
        key: xp.zeros(shape, dtype=dtype)
        for key, shape in zip(SE_WEIGHTS, shapes, strict=True)
        if bias or not key.endswith("bias")
    }


def _with(own, rebuilt):
    """Return the network's arrays with those of some blocks replaced."""
    gone = {_join(name, key) for name in rebuilt for key in SE_WEIGHTS}
    new = {_join(name, key): a for name, arrays in rebuilt.items() for key, a in arrays.items()}
    return {name: a for name, a in own.items() if name not in gone} | new


def _another_network(own, state):
    """Return a sentence, in a list, where the file holds another residual network than this one."""
    theirs, ours = (recognized({name: np.shape(a) for name, a in arrays.items()}) for arrays in (state, own))
    if theirs is None or ours is None or theirs == ours:
        return []
    network, call = theirs
    return [f"the file holds {network}, and this is {ours[0]}" + (f": build {call}" if call else "")]


def _changes(before, rebuilt):
    """Return the hidden widths before and now, and who has biases now, of those blocks where that changed."""
    widths, biases = {}, {}
    for name, now in rebuilt.items():
        old = before[name]
        if len(old[SE_WEIGHTS[0]]) != len(now[SE_WEIGHTS[0]]):
            widths[name] = len(old[SE_WEIGHTS[0]]), len(now[SE_WEIGHTS[0]])
        if (SE_WEIGHTS[1] in old) != (SE_WEIGHTS[1] in now):
            biases[name] = SE_WEIGHTS[1] in now
    return widths, biases


def _join(path, name):
    return f"{path}.{name}" if path else name
