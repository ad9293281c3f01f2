"""Where a network keeps its parameters is not where it does its work: two bars for each stage, side by side."""

from senumpy.pictures.style import new_figure, plain
from senumpy.pictures.wanted import by_name

COLD = ("#0072B2", "#56B4E9", "#999999", "#009E73", "#CC79A7", "#000000")
WARM = ("#D55E00", "#E69F00", "#F0E442")  # for what SE adds
HATCH = "//"  # on the warm ones: SE is seen in grey, too
UNITS = ((1e9, "thousand millions"), (1e6, "millions"), (1e3, "thousands"), (1, "single ones"))


def plot_ledger(parameters, multiply_adds, title="Where the parameters are, and where the work is"):
    """Draw parameters and multiply-adds as stacked bars, a bar for each stage and a colour for each kind.

    Parameters
    ----------
    parameters, multiply_adds : dict of str to dict of str to int
        By stage, in order from the image to the classes, and by kind. Kinds whose name begins with "SE" are drawn in
        warm colours and hatched.
    title : str

    Raises
    ------
    ValueError
        Where there is nothing to draw, or the two do not have the same stages.
    """
    for name, numbers in (("parameters", parameters), ("multiply_adds", multiply_adds)):
        by_name(name, numbers, "numbers by kind for each stage", "items")
    if not parameters or list(parameters) != list(multiply_adds):
        raise ValueError(
            f"both need numbers of the same stages, at least of one: got {', '.join(parameters) or 'none'} and "
            f"{', '.join(multiply_adds) or 'none'}"
        )
    styles = _styles(parameters, multiply_adds)
    figure = new_figure(1.9 + 0.42 * len(parameters), title)
    axes = figure.subplots(1, 2, sharey=True)
    for ax, numbers, what in zip(axes, (parameters, multiply_adds), ("parameters", "multiply-adds"), strict=True):
        _draw(ax, numbers, styles, what)
    axes[0].set_yticks(range(len(parameters)), [plain(stage) for stage in parameters])
    axes[0].invert_yaxis()  # the image comes in at the top
    handles, labels = _legend_of(axes, styles)
    figure.legend(handles, labels, loc="outside lower center", ncols=min(5, len(labels)), fontsize=10, frameon=False)
    return figure


def _styles(*tables):
    """Return colour and hatch by kind, for all kinds that are there."""
    kinds = dict.fromkeys(kind for numbers in tables for stage in numbers.values() for kind in stage)
    se = [kind for kind in kinds if kind.startswith("SE")]
    others = [kind for kind in kinds if kind not in se]
    styles = {kind: {"color": COLD[i % len(COLD)]} for i, kind in enumerate(others)}
    return styles | {kind: {"color": WARM[i % len(WARM)], "hatch": HATCH} for i, kind in enumerate(se)}


def _draw(ax, numbers, styles, what):
    totals = [sum(stage.values()) for stage in numbers.values()]
    unit, word = next(((unit, word) for unit, word in UNITS if max(totals) >= unit), UNITS[-1])
    left = [0.0] * len(totals)
    for kind, style in styles.items():
        widths = [stage.get(kind, 0) / unit for stage in numbers.values()]
        if any(widths):
            ax.barh(range(len(widths)), widths, left=left, label=plain(kind), edgecolor="white", linewidth=0.3, **style)
            left = [a + b for a, b in zip(left, widths, strict=True)]
    for place, (end, total) in enumerate(zip(left, totals, strict=True)):
        ax.text(end, place, f" {100 * total / max(sum(totals), 1):.1f} %", va="center", fontsize=10)
    ax.set(xlim=(0, 1.18 * max(*left, 1e-9)), xlabel=f"{what}, {word}: {sum(totals):,} in all")
    ax.spines[["top", "right"]].set_visible(False)


def _legend_of(axes, styles):
    """Return handles and labels of both panels, each kind once."""
    handles = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    labels = [plain(kind) for kind in styles if plain(kind) in handles]
    return [handles[label] for label in labels], labels
