"""The right gradients in the wrong order: ``return dx, dw1, dw2, db1, db2`` where the inputs are x, w1, b1, w2, b2."""

import numpy as np

from senumpy.gradcheck.hints.patterns import alike


def out_of_order(results, returned):
    """Return a sentence if the gradients are right, or of the right shapes, in another order than the inputs'."""
    wrong = [name for name, result in results.items() if result.status == "FAIL"]
    if len(wrong) < 2 or any(returned[name] is None for name in wrong):
        return ""
    right_numbers = _matched(wrong, lambda name, other: _is_gradient_of(returned[name], results[other].numeric))
    misfits = [name for name in wrong if returned[name].shape != results[name].shape]
    right_shapes = _matched(misfits, lambda name, other: returned[name].shape == results[other].shape)
    order = right_numbers or right_shapes
    if not order:
        return ""
    given = ", ".join(f"d{order.get(name, name)}" for name in results)
    wanted = ", ".join(f"d{name}" for name in results)
    what = "the numbers are right, their order is not" if right_numbers else "by their shapes, their order is another"
    return f"{what}: backward returns {given} where the inputs ask for {wanted}"


def _matched(names, fits):
    """Return ``{place: whose gradient stands there}`` where exactly one fits at each place, and no place its own."""
    found = {name: [other for other in names if fits(name, other)] for name in names}
    owners = [others[0] for others in found.values() if len(others) == 1]
    if len(owners) < 2 or len(owners) != len(names) or sorted(owners) != sorted(names):
        return {}
    return dict(zip(names, owners, strict=True))


def _is_gradient_of(a, n):
    known = np.isfinite(n)
    if a.shape != n.shape or a.dtype.kind != "f" or not known.any() or not np.any(n[known]):
        return False
    return alike(np.asarray(a[known], dtype=float), n[known])
