"""What a figure asks of its arguments, and the words it uses when it does not get it.

This room knows nothing of the others, so a thing is known by what it has: a recorder by its moments.
"""

from collections.abc import Mapping
from numbers import Real

import numpy as np

RECORDER = "a GateRecorder", "at", "steps", "gates", "images"  # how one is known


def wanted(name, value, what, *attributes):
    """Raise a ValueError unless the value has these attributes.

    >>> wanted("recorder", [1], "a GateRecorder", "at", "steps")
    Traceback (most recent call last):
    ...
    ValueError: recorder must be a GateRecorder, got list
    """
    if not all(hasattr(value, attribute) for attribute in attributes):
        raise ValueError(f"{name} must be {what}, got {type(value).__name__}")


def by_name(name, values, what, *attributes):
    """Raise a ValueError unless this is a dictionary of things that have these attributes."""
    if not isinstance(values, Mapping):
        raise ValueError(f"{name} must be a dictionary, {what}, got {type(values).__name__}")
    for key, value in values.items():
        wanted(f"{name}[{key!r}]", value, f"one of {what}", *attributes)


def numbers(name, values, axes):
    """Return an array of real numbers with so many axes, or raise a ValueError."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of unequal length
        array = np.asarray(None)
    if array.dtype.kind not in "fiu" or array.ndim != len(axes.split()) or not array.size:
        got = f"{array.dtype} of shape {array.shape}"
        raise ValueError(f"{name} must be an array of numbers, ({', '.join(axes.split())}), got {got}")
    return array


def positive(name, value):
    """Raise a ValueError unless this is a finite number above zero."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < float("inf"):
        raise ValueError(f"{name} must be a number above 0, got {value!r}")


def names_of(name, names, count):
    """Return a list of as many words as there are things, or raise a ValueError; one text is no list of words."""
    if isinstance(names, str) or not hasattr(names, "__len__") or len(names) != count:
        got = len(names) if hasattr(names, "__len__") and not isinstance(names, str) else repr(names)
        raise ValueError(f"{name} must be a word for each of {count}, got {got}")
    return list(names)


def places(name, chosen, count):
    """Return some places among so many as a list, or raise a ValueError."""
    try:
        chosen = list(chosen)
        fits = all(hasattr(place, "__index__") and -count <= place < count for place in chosen)
    except TypeError:  # not a list at all
        fits = False
    if not fits or not chosen:
        raise ValueError(f"{name} must be a list of numbers from 0 to {count - 1}, got {chosen!r}")
    return chosen


def blocks_of(blocks, there):
    """Return the names of blocks that are to be drawn: all that are there by default."""
    if blocks is None:
        return list(there)
    if isinstance(blocks, str) or not hasattr(blocks, "__iter__"):
        raise ValueError(f"blocks must be a list of names, such as {list(there)[:1]}, got {blocks!r}")
    blocks = list(blocks)
    if not blocks or any(block not in there for block in blocks):
        raise ValueError(f"blocks must be some of {', '.join(there)}, got {blocks}")
    return blocks
