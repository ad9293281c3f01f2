"""The two layers inside an SE block have as many names as there are projects; here they are ``fc.0`` and ``fc.2``."""

from collections.abc import Mapping

OURS = ("fc.0", "fc.2")  # of the familiar SELayer, a Sequential of linear layer, ReLU, linear layer, sigmoid
TIMMS = ("fc1", "fc2")  # and torchvision's
THEIRS = (TIMMS, ("conv_reduce", "conv_expand"))  # the second pair is that of timm's EfficientNets


def translated(own, names):
    """Return the names of a state, in their order, with SE layers called as in the layer that ``own`` belongs to.

    A name becomes ours only where the layer has ours and not theirs; all others stay as they are.

    >>> translated({"se.fc.0.weight": ..., "head.fc1.weight": ...}, ["se.fc1.weight", "head.fc1.weight"])
    ['se.fc.0.weight', 'head.fc1.weight']
    """
    ours = {theirs: name for pair in THEIRS for name, theirs in _called(own, pair).items() if theirs not in own}
    return [ours.get(name, name) for name in names]


def refuse_mixed(own, names):
    """Raise a ValueError where a state calls some SE layers by one project's names and some by another's."""
    found = []
    for pair in (OURS, *THEIRS):
        called = _called(own, pair).items()
        found += [theirs for ours, theirs in called if theirs in names and (theirs == ours or theirs not in own)][:1]
    if len(found) > 1:
        raise ValueError(
            f"the state calls SE layers by the names of several projects, {' and '.join(found)}, and which arrays "
            "belong together is not for us to say: load a state with names of one kind"
        )


def timm_names(state):
    """Return a state as timm names and shapes it: SE layers ``fc1`` and ``fc2``, their weights (M, D, 1, 1).

    All else stays as it is, and `senumpy.layers.Layer.load_state_dict` reads the result back. timm's SE layers have
    biases, so a network that is to become timm's is built with ``bias=True``, and where timm rounds the hidden width
    (64 channels) with ``hidden_multiple_of=8``.

    Parameters
    ----------
    state : dict of str to array
        As `senumpy.layers.Layer.state_dict` returns it.

    Returns
    -------
    dict of str to array
        In the same order. In PyTorch: ``{name: torch.from_numpy(a) for name, a in timm_names(state).items()}``.

    Examples
    --------
    >>> from senumpy.layers import SEBlock
    >>> {name: a.shape for name, a in timm_names(SEBlock(32, reduction=4).state_dict()).items()}
    {'fc1.weight': (8, 32, 1, 1), 'fc2.weight': (32, 8, 1, 1)}
    """
    if not isinstance(state, Mapping):
        raise ValueError(f"a state is a dictionary of arrays by name, got {type(state).__name__}")
    theirs, out = _called([name for name in state if _in_a_block(name, state)], TIMMS), {}
    for name, array in state.items():
        kernel = (1, 1) if name in theirs and array.ndim == 2 else ()
        out[theirs.get(name, name)] = array.reshape(*array.shape, *kernel)
    return out


def _in_a_block(name, state):
    """Say whether both layers are there, and the second gives back as many channels as the first takes."""
    path = _place(name, OURS)[0]
    first, second = (state.get(f"{path}{word}.weight") for word in OURS)
    return first is not None and second is not None and first.shape[:2] == second.shape[1::-1]


def hint(own, names):
    """Return a sentence where a state has SE blocks and the layer none, or the other way round, or ""."""
    there, here = blocks_in(names), blocks_in(own)
    if there and not here:
        return f". The state has SE blocks, such as {there[0]}, and the layer has none"
    if here and names and not there:
        return f". The layer has SE blocks, such as {here[0]}, and the state has none"
    return ""


def blocks_in(names):
    """Return an array's name for each SE block in a list of names, by whatever project it is called."""
    found = []
    for pair in (OURS, *THEIRS):
        for name in sorted(map(str, names)):
            path, k, kind = _place(name, pair)
            if (k, kind) == (0, "weight") and f"{path}{pair[1]}.weight" in names:
                found.append(name)
    return found


def _called(names, pair):
    """Return, for those of our names that are SE layers', what each is called in a project with another pair."""
    places = {name: _place(name, OURS) for name in names}
    return {name: f"{path}{pair[k]}.{kind}" for name, (path, k, kind) in places.items() if kind}


def _place(name, pair):
    """Return the path of an SE block, with its dot, which of the pair's layers this is, and "weight" or "bias"."""
    owner, _, kind = name.rpartition(".")
    for k, word in enumerate(pair):
        if kind in ("weight", "bias") and f".{owner}".endswith(f".{word}"):
            return owner.removesuffix(word), k, kind
    return "", 0, ""
