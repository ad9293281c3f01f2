"""The V-curve: how the error of a gradient check depends on the step, for a right gradient and for a wrong one."""

import numpy as np

from senumpy.gradcheck.differences import largest_of
from senumpy.gradcheck.numerical import check_method, numerical_gradient, stays_complex
from senumpy.gradcheck.pairs import Pair, random_dout
from senumpy.pictures.style import PlainFigure

WIDTH = 10.0  # inches: the width of a notebook page
SMALLEST = 1e-17  # an error of zero is drawn here, where a logarithm can reach it

# Colours of Okabe and Ito's palette, told apart by their markers in grey. For large steps the error of the complex step
# is as large as that of the central difference: its hollow markers let the other line be seen.
METHODS = {
    "forward": {"color": "#E69F00", "marker": "s", "markersize": 4, "linewidth": 1.5},
    "central": {"color": "#56B4E9", "marker": "o", "markersize": 4, "linewidth": 4},
    "five_point": {"color": "#009E73", "marker": "^", "markersize": 5, "linewidth": 1.5},
    "complex_step": {"color": "#000000", "marker": "D", "markersize": 6, "markerfacecolor": "none", "linewidth": 1},
}


def plot_v_curve(forward, backward, inputs, *, wrong=None, name=None, methods=tuple(METHODS), max_entries=20, rng=None):
    """Draw the error of a gradient against the step of the difference, one line for each numerical method.

    A right gradient gives a V: on the right, the function bends away from the quotient; on the left, the subtraction
    loses digits. The complex step subtracts nothing and has no left branch. A wrong gradient is a flat line at its own
    error: no step makes it right.

    Parameters
    ----------
    forward, backward, inputs
        The pair and its probe, as for `senumpy.gradcheck.check`.
    wrong : callable, optional
        A wrong backward for the same forward, to be drawn beside the right one.
    name : str, optional
        The input to differentiate; the first one by default.
    methods : sequence of str
        The complex step is left out where forward does not take complex numbers.
    max_entries : int
        Look at so many entries, drawn at random.
    rng : numpy.random.Generator, optional
        Draws the upstream gradient and the entries.

    Raises
    ------
    ValueError
        For an unknown name or method, or a gradient that cannot be compared.

    Examples
    --------
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> figure = plot_v_curve(lambda x: (x**3, x), lambda dout, x: 3 * x**2 * dout, {"x": x}, methods=("central",))
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['central']
    """
    for method in methods:
        check_method(method)
    rng = np.random.default_rng(0) if rng is None else rng
    pair = Pair(forward, backward, inputs)
    name = pair.names[0] if name is None else name
    if name not in pair.names:
        raise ValueError(f"name must be an input with a gradient, one of {', '.join(pair.names)}, got {name!r}")
    values = pair.cast("float64")
    dout = random_dout(pair.forward(values)[0], rng)
    entries = np.sort(rng.choice(values[name].size, min(max_entries, values[name].size), replace=False))
    steps = 10.0 ** np.arange(-15, 0, 0.5)
    numeric = {method: _numeric(pair, values, name, method, steps, dout, entries) for method in methods}
    numeric = {method: rows for method, rows in numeric.items() if rows is not None}
    gradients = {"": pair}
    if wrong is not None:
        gradients = {"right: a V": pair, "wrong: flat, at its own error": Pair(forward, wrong, inputs)}

    figure = PlainFigure(figsize=(WIDTH * (0.6 if wrong is None else 1), 4.2), layout="constrained")
    figure.suptitle(f"How far is d{name} from its numerical derivative?", fontsize=13)
    panels = figure.subplots(1, len(gradients), sharey=True, squeeze=False)[0]
    for ax, (title, one) in zip(panels, gradients.items(), strict=True):
        analytic = _gradient(one, values, name, dout).flat[entries]
        for method, rows in numeric.items():
            errors = [_relative(analytic, row) for row in rows]
            ax.plot(steps, errors, label=method.replace("_", " "), **METHODS[method])
        ax.set(title=title, xlabel="step h", xscale="log", yscale="log", ylim=(SMALLEST / 3, 30))
        ax.grid(alpha=0.3)
    panels[0].set_ylabel("largest error, relative to\nthe largest gradient entry")
    panels[-1].legend(loc="lower right", fontsize=11)
    return figure


def _numeric(pair, values, name, method, steps, dout, entries):
    """Return the derivatives for each step, or None where forward does not take complex numbers."""

    def f(a):
        return pair.forward({**values, name: a})[0]

    try:
        if method == "complex_step" and not stays_complex(f, values[name]):
            return None
        return [numerical_gradient(f, values[name], method, h, dout=dout, entries=entries).flat[entries] for h in steps]
    except Exception:  # any reason that forward has against complex numbers is good enough
        if method != "complex_step":
            raise


def _gradient(pair, values, name, dout):
    gradients, miscounted = pair.backward(dout.copy(), pair.forward(values)[1])
    gradient = gradients[name]
    if gradient is None or gradient.shape != values[name].shape:
        got = "None" if gradient is None else f"shape {gradient.shape}"
        raise ValueError(miscounted or f"d{name} must have the shape of {name}, {values[name].shape}, got {got}")
    return gradient


def _relative(analytic, numeric):
    if not np.isfinite(numeric).all():
        return np.nan  # the step has left the domain
    scale = max(largest_of(analytic), largest_of(numeric))
    return max(SMALLEST, largest_of(analytic - numeric) / scale) if scale > 0 else SMALLEST
