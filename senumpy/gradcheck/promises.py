"""What every backward pass owes its caller besides the right numbers: it is linear in dout, and it disturbs nothing."""

import zlib

import numpy as np

from senumpy.gradcheck.pairs import random_dout


def broken_promises(pair, rng, dtype=None):
    """Run a pair and return ``(failures, problems by tensor, warnings)``: what it does not keep.

    Asked: the same input gives the same output; backward twice gives the same bits; backward(0) is 0; backward(2 dout)
    is exactly 2 backward(dout), because doubling a binary number is exact, and 2^30 likewise; inputs, dout and cache
    stay as they were; one gradient for each input, with its shape and its dtype.
    """
    earlier = pair.forward(pair.cast(dtype))[0].copy()
    values = pair.cast(dtype)
    before = fingerprint(values)
    out, cache = pair.forward(values)
    failures, warnings = [], []
    if fingerprint(values) != before:
        failures.append(_changed("forward", values, before))
    if wrong := int(np.isnan(out).sum()):
        failures.append(f"forward gives NaN at {wrong} of {out.size} outputs of this probe")
    if not same_bits(out, earlier):
        failures.append("forward gives two answers for the same inputs: draw random numbers outside and pass them in")

    dout = random_dout(out, rng)
    dout_before, cache_before, out_before = dout.copy(), fingerprint(cache), out.copy()
    first, miscounted = pair.backward(dout, cache)
    if fingerprint(values) != before:
        failures.append(_changed("backward", values, before))
    if not same_bits(dout, dout_before):
        failures.append("backward changed dout: work on a copy, the caller still needs it")
        dout = dout_before
    if fingerprint(cache) != cache_before:
        failures.append("backward changed its cache: a second call would compute something else")

    if miscounted:
        return [*failures, miscounted], {}, warnings
    dtypes = {values[name].dtype for name in pair.names}
    problems = {name: problem for name in pair.names if (problem := misfit(name, first[name], values[name], dtypes))}
    try:
        failures += _nonlinear(pair, dout, cache, {name: first[name] for name in pair.names if name not in problems})
    except Exception as error:
        failures.append(f"backward called a second time raised {type(error).__name__}: {error}")

    if not same_bits(out, out_before):
        failures.append("backward changed the output of forward: the next layer still needs it")
    if not failures and not same_bits(pair.forward(pair.cast(dtype))[0], out_before):
        failures.append("backward changed what forward computes: the second answer to the same inputs is another one")
    if out.dtype not in dtypes:
        warnings.append(f"forward turns {_list(sorted(map(str, dtypes)))} into {out.dtype}")
    return failures, problems, warnings


def _nonlinear(pair, dout, cache, first):
    def differing(scale, expected):
        again, _ = pair.backward(scale * dout, cache)
        return [name for name in first if again[name] is None or not expected(again[name], first[name])]

    if wrong := differing(1, same_bits):
        yield f"backward called twice gives two answers for {_list(wrong)}: what did the first call leave behind?"
    if wrong := differing(0, lambda zero, _: not np.any(zero)):
        yield f"backward(0) is not 0 for {_list(wrong)}: a gradient is linear in dout"
    largest = max(float(np.max(np.abs(a), initial=1.0)) for a in (dout, *first.values()))
    for factor, words in ((2.0, "2"), (2.0**30, "2^30")):  # 2^30 reaches a clip or a threshold far away
        if factor * largest > np.finfo(dout.dtype).max:
            continue

        def scaled(large, once, factor=factor):
            return np.array_equal(large, factor * once)

        if wrong := differing(factor, scaled):
            yield f"backward({words} dout) is not exactly {words} times backward(dout) for {_list(wrong)}: not linear"
            return


def fingerprint(value):
    """Return something that changes when an array inside value changes: a CRC of the bytes of each.

    >>> a = np.zeros(3); before = fingerprint((a, {"b": 1}))
    >>> a[0] = 1
    >>> fingerprint((a, {"b": 1})) == before
    False
    """
    if isinstance(value, np.ndarray):
        numbers = value.astype(complex) if value.dtype.char in "gG" else value  # 80-bit numbers lie between idle bytes
        return value.shape, str(value.dtype), zlib.crc32(np.ascontiguousarray(numbers).tobytes())
    if isinstance(value, dict):
        return tuple((name, fingerprint(item)) for name, item in value.items())
    if isinstance(value, (tuple, list)):
        return tuple(map(fingerprint, value))
    return repr(value) if isinstance(value, (int, float, complex, str, np.generic)) else type(value).__name__


def same_bits(a, b):
    """Tell whether two arrays agree in shape, dtype and every bit, NaN and the sign of zero included."""
    return fingerprint(a) == fingerprint(b)


def misfit(name, gradient, value, dtypes):
    """Return what keeps a gradient from being compared with ``value``'s, or an empty string."""
    if gradient is None:
        return f"backward returned None for {name}, which needs a gradient"
    if gradient.dtype == object:
        return f"d{name} is no array of numbers: one array for each input, please"
    if gradient.shape != value.shape:
        return f"d{name} has shape {gradient.shape}, {name} has {value.shape}"
    if gradient.dtype.kind not in "f":
        return f"d{name} is {gradient.dtype}, {name} is {value.dtype}"
    if not np.isfinite(gradient).all():
        return f"d{name} holds NaN or infinity at {int((~np.isfinite(gradient)).sum())} of {gradient.size} entries"
    if gradient.dtype not in (value.dtype, np.result_type(*dtypes)):  # inputs of mixed dtypes may share one
        return f"d{name} is {gradient.dtype}, {name} is {value.dtype}: keep the dtype of the input"
    return ""


def _changed(who, values, before):
    names = [name for (name, old), value in zip(before, values.values(), strict=True) if fingerprint(value) != old]
    return f"{who} changed its input {_list(names)}: work on a copy"


def _list(names):
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
