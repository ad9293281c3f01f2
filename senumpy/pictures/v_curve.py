"""The V-curve: how the error of a gradient check depends on the step, for a right gradient and for a wrong one."""

from senumpy.pictures.style import PlainFigure
from senumpy.pictures.wanted import wanted

WIDTH = 10.0  # inches: the width of a notebook page
SMALLEST = 1e-17  # an error of zero is drawn here, where a logarithm can reach it
TITLES = {"right": "right: a V", "wrong": "wrong: flat, at its own error"}

# Colours of Okabe and Ito's palette, told apart by their markers in grey. For large steps the error of the complex step
# is as large as that of the central difference: its hollow markers let the other line be seen.
METHODS = {
    "forward": {"color": "#E69F00", "marker": "s", "markersize": 4, "linewidth": 1.5},
    "central": {"color": "#56B4E9", "marker": "o", "markersize": 4, "linewidth": 4},
    "five_point": {"color": "#009E73", "marker": "^", "markersize": 5, "linewidth": 1.5},
    "complex_step": {"color": "#000000", "marker": "D", "markersize": 6, "markerfacecolor": "none", "linewidth": 1},
}


def plot_v_curve(measured):
    """Draw the error of a gradient against the step of the difference, one line for each numerical method.

    Parameters
    ----------
    measured : StepErrors
        As `senumpy.gradcheck.step_errors` returns it: with the right gradient, and perhaps a wrong one beside it.

    Examples
    --------
    >>> from senumpy.gradcheck import step_errors
    >>> measured = step_errors(lambda x: (abs(x), x), lambda dout, x: dout, {"x": [1.0, 2.0]})
    >>> [line.get_label() for line in plot_v_curve(measured).axes[0].lines]
    ['forward', 'central', 'five point']
    """
    wanted("measured", measured, "what step_errors returns", "name", "steps", "errors")
    panels_wanted = len(measured.errors)
    figure = PlainFigure(figsize=(WIDTH * (0.6 if panels_wanted == 1 else 1), 4.2), layout="constrained")
    figure.suptitle(f"How far is d{measured.name} from its numerical derivative?", fontsize=13)
    panels = figure.subplots(1, panels_wanted, sharey=True, squeeze=False)[0]
    for ax, (kind, by_method) in zip(panels, measured.errors.items(), strict=True):
        for method, errors in by_method.items():
            ax.plot(measured.steps, errors, label=method.replace("_", " "), **METHODS[method])
        title = TITLES[kind] if panels_wanted > 1 else ""
        ax.set(title=title, xlabel="step h", xscale="log", yscale="log", ylim=(SMALLEST / 3, 30))
        ax.grid(alpha=0.3)
    panels[0].set_ylabel("largest error, relative to\nthe largest gradient entry")
    panels[-1].legend(loc="lower right", fontsize=11)
    return figure
