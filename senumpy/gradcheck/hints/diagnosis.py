"""From the pattern of an error to its cause: what a teacher sees at one glance at two tables of numbers.

A hint is given only where the numbers support it, to six digits. Where two sizes of the probe coincide, a factor would
have two explanations, and the hint names the factor alone.
"""

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.hints.order import out_of_order
from senumpy.gradcheck.hints.paths import through_the_gate, through_the_statistics
from senumpy.gradcheck.hints.patterns import (
    SAME,
    alike,
    constant_ratio,
    independent,
    mask,
    missing_factor,
    tie,
    zero_gradient,
)
from senumpy.gradcheck.hints.places import confined, shifted, swapped, unsummed

ZERO = 1e-9  # a gradient below this part of the largest of all is rounding, and has no pattern

MEANINGS = {
    "H W": ("the mean's 1/(H W) is missing", "a mean over the image stands where a sum belongs, or 1/(H W) twice"),
    "N": ("a sum over the batch stands where a mean belongs", "a mean over the batch stands where a sum belongs"),
    "C": ("a sum over the channels stands where a mean belongs", "a mean over the channels stands where a sum belongs"),
    "N H W": (
        "a sum over batch and image stands where a mean belongs",
        "a mean over batch and image stands where a sum belongs",
    ),
}


def diagnose(results, probe, returned):
    """Return a sentence for each failing tensor whose error has a pattern."""
    if exchanged := out_of_order(results, returned):
        return [exchanged]
    largest = max((largest_of(result.numeric) for result in results.values()), default=0.0)
    sizes = _sizes(next(iter(results.values())).shape)
    named = {}  # what is wrong -> of which tensors
    for name, result in results.items():
        a, n = returned[name], result.numeric
        if result.status != "FAIL" or a is None or a.dtype.kind != "f" or not np.isfinite(a).all():
            continue
        if not np.isfinite(n).all() or not np.abs(n).max() > ZERO * largest:
            continue  # NaN in n, too, where entries were left out: a pattern needs all of them
        size = largest_of(n)  # a pattern has no size, and squares of very small numbers are 0
        words = _explain(name, a.astype(float) / size, n / size, result.tolerance, probe, sizes)
        if words:
            named.setdefault(words, []).append(f"d{name}")
    hints = [f"{', '.join(names)}: {words}" for words, names in named.items()]
    return hints + _where_to_look({name: result.status == "FAIL" for name, result in results.items()})


def _explain(name, a, n, tolerance, probe, sizes):
    if a.shape != n.shape:
        return swapped(a, n) or unsummed(a, n)
    if np.abs(a - n).max() <= tolerance * np.abs(n).max():
        return None
    if alike(a, n):
        return _right_to_some_digits(a, n)

    def words(wrong, right):
        ratio = constant_ratio(wrong, right)
        return None if ratio is None else factor_words(ratio, sizes, independent(right))

    hint = words(a, n) or zero_gradient(a, n) or tie(a, n, probe.values[name]) or mask(a, n) or swapped(a, n)
    hint = hint or shifted(a, n) or missing_factor(a, n, probe.values_beside(name))
    if not hint and a.shape == probe.dout.shape:
        hint = through_the_gate(a, n, probe.dout, words)
        hint = hint or through_the_statistics(a, n, probe.dout, probe.values[name], words)
    return hint or confined(a, n, tolerance)


def _right_to_some_digits(a, n):
    digits = int(-np.log10(np.abs(a - n).max() / np.abs(n).max()))
    return (
        f"right to about {digits} digits: does backward compute in float32 or numerically, or is a small term (a "
        "penalty, an eps) missing?"
    )


def _where_to_look(wrong):
    """Backward walks from the last input to the first: where the first wrong gradients begin, look there."""
    names = list(wrong)
    first_right = next((k for k, name in enumerate(names) if not wrong[name]), len(names))
    if first_right < 2 or len(names) < 3 or any(wrong[name] for name in names[first_right:]):
        return []
    if first_right == len(names):
        return ["every gradient is wrong: look at the first step of backward, through which all of them come"]
    last_wrong, first = names[first_right - 1], names[first_right]
    return [
        f"from d{names[-1]} back to d{first} all is right, from d{last_wrong} back to d{names[0]} all is wrong: if the "
        "inputs stand in the order of forward, the mistake lies between the two groups"
    ]


def factor_words(ratio, sizes, any_number=True):
    """Put a constant factor into words, with its cause where the sizes of the probe allow only one.

    Unless ``any_number``, return None for a factor that no size explains.

    >>> factor_words(12.0, {"N": 2, "C": 5, "H W": 12, "N H W": 24})
    "12 times too large (H W = 12): the mean's 1/(H W) is missing"
    >>> factor_words(-1.0, {})
    'the truth with the sign turned round'
    """
    if _near(ratio, -1):
        return "the truth with the sign turned round"
    sign = ", and its sign is turned round" if ratio < 0 else ""
    k = abs(ratio)
    named = [(name, size, large) for name, size in sizes.items() if size > 2 for large in (True, False)
             if _near(k, size if large else 1 / size)]  # fmt: skip
    if len(named) == 1:
        name, size, large = named[0]
        meaning = MEANINGS[name][0 if large else 1]
        return f"{size} times too {'large' if large else 'small'} ({name} = {size}): {meaning}{sign}"
    M = sizes.get("N H W", sizes.get("N", 0))
    if M > 2 and (_near(k, M / (M - 1)) or _near(k, (M - 1) / M)):
        return f"{k:.6g} times the truth: M - 1 where M = {M} belongs, or the other way round{sign}"
    two = "".join(f" Or {MEANINGS[name][k < 1]}? {name} is 2 here" for name, size in sizes.items() if size == 2)
    if _near(k, 2):
        return f"twice the truth: is it added twice, or a half forgotten?{two}{sign}"
    if _near(k, 0.5):
        return f"half the truth: is one of two equal contributions, or a factor 2, forgotten?{two}{sign}"
    if abs(k - 1) < 1e-3:
        factor = f"1 {'+' if k > 1 else '-'} {abs(k - 1):.2g} times the truth at every entry"
        digits = f"right to about {int(-np.log10(abs(k - 1)))} digits, {factor}: is a constant rounded?"
        return digits + sign if any_number else None
    return f"{k:.6g} times the truth at every entry: a constant factor is wrong{sign}" if any_number else None


def _near(a, b):
    return abs(a - b) <= SAME * abs(b)


def _sizes(shape):
    """Name the sizes of the first input, as images or as rows."""
    if len(shape) == 4:
        N, C, H, W = shape
        return {"N": N, "C": C, "H W": H * W, "N H W": N * H * W}
    return {"N": shape[0]} if shape else {}
