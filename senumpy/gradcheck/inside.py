"""What only the layers know about a probe: how many ReLUs are on, and how close the runners-up in a max pool come."""

import numpy as np

from senumpy.layers import GlobalMaxPool, HardSigmoid, HardSwish, MaxPool2d, ReLU, SEBlock
from senumpy.ops.se_variants import SQUEEZES

CLOSE = 1e-5  # the step of a central difference, for numbers of size 1


def judge_insides(layer, x):
    """Return ``(blind spots, lesser warnings)`` about the masks and maxima inside a layer or model at the probe x.

    Call it with a copy: it runs forward.

    Examples
    --------
    >>> judge_insides(ReLU(), np.ones((2, 3)))[0]
    ['all ReLUs are on at this probe: a backward without their mask passes too']
    """
    inputs = _inputs_of_leaves(layer, x)
    blind_spots, lesser = _judge_masks(inputs)
    has_relu = any(isinstance(leaf, (ReLU, SEBlock)) for _, leaf, _ in inputs)
    for name, leaf, a in inputs:
        if isinstance(leaf, (MaxPool2d, GlobalMaxPool)) or getattr(leaf, "squeeze", "") == "max":
            lesser += _judge_maximum(name, _windows(leaf, a), has_relu)
    return blind_spots, lesser


def _inputs_of_leaves(layer, x):
    """Run forward once and note what goes into each leaf: a list of (name, layer, input)."""
    seen = []

    def watch(name, leaf):
        forward = leaf.forward

        def watched(a):
            seen.append((name, leaf, a))
            return forward(a)

        leaf.forward = watched
        return leaf

    leaves = [watch(name, leaf) for name, leaf in layer.named_layers() if not leaf.children]
    try:
        layer.forward(x)
    finally:
        for leaf in leaves:
            del leaf.forward  # the class's own forward shows again
    return seen


def _judge_masks(inputs):
    blind_spots, lesser = [], []
    kinds = {
        "ReLUs": _relu_open,
        "hidden ReLUs of SE blocks": _hidden_open,
        "HardSigmoids": _unclipped,
        "HardSwishes": _curved,
        "bent gates of SE blocks": _gates_open,
    }
    for kind, open_of in kinds.items():
        masks = [(name, mask) for name, leaf, a in inputs if (mask := open_of(leaf, a)) is not None]
        uniform = [(name, mask.flat[0]) for name, mask in masks if mask.all() or not mask.any()]
        if uniform and len(uniform) == len(masks):
            state = "on" if all(on for _, on in uniform) else "off" if not any(on for _, on in uniform) else "alike"
            blind_spots.append(f"all {kind} are {state} at this probe: a backward without their mask passes too")
        else:
            lesser += [f"all {kind} ({name}) are {'on' if on else 'off'} at this probe" for name, on in uniform]
    return blind_spots, lesser


def _relu_open(leaf, a):
    return a > 0 if isinstance(leaf, ReLU) else None


def _unclipped(leaf, a):
    return np.abs(a) < 0.5 / leaf.slope if isinstance(leaf, HardSigmoid) else None


def _curved(leaf, a):
    return np.abs(a) < 3 if isinstance(leaf, HardSwish) else None


def _hidden_open(leaf, a):
    if not isinstance(leaf, SEBlock) or leaf.fixed:
        return None
    return _before_relu_and_gate(leaf, a)[0] > 0


def _gates_open(leaf, a):
    """Return where a gate with a kink lets a gradient through."""
    if not isinstance(leaf, SEBlock) or leaf.gate not in ("relu", "hard_sigmoid"):
        return None
    _, e = _before_relu_and_gate(leaf, a)
    return e > 0 if leaf.gate == "relu" else np.abs(e) < 0.5 / leaf.slope


def _before_relu_and_gate(block, x):
    """Return what goes into the hidden ReLU of an SE block, and what goes into its gate function."""
    w1, b1, w2, b2 = (block.params.get(f"fc.{place}.{kind}") for place in (0, 2) for kind in ("weight", "bias"))
    if block.fixed:
        return None, b2
    squeeze, _, layer, _ = SQUEEZES[block.squeeze]
    hidden, _ = layer(squeeze(x)[0], w1, b1)
    e, _ = layer(np.maximum(hidden, 0), w2, b2)
    return hidden, e


def _windows(leaf, a):
    """Return what each maximum was taken of: (number of windows, size of one)."""
    if not isinstance(leaf, MaxPool2d):  # the maximum over all pixels
        return a.reshape(a.shape[0] * a.shape[1], -1)
    (KH, KW), (PH, PW) = _pair(leaf.kernel_size), _pair(leaf.padding)
    SH, SW = _pair(leaf.stride or leaf.kernel_size)
    padded = np.pad(a, ((0, 0), (0, 0), (PH, PH), (PW, PW)), constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), axis=(2, 3))[:, :, ::SH, ::SW]
    return windows.reshape(-1, KH * KW)


def _judge_maximum(name, windows, has_relu):
    if windows.shape[1] < 2:
        return []
    where = f" in {name}" if name else ""
    second, first = np.partition(windows, -2, axis=1)[:, -2:].T
    alive = first != 0 if has_relu else np.full(first.shape, True)  # a window that ReLU shut off sends nothing back
    gaps = np.where(np.isfinite(second), first - second, np.inf)[alive]
    if not gaps.size:
        return [f"every window of the max pool{where} is shut off"]
    if ties := int(np.sum(gaps == 0)):
        return [f"{ties} of {gaps.size} windows of the max pool{where} hold a tie: who gets the gradient is convention"]
    if gaps.min() < CLOSE:
        return [f"the closest runner-up of a maximum{where} is {gaps.min():.0e} away: a difference may step over it"]
    return []


def _pair(value):
    return value if isinstance(value, (tuple, list)) else (value, value)
