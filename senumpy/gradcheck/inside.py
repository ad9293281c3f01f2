"""What only the layers know about a probe: how many ReLUs are on, and how close the runners-up in a max pool come."""

import numpy as np

from senumpy import ops
from senumpy.layers import GlobalMaxPool, HardSigmoid, MaxPool2d, ReLU, SEBlock

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
        if isinstance(leaf, (MaxPool2d, GlobalMaxPool)):
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
    kinds = {"ReLUs": _relu_open, "hidden ReLUs of SE blocks": _hidden_open, "HardSigmoids": _unclipped}
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
    return np.abs(a) < 3 if isinstance(leaf, HardSigmoid) else None


def _hidden_open(leaf, a):
    if not isinstance(leaf, SEBlock):
        return None
    z, _ = ops.global_avg_pool_forward(a)
    hidden, _ = ops.linear_forward(z, leaf.params["fc.0.weight"], leaf.params.get("fc.0.bias"))
    return hidden > 0


def _windows(leaf, a):
    """Return what each maximum was taken of: (number of windows, size of one)."""
    if isinstance(leaf, GlobalMaxPool):
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
