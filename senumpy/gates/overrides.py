"""To learn what the gates do, take the decision away from them, and see what the network says then.

Each function here returns a rule from gates to gates, s to s', for `override_gates`.
"""

import math
from collections.abc import Iterable
from contextlib import contextmanager
from threading import current_thread

import numpy as np

from senumpy.arguments import as_generator, check_number
from senumpy.backend import array_module
from senumpy.gates.arguments import check_gates
from senumpy.gates.values import se_blocks
from senumpy.layers.modes import in_use


@contextmanager
def override_gates(model, rule, blocks=None):
    """Let a rule decide the gates instead of the blocks, for one ``with`` block; errors inside undo it as well.

    Backward is refused meanwhile: it would be the gradient of another function.

    Parameters
    ----------
    model : Layer
    rule : callable, or dict of str to callable
        A function from gates (N, C) to gates (N, C); a dictionary gives each block its own, and leaves the others be.
        A block without a squeeze hands it gates of pixels, (N, C, H, W), and takes either: a number for each channel
        counts for all its pixels.
    blocks : list of str, optional
        The blocks a single function is for. All of them by default.

    Raises
    ------
    ValueError
        Where the model has no block of a name.

    Examples
    --------
    >>> from senumpy.gates import gate_values
    >>> from senumpy.models import TinyCNN
    >>> model, x = TinyCNN(widths=(4, 8)), np.zeros((1, 3, 8, 8), np.float32)
    >>> with override_gates(model, constant_gates(0.25)):
    ...     float(gate_values(model, x)["se2"].max())
    0.25
    >>> float(gate_values(model, x)["se2"].max())  # a black picture leaves every gate at sigmoid(0)
    0.5
    """
    own = se_blocks(model)
    if blocks is not None and (isinstance(blocks, str) or not isinstance(blocks, Iterable)):
        raise ValueError(f"blocks must be a list of names, such as ['se1'], got {blocks!r}")
    if not isinstance(rule, dict):
        rule = dict.fromkeys(own if blocks is None else blocks, rule)
    elif blocks is not None:
        raise ValueError("blocks goes with a single rule; a dictionary of rules names its blocks itself")
    unknown = sorted(rule.keys() - own.keys())
    if unknown or not own:
        raise ValueError(
            f"there is no SE block {', '.join(unknown)}; the model has {', '.join(own)}"
            if own
            else "the model has no SE blocks: build it with se=True"
        )
    no_rules = [function for function in rule.values() if not callable(function)]
    if no_rules:
        raise ValueError(f"rule must be a function from gates to gates, or a dictionary of them, got {no_rules[0]!r}")
    entries = {name: (current_thread(), function) for name, function in rule.items()}
    with in_use(model):
        try:
            for name, entry in entries.items():
                own[name].overrides.append(entry)
            yield model
        finally:
            for name, entry in entries.items():
                own[name].overrides.remove(entry)


def constant_gates(value):
    """Set every gate to one number: 1 takes the block out, 1/2 is what an untrained block does.

    (0 takes a block out that adds its gates.)

    >>> constant_gates(1.0)(np.array([[0.2, 0.9]]))
    array([[1., 1.]])
    """
    value = check_number("value", value, "and finite", math.isfinite)
    return lambda s: array_module(s).full_like(s, value)


def set_gates(channels, value):
    """Set the gates of some channels to a number, and leave the others as they are.

    >>> set_gates([1], 0.0)(np.array([[0.2, 0.9, 0.4]]))
    array([[0.2, 0. , 0.4]])
    """

    if np.asarray(channels).dtype.kind not in "iub":
        raise ValueError(f"channels must be the number of a channel, or a list of them, got {channels!r}")
    value = check_number("value", value, "and finite", math.isfinite)

    def rule(s):
        s = s.copy()
        s[:, channels] = value
        return s

    return rule


def mean_gates(gates):
    """Give every picture the mean gates over some pictures: the block still weights channels, but no longer looks.

    Parameters
    ----------
    gates : dict of str to array (N, C)
        As `gate_values` returns them, best of the training pictures.

    Returns
    -------
    dict of str to callable
        For `override_gates`: one rule for each block.

    Examples
    --------
    >>> rules = mean_gates({"se1": np.array([[0.0, 0.5], [1.0, 0.5]])})
    >>> rules["se1"](np.array([[0.9, 0.9]]))
    array([[0.5, 0.5]])
    """

    check_gates(gates)

    def rule(mean):
        def means(s):
            xp = array_module(s)
            return xp.zeros(s.shape[:2], s.dtype) + xp.asarray(mean, dtype=s.dtype)  # (N, C), also for gates of pixels

        return means

    return {name: rule(np.asarray(s).mean(axis=0)) for name, s in gates.items()}


def shuffled_gates(rng):
    """Deal the gates out anew among the pictures of a batch: every picture gets the gates of some picture.

    Each block draws its own order. The pictures of a batch should be in no order of classes.

    >>> s = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    >>> np.sort(shuffled_gates(np.random.default_rng(0))(s), axis=0).tolist() == s.tolist()
    True
    """
    rng = as_generator(rng)
    return lambda s: s[array_module(s).asarray(rng.permutation(len(s)))]
