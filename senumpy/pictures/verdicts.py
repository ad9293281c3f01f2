"""Two pictures of gradient checks: the error over a tensor, and many verdicts at a glance."""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from senumpy.finite import largest_of
from senumpy.pictures.style import PlainFigure
from senumpy.pictures.v_curve import SMALLEST, WIDTH
from senumpy.pictures.wanted import by_name, wanted

VERDICTS = {"PASS": "#009E73", "INCONCLUSIVE": "#E69F00", "FAIL": "#D55E00"}  # of Okabe and Ito's palette


def plot_error_map(report, name=None):
    """Draw where a gradient is wrong: one cell for each entry, images as tiles, channels from left to right.

    Parameters
    ----------
    report : Report
    name : str, optional
        The tensor to draw; the one with the largest error by default.

    Raises
    ------
    ValueError
        For a name that the report does not have, or a tensor whose gradient could not be compared entry by entry.

    Examples
    --------
    >>> from senumpy.gradcheck import check
    >>> report = check(lambda x: (x**2, x), lambda dout, x: 3 * x * dout, {"x": np.ones((2, 3))})
    >>> plot_error_map(report).axes[0].get_title()
    'dx: FAIL, 6 of 6 entries are wrong'
    """
    wanted("report", report, "a Report of senumpy.gradcheck", "tensors", "failures")
    tensor = _tensor_to_draw(report, name)
    gap = np.abs(tensor.analytic - tensor.numeric)  # NaN where nothing was checked
    error = gap * (tensor.error / largest_of(gap)) if largest_of(gap) > 0 else gap
    wrong, checked = int(np.sum(error > tensor.tolerance)), int(np.isfinite(error).sum())

    tiles = _tiled(error)
    rows, columns = tiles.shape
    width = float(np.clip(0.5 * columns, 4, WIDTH - 2.2))
    height = float(np.clip(width * rows / columns, 0.8, 5))
    figure = PlainFigure(figsize=(min(width, height * columns / rows) + 2.2, height + 1.2), layout="constrained")
    ax = figure.subplots()
    colours = colormaps["YlOrRd"].with_extremes(under="#D6E6F2", bad="white")
    norm = LogNorm(tensor.tolerance, max(1.0, tensor.error))
    picture = ax.imshow(np.maximum(tiles, SMALLEST), cmap=colours, norm=norm, interpolation="nearest")
    bar = figure.colorbar(picture, ax=ax, extend="min", fraction=0.05, pad=0.02)
    bar.set_label("error (blue: right)" if checked == error.size else "error (blue: right, white: not checked)")
    ax.set_title(f"d{tensor.name}: {tensor.status}, {wrong} of {checked} entries are wrong", fontsize=11)
    _number_axes(ax, error.shape)
    return figure


def plot_verdicts(right, wrong):
    """Draw many checks at a glance: right pairs as dots, planted mistakes as crosses, the verdict as the colour.

    Parameters
    ----------
    right, wrong : dict of str to list of Report
        Pairs known to be right, and pairs known to be wrong; one row of the picture for each key.

    Examples
    --------
    >>> from senumpy.gradcheck import check
    >>> x = {"x": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])}
    >>> right = check(lambda x: (x**2, x), lambda dout, x: 2 * x * dout, x)
    >>> wrong = check(lambda x: (x**2, x), lambda dout, x: 3 * x * dout, x)
    >>> figure = plot_verdicts({"square": [right]}, {"square": [wrong]})
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['1 right pair: PASS', '1 planted mistake: FAIL']
    """
    for name, reports in (("right", right), ("wrong", wrong)):
        by_name(name, reports, "lists of Reports by row", "__len__")
    rows = list(dict.fromkeys([*right, *wrong]))
    figure = PlainFigure(figsize=(WIDTH, 1.4 + 0.33 * len(rows)), layout="constrained")
    ax = figure.subplots()
    ax.axvspan(1, 1e14, color=VERDICTS["FAIL"], alpha=0.06, linewidth=0)
    ax.axvline(1, color="black", linewidth=1)
    for x, words in ((0.5, "allowed"), (2, "too large")):
        ax.text(x, 1.01, words, transform=ax.get_xaxis_transform(), ha="right" if x < 1 else "left", fontsize=9)
    _scatter(ax, rows, right, "right pair", 0.2, {"marker": "o", "s": 14})
    _scatter(ax, rows, wrong, "planted mistake", -0.2, {"marker": "X", "s": 46})
    for number, row in enumerate(rows):
        for report in wrong.get(row, ()):
            if report.status == "FAIL" and _units(report) <= 1:
                place = (_units(report), number - 0.2)
                ax.annotate("right numbers, broken promise", place, (7, -3), textcoords="offset points", fontsize=8)
    ax.set(xscale="log", xlim=(3e-8, 1e14), ylim=(len(rows) - 0.4, -0.6))
    ax.set_yticks(range(len(rows)), rows)
    ax.set_xlabel("largest error, in units of the error allowed (at the right edge: nothing that could be compared)")
    ax.grid(axis="y", alpha=0.25)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    return figure


def _scatter(ax, rows, reports, kind, offset, style):
    for status, colour in VERDICTS.items():
        of = [(row, report) for row in rows for report in reports.get(row, ()) if report.status == status]
        if of:
            x = [_units(report) for _, report in of]
            y = [rows.index(row) + offset + 0.2 * (0.618 * k % 1 - 0.5) for k, (row, _) in enumerate(of)]  # spread them
            label = f"{len(of):,} {kind}{'s' * (len(of) > 1)}: {status}"
            ax.scatter(x, y, color=colour, linewidth=0.4, edgecolor="white", zorder=3, label=label, **style)


def _units(report):
    return float(np.clip(report.worst.error / report.worst.tolerance, 1e-7, 3e13))


def _tensor_to_draw(report, name):
    if name is not None and name not in list(report.tensors):
        raise ValueError(f"name must be one of {', '.join(report.tensors)}, got {name!r}")
    drawable = {n: t for n, t in report.tensors.items() if t.analytic is not None and np.isfinite(t.error)}
    if name is None and drawable:
        name = max(drawable, key=lambda n: drawable[n].error / drawable[n].tolerance)
    if name not in drawable:
        problems = [t.problem for n, t in report.tensors.items() if t.problem and name in (None, n)]
        raise ValueError(f"there is no error to draw entry by entry: {'; '.join(problems)}")
    return drawable[name]


def _tiled(a):
    """Lay out an array of any rank as a matrix: the last two axes as tiles with gaps, the axis before them across."""
    if a.ndim < 3:
        return np.atleast_2d(a)
    across, H, W = a.shape[-3:]
    tiles = np.pad(a.reshape(-1, across, H, W), ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    return tiles.transpose(0, 2, 1, 3).reshape(-1, across * (W + 1))[:-1, :-1]


def _number_axes(ax, shape):
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    if len(shape) < 3:
        ax.set(xlabel=f"axis {max(len(shape) - 1, 0)}", **({"ylabel": "axis 0"} if len(shape) == 2 else {"yticks": []}))
        return
    across, H, W = shape[-3:]
    down = int(np.prod(shape[:-3]))
    ax.set_xticks([(W - 1) / 2 + k * (W + 1) for k in range(across)], range(across))
    ax.set_yticks([(H - 1) / 2 + k * (H + 1) for k in range(down)], range(down))
    ax.set(xlabel=f"axis {len(shape) - 3}, a tile each", ylabel="axis 0" if len(shape) == 4 else "")
    ax.spines[:].set_visible(False)
