"""The same numbers in another order of memory are the same input: a transposed view, every second row, a mirror image.

Whoever takes an array's memory for its numbers (``as_strided`` with strides worked out by hand, ``ravel("K")``, a
buffer handed to C) computes something else as soon as the array before was a view. The layers of this library hand on
such views all the time.
"""

import numpy as np

from senumpy.gradcheck.directions import size_of
from senumpy.gradcheck.numerical import change, length
from senumpy.gradcheck.pairs import random_dout
from senumpy.gradcheck.rounding import rounding

ROUNDING = 1e-4  # of the largest entry: sums in another order differ, in a forward that computes in float32 too
SMALL = 1e-2  # of the largest gradient of all: a gradient that is truly zero is all rounding
SPARE = 8  # the worst of many entries is off by more than one is on the average
FLOAT32 = 2.0**29  # times coarser than float64
GROSS = 0.1  # of the largest entry: so far off float32 is no rounding


def right_in_every_layout(pair, rng):
    """Run the pair on the same numbers in other orders of memory: ``(failures, blind spots, warnings)``."""
    values = {name: _in_order("C", a) if name in pair.names else a for name, a in pair.cast("float64").items()}
    out, cache = pair.forward(values)
    dout = random_dout(out, rng)
    expected = {"the output": out.copy(), **_gradients(pair, dout, cache)}
    failures, warnings = [], []
    for words, lay in LAYOUTS.items():
        moved = {name: lay(a) if name in pair.names and a.ndim else a for name, a in values.items()}
        calls = {
            f"the inputs {words}": lambda moved=moved: _run(pair, moved, dout),
            f"dout {words}": lambda lay=lay: _gradients(pair, lay(dout) if dout.ndim else dout, cache),
        }
        for who, call in calls.items():
            try:
                with np.errstate(all="ignore"):
                    wrong = _differing(call(), expected, ROUNDING)
                    if wrong:  # or is it only that rounding is large here, in whatever order?
                        wrong = _differing(call(), expected, ROUNDING, _rounding_errors(pair, values, dout, rng))
            except Exception as error:
                warnings.append(f"with {who}, the pair raises {type(error).__name__}: {str(error)[:100]}")
                continue
            if wrong:
                failures.append(
                    f"with {who}, {_come(wrong)} out differently: the same numbers are the same input, whatever their "
                    'order in memory (as_strided, ravel("K")?)'
                )
    return failures[:2], _in_float32(pair, values, dout, expected, rng), warnings[:2]


def _in_float32(pair, values, dout, expected, rng):
    """Say whether float32 gives grossly other numbers, where it can hold these at all."""
    single = {name: _with_room(a) if name in pair.names else a for name, a in pair.cast("float32").items()}
    with np.errstate(all="ignore"):
        if not all(map(_fits_float32, [dout, *(values[n] for n in pair.names), *expected.values()])):
            return []
        try:
            found = _run(pair, single, dout.astype(np.float32))
        except Exception:
            return []
        if not all(np.isfinite(a).all() for a in found.values() if a is not None):
            return []
        wrong = _differing(found, expected, GROSS)
        if wrong:
            coarse = {name: FLOAT32 * a for name, a in _rounding_errors(pair, values, dout, rng).items()}
            wrong = _differing(found, expected, GROSS, coarse)
    if not wrong:
        return []
    return [
        f"with the inputs in float32, {_come(wrong)} out quite differently: is the size of a number in memory written "
        "into the code, or is float32 too coarse for this probe?"
    ]


def _come(names):
    return f"{' and '.join(names)} come{'s' * (len(names) == 1)}"


def _fits_float32(a):
    return a is None or a.dtype.kind != "f" or np.allclose(a.astype(np.float32), a, rtol=1e-6, atol=0, equal_nan=True)


def _run(pair, values, dout):
    out, cache = pair.forward(values)
    return {"the output": out, **_gradients(pair, dout, cache)}


def _gradients(pair, dout, cache):
    return {f"d{name}": a for name, a in pair.backward(dout, cache)[0].items()}


def _rounding_errors(pair, values, dout, rng):
    """Estimate how far rounding alone may move an entry of the output and of each gradient."""
    errors = {"the output": 0.0}
    for name in pair.names:
        noise = SPARE * rounding(lambda a, name=name: pair.forward({**values, name: a})[0], values[name], dout, rng)
        errors[f"d{name}"] = noise / size_of(values[name])
        errors["the output"] = max(errors["the output"], noise / length(dout))
    return errors


def _differing(found, expected, tolerance, rounding_errors=None):
    """Name what differs by more than rounding; infinities and NaN in the same places are no difference."""
    known = {name: a for name, a in expected.items() if name in found and a is not None and a.dtype.kind == "f"}
    sizes = {name: _largest(a) for name, a in known.items()}
    largest = max((size for name, size in sizes.items() if name != "the output"), default=0.0)
    wrong = []
    for name, right in known.items():
        allowed = tolerance * max(sizes[name], 0.0 if name == "the output" else SMALL * largest)
        allowed = max(allowed, rounding_errors[name] if rounding_errors else 0.0)
        a = found[name]
        if a is None or a.shape != right.shape:
            wrong.append(name)
        elif not np.all((np.abs(change(a, right)) <= allowed) | (np.isnan(a) & np.isnan(right))):
            wrong.append(name)
    return wrong


def _largest(a):
    return float(np.max(np.abs(a), initial=0.0, where=np.isfinite(a)))


def _in_order(order, a):
    return np.array(a, order=order)


def _with_room(a):
    """Copy an array into a longer one of zeros: who reads beyond its end reads those, and not foreign memory."""
    return _filled(np.zeros(3 * a.size, a.dtype)[: a.size].reshape(a.shape), a)


def _every_second(a):
    memory = np.full(3 * a.size, np.nan, a.dtype)  # room around it: who counts wrong finds NaN
    return _filled(memory[: 2 * a.size].reshape(*a.shape[:-1], -1)[..., ::2], a)


def _mirrored(a):
    memory = np.full(3 * a.size, np.nan, a.dtype)
    return _filled(np.flip(memory[a.size : 2 * a.size].reshape(a.shape)), a)


def _filled(view, a):
    view[...] = a
    return view


def _channels_last(a):
    return np.moveaxis(_in_order("C", np.moveaxis(a, 1, -1)), -1, 1) if a.ndim > 2 else a


LAYOUTS = {
    "in Fortran's order": lambda a: _in_order("F", a),
    "channels last": _channels_last,
    "as every second entry of a longer array": _every_second,
    "with negative strides": _mirrored,
}
