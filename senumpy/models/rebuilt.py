"""SE blocks are brought to the shapes of a file: one block may have any hidden width, and biases or none."""

import numpy as np

from senumpy.backend import array_module

SE_WEIGHTS = ("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias")


def arrays_as_in(state, name, block):
    """Return new arrays for a block where the state has another hidden width or other biases, or None.

    What is wrong with its shapes in any other way is for `fitting_arrays` to say.
    """
    old = block.params
    first = np.shape(state.get(join(name, SE_WEIGHTS[0]), ()))
    if SE_WEIGHTS[0] not in old or len(first) < 2 or not first[0] or first[1] != old[SE_WEIGHTS[0]].shape[1]:
        return None
    bias = all(join(name, key) in state for key in SE_WEIGHTS if key.endswith("bias"))
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


def replaced(own, rebuilt):
    """Return the network's arrays with those of some blocks replaced."""
    gone = {join(name, key) for name in rebuilt for key in SE_WEIGHTS}
    new = {join(name, key): a for name, arrays in rebuilt.items() for key, a in arrays.items()}
    return {name: a for name, a in own.items() if name not in gone} | new


def changes(before, rebuilt):
    """Return the hidden widths before and now, and who has biases now, of those blocks where that changed."""
    widths, biases = {}, {}
    for name, now in rebuilt.items():
        old = before[name]
        if len(old[SE_WEIGHTS[0]]) != len(now[SE_WEIGHTS[0]]):
            widths[name] = len(old[SE_WEIGHTS[0]]), len(now[SE_WEIGHTS[0]])
        if (SE_WEIGHTS[1] in old) != (SE_WEIGHTS[1] in now):
            biases[name] = SE_WEIGHTS[1] in now
    return widths, biases


def join(path, name):
    return f"{path}.{name}" if path else name
