"""Names from elsewhere: other programs wrap a state in a dictionary, or put a word before every name."""

from collections.abc import Mapping

from senumpy.layers import se_names

# Of PyTorch's DataParallel and torch.compile, of Lightning, of segmentation networks.
PREFIXES = ("module.", "_orig_mod.", "model.", "backbone.")


def unwrap(own, state):
    """Return the one dictionary of arrays inside a checkpoint such as ``{"epoch": 3, "state_dict": {...}}``.

    A dictionary that holds names of the layer's ``own``, or no other dictionary of arrays, is returned as it is.

    Raises
    ------
    ValueError
        Where there are several: which of them is meant is not for us to say.
    """
    while not any(str(key).endswith(tuple(own)) for key in state):
        inside = {key: inner for key, inner in state.items() if _is_state(inner)}
        if not inside:
            break
        first, *others = inside
        if others:
            keys = ", ".join(map(repr, inside))
            raise ValueError(f"the checkpoint holds several states, {keys}: load one, such as checkpoint[{first!r}]")
        state = inside[first]
    return state


def _is_state(inner):
    """Whether this is a dictionary with a text for every key, of arrays, or of a dictionary of arrays in turn."""
    if not isinstance(inner, Mapping) or not all(isinstance(key, str) for key in inner):
        return False
    values = inner.values()
    return bool(inner) and all(hasattr(v, "shape") for v in values) or any(map(_is_state, values))


def our_names(own, given):
    """Return by each name in a state what it is called in the layer.

    As many of `PREFIXES` are taken off as bring the names nearest to the layer's own, and SE layers are called as here.

    Raises
    ------
    ValueError
        Where SE layers go by the names of several projects.
    """
    stripped = list(given)
    variants = [stripped]
    while shared := [p for p in PREFIXES if stripped and all(str(name).startswith(p) for name in stripped)]:
        stripped = [name.removeprefix(shared[0]) for name in stripped]
        variants.append(stripped)
    best = max(variants, key=lambda names: len(own.keys() & set(se_names.translated(own, names))))
    se_names.refuse_mixed(own, best)
    return dict(zip(given, se_names.translated(own, best), strict=True))


def explain(own, given):
    """Return the sentence about names that differ, and what is probably meant."""
    missing, unexpected = sorted(own.keys() - given.keys()), sorted(map(str, given.keys() - own.keys()))
    text = f"the state's names are not the layer's: missing {_listed(missing)}, unexpected {_listed(unexpected)}"
    return text + hint(own, list(map(str, given)))


def hint(own, names):
    """Return what is probably meant by a state's names that are not the layer's own, as a sentence, or ""."""
    theirs, ours = _shared_prefix(names), _shared_prefix(own)
    if theirs and own.keys() & {name.removeprefix(theirs) for name in names}:
        return (
            f". Every name in the state starts with {theirs!r}, the layer's do not: load "
            f"{{name.removeprefix({theirs!r}): a for name, a in state.items()}}"
        )
    if ours and {name.removeprefix(ours) for name in own} & set(names):
        return f". Every name of the layer starts with {ours!r}, the state's do not: load into that child instead"
    some = [word for word in PREFIXES if own.keys() & {name.removeprefix(word) for name in names} - set(names)]
    if some and not theirs:
        return f". Some names start with {some[0]!r} and others do not: load a state with names of one kind"
    return _folded(own, names) or se_names.hint(own, names)


def _folded(own, names):
    """Return a sentence where a convolution or linear layer has a bias instead of the batch norm behind it, or ""."""
    lost = [name for name in own if name.endswith("running_mean") and name not in names]
    biases = [name for name in names if name.endswith(".bias") and _weight_of(name) in own and name not in own]
    if not lost or not biases:
        return ""
    return (
        f". Batch norm seems folded into the convolutions, as programs do that only predict: there are biases such as "
        f"{biases[0]}, and statistics such as {lost[0]} are not there. Load the weights as they were before that"
    )


def _weight_of(bias):
    return f"{bias.removesuffix('.bias')}.weight"


def _shared_prefix(names):
    """Return the first words that all names share, with the dot behind them, or ""."""
    shared = []
    for words in zip(*(name.split(".")[:-1] for name in names), strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return "".join(f"{word}." for word in shared)


def _listed(names, most=12):
    return str(names) if len(names) <= most else f"[{', '.join(map(repr, names[:most]))} and {len(names) - most} more]"
