"""Another call in between: what one call leaves behind in a global, a buffer or a memo reaches the next one.

A pair is used twice in one network, as in two SE blocks that share a helper: forward, forward, backward, backward. So
what backward needs must travel in the cache, and what a call hands out must stay as it is afterwards.
"""

import numpy as np

from senumpy.gradcheck.promises import fingerprint, same_bits

NUDGE = 0.01  # of each entry: other numbers, in the same domain


def left_behind(pair, rng, dtype=None):
    """Run the pair at other inputs between forward and backward: ``(failures, warnings)`` about what that disturbs.

    An object whose methods are the pair may remember its last forward, as a layer does. What it hands out must still
    stay as it is.
    """
    values = pair.cast(dtype)
    out, cache = pair.forward(values)
    douts = rng.standard_normal((2, *out.shape)).astype(out.dtype)
    raw, _ = pair.raw_backward(douts[0], cache)
    kept = out.copy(), fingerprint(cache), {name: a.copy() if _is_array(a) else a for name, a in raw.items()}
    shared = _shared_memory(out, raw, values, douts[0], cache)
    for others in _elsewhere(pair, dtype, rng):
        if failures := _overwritten(pair, others, out, cache, raw, kept, douts):
            return failures, shared
    return [], shared


def _elsewhere(pair, dtype, rng):
    """Yield inputs to call the pair with: moved a little, with other signs (another mask), in another order."""
    for move in (lambda x: x, np.negative, rng.permutation):
        values = pair.cast(dtype)
        for name in pair.names:
            x = values[name]
            inward = np.where(x == 0, NUDGE, x * (1 - NUDGE * rng.uniform(0.5, 1.0, x.shape)))  # in most domains
            moved = move(np.where(np.isfinite(x), inward, x).astype(x.dtype).ravel())
            values[name] = moved.reshape(x.shape)
        yield values


def _overwritten(pair, others, out, cache, raw, kept, douts):
    """Run forward and backward at other inputs, and say what that does to the earlier call."""
    kept_out, cache_before, kept_gradients = kept
    failures = []
    with np.errstate(all="ignore"):
        try:
            other_out, other_cache = pair.forward(others)
        except Exception:
            return []  # these inputs are outside its domain, and say nothing
        if not same_bits(out, kept_out):
            failures.append("a second forward overwrites the output of the first: make a new array in each call")
        if fingerprint(cache) != cache_before:
            failures.append("a second forward overwrites the cache of the first: make new arrays in each call")
        if other_out.shape != out.shape:
            return failures
        try:
            other, _ = pair.backward(douts[0].copy(), other_cache)
            fourfold, _ = pair.backward(4 * douts[0], other_cache)
            pair.backward(douts[1].copy(), other_cache)
            if not pair.is_an_object:
                again, _ = pair.backward(douts[0].copy(), cache)
                eightfold, _ = pair.backward(8 * douts[0], cache)
                failures += _disturbed(kept_gradients, again, eightfold, other, fourfold)
        except Exception as error:
            failures.append(f"backward after another forward raised {type(error).__name__}: {error}")
    if overwritten := [name for name, a in raw.items() if _is_array(a) and not same_bits(a, kept_gradients[name])]:
        failures.append(
            f"a second backward overwrites what the first returned for {' and '.join(overwritten)}: make new arrays in "
            "each call"
        )
    return failures


def _disturbed(first, again, eightfold, other, fourfold):
    if changed := [name for name, a in first.items() if _is_array(a) and not same_bits(again[name], a)]:
        yield (
            f"after a forward at other inputs, backward answers something else for {' and '.join(changed)}: what it "
            "needs belongs in the cache, not in a global or in a buffer that is used again"
        )
        return
    linear = [n for n, a in again.items() if _finite(a) and np.array_equal(eightfold[n], 8 * a) and _finite(other[n])]
    if stale := [name for name in linear if not np.array_equal(fourfold[name], 4 * other[name])]:
        yield (
            f"backward answers with an earlier call's gradient for {' and '.join(stale)}: does it remember answers by "
            "dout alone?"
        )


def _shared_memory(out, raw, values, dout, cache):
    """Name what is no array of its own: right numbers, but a change in place goes on elsewhere."""
    inputs = [(name, a) for name, a in values.items() if _is_array(a)]
    handed_out = [(f"d{name}", a, [*inputs, ("dout", dout), *_arrays_in(cache)]) for name, a in raw.items()]
    pairs = [
        (name, next((place for place, other in places if np.may_share_memory(a, other)), None))
        for name, a, places in [("the output", out, inputs), *handed_out]
        if _is_array(a)
    ]
    return [
        f"{name} shares its memory with {place}: who changes one of them in place changes the other"
        for name, place in pairs
        if place
    ]


def _arrays_in(cache):
    if isinstance(cache, np.ndarray):
        yield "the cache", cache
    elif isinstance(cache, (tuple, list, dict)):
        for item in cache.values() if isinstance(cache, dict) else cache:
            yield from _arrays_in(item)


def _is_array(a):
    return isinstance(a, np.ndarray)


def _finite(a):
    return a is not None and a.dtype.kind == "f" and bool(np.isfinite(a).all())
