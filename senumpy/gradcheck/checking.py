"""The check: a backward pass against the numerical derivative of its forward, with a rule that scale cannot fool."""

import numpy as np

from senumpy.arguments import as_generator, check_count
from senumpy.gradcheck.between import judge_below_tolerance, judge_between
from senumpy.gradcheck.calls import left_behind
from senumpy.gradcheck.hints.diagnosis import diagnose
from senumpy.gradcheck.judging import judge, largest_entry
from senumpy.gradcheck.layouts import right_in_every_layout
from senumpy.gradcheck.numerical import check_method
from senumpy.gradcheck.pairs import Pair, random_dout
from senumpy.gradcheck.probe import Probe, judge_gradients, judge_shapes
from senumpy.gradcheck.promises import broken_promises, misfit
from senumpy.gradcheck.report import Report
from senumpy.gradcheck.second_look import look_elsewhere
from senumpy.gradcheck.truth import measure


def check(forward, backward, inputs, *, method="auto", dtype="float64", max_entries=None, rng=None):
    """Compare a backward pass with the numerical derivative of its forward, for every input at once.

    A tensor passes if ``max |a - n| <= tolerance * max(max |n|, G / 1000)``: a its analytic gradient, n the numerical
    one, G the largest entry of n over all tensors. So the verdict does not depend on the scale of the output, a wrong
    term cannot hide in a small tensor, and a gradient that is truly zero may be zero to rounding. The tolerance is
    1e-10 for the complex step, 1e-7 for central and five-point differences, 1e-3 for forward ones, 1e-4 for a backward
    in float32, and more where real differences vouch for less: the report prints it. The upstream gradient is random.

    Besides the numbers, a backward must be linear in dout and disturb nothing; another call in between, at other
    inputs, must not change its answer; and the same numbers in another order of memory must give the same result.

    Parameters
    ----------
    forward : callable
        ``forward(**inputs) -> (out, cache)``.
    backward : callable
        ``backward(dout, cache)`` returns the gradients in the order of ``inputs``, as a tuple, or bare if there is one.
    inputs : dict of str to array
        The probe. Arrays of floating-point numbers are checked, in float64 copies. None, integers and booleans are
        passed on, and backward may give None for them or leave them out. Bind everything else with a closure.
    method : {"auto", "complex_step", "five_point", "central", "forward"}
        "auto" takes the complex step where real differences along random directions confirm it, and central
        differences where they do not or where forward does not take complex numbers.
    dtype : {"float64", "float32"}
        The precision that backward runs in. A backward in float32 is compared with a float64 derivative at the same
        (rounded) values.
    max_entries : int, optional
        Check at most so many entries of each tensor, drawn at random; the others only along random directions.
    rng : numpy.random.Generator, optional
        Draws the upstream gradient, directions and entries. The same every time by default.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        For inputs that cannot be checked, or a forward that returns something else than ``(out, cache)`` with one array
        as its output.

    Examples
    --------
    >>> x = np.array([[1.0, -2.0, 3.0], [0.5, 0.1, -1.0]])
    >>> print(check(lambda x: (x**2, x), lambda dout, x: 3 * x * dout, {"x": x}))
    FAIL
    tensor  shape    error  allowed  method        entries  verdict
    x         2x3  5.0e-01    1e-10  complex step        6  FAIL
    wrong: dx[0, 2]: backward says -6.33362, the numerical derivative -4.22241
    hint: dx: 1.5 times the truth at every entry: a constant factor is wrong
    """
    check_method(method, also=("auto",))
    if dtype not in ("float64", "float32"):
        raise ValueError(f'dtype, the precision of backward, must be "float64" or "float32", got {dtype!r}')
    if max_entries is not None:
        check_count("max_entries", max_entries)
    rng = as_generator(rng, seed=0)
    pair = Pair(forward, backward, inputs)
    single, blind_spots = "float32" if dtype == "float32" else None, []
    failures, problems, lesser = broken_promises(pair, rng, single)
    if not failures and not problems:
        fixed = np.random.default_rng(0)  # so that the numbers below are the same, whatever is asked here
        failures, shared = left_behind(pair, fixed, single)
        wrong, blind_spots, refused = right_in_every_layout(pair, fixed)
        failures, lesser = failures + wrong, lesser + shared + refused

    values = pair.cast(dtype)
    out, cache = pair.forward(pair.cast(dtype))
    dout = random_dout(out, rng)
    returned, _ = pair.backward(dout.copy(), cache)  # one that writes into dout must not spoil the numerical side
    for name in pair.names:
        problems.setdefault(name, misfit(name, returned[name], values[name], {values[name].dtype}))
    values = {name: a.astype(np.float64) if name in pair.names else a for name, a in values.items()}
    probe = Probe(values, dout.astype(np.float64), {n: _draw(values[n].size, max_entries, rng) for n in pair.names})
    analytic = {name: _comparable(returned[name], values[name].shape) for name in pair.names}

    measured = measure(pair, probe, analytic, method, dtype, rng)
    results = judge(probe, analytic, measured, problems, dtype)
    judge_between(pair, probe, analytic, measured, results, rng)
    if dtype == "float64":  # the rounding of float32 is no forgotten term
        judge_below_tolerance(pair, probe, analytic, measured, results, rng)
    remarks = [
        judge_shapes({name: values[name] for name in pair.names}, out),
        judge_gradients(measured, analytic),
        *((m.blind_spots, m.warnings) for m in measured.values()),
    ]
    report = Report(
        results,
        failures,
        blind_spots=blind_spots + [text for blind, _ in remarks for text in blind],
        lesser_warnings=lesser + [text for _, less in remarks for text in less],
        notes=pair.unchecked() + [note for m in measured.values() for note in m.notes],
    )
    if report.status == "FAIL":
        report.hints = diagnose(results, probe, returned)
    else:
        report.blind_spots += look_elsewhere(pair, values, largest_entry(measured), rng)
    return report


def _draw(size, max_entries, rng):
    if max_entries is None or size <= max_entries:
        return np.arange(size)
    return np.sort(rng.choice(size, max_entries, replace=False))


def _comparable(gradient, shape):
    if gradient is None or gradient.shape != shape or gradient.dtype.kind != "f" or not np.isfinite(gradient).all():
        return None
    return gradient.astype(np.float64)
