"""Two figures: how a step grows, and how far every op is from PyTorch."""

from functools import partial

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from benchmarks.goals import better_layout, comparable
from benchmarks.growth import slope
from benchmarks.timing import ratio
from senumpy.manners.figures import save_figure

NAMES = ("growth.png", "ops.png")
COLOURS = {"senumpy": "#0072b2", "PyTorch": "#d55e00", "PyTorch channels-last": "#cc79a7"}  # safe for colour-blind eyes
MARKERS = {"senumpy": "o", "PyTorch": "s", "PyTorch channels-last": "^"}
QUANTITIES = {"times": ("time of a step (ms)", 1e3), "memory": ("peak memory of a step (MiB)", 2.0**-20)}


def save_figures(results, folder, troubles=None):
    """Draw what the results hold and save it in a folder; return the paths. What went wrong goes into a list."""
    figures = {}
    if results.get("growth"):
        figures["growth.png"] = partial(draw_growth, results["growth"])
    if results.get("ops") and all(map(comparable, results["ops"])):
        figures["ops.png"] = partial(draw_ops, results["ops"])
    found = {}
    for name, draw in figures.items():
        found[folder / name] = save_figure(draw, folder / name, dpi=120)
    if troubles is not None:
        troubles.extend(found.values())
    return [path for path, trouble in found.items() if trouble is None]


def draw_growth(growth):
    """Time and memory along every axis, logarithmic, the slope of each line in its legend."""
    figure = Figure(figsize=(4.2 * len(growth), 7), layout="constrained")
    axes = figure.subplots(2, len(growth), squeeze=False)
    for row, (quantity, (label, unit)) in zip(axes, QUANTITIES.items(), strict=True):
        for axis, (name, result) in zip(row, growth.items(), strict=True):
            for side, numbers in result[quantity].items():
                scaled = [unit * number for number in numbers]
                legend = f"{side}: {slope(result['values'], numbers):.2f}"
                axis.plot(result["values"], scaled, marker=MARKERS[side], color=COLOURS[side], label=legend)
            axis.set(xscale="log", yscale="log", xlabel=name, ylabel=label)
            axis.set_xticks(result["values"], map(str, result["values"]))
            axis.minorticks_off()
            _plain_numbers(axis.yaxis, (1, 2, 5))
            axis.grid(alpha=0.3)
            axis.set_ylim(top=4 * axis.get_ylim()[1])  # room for the legend
            axis.legend(title="slope of the last three", loc="upper left", fontsize=10, title_fontsize=10)
    return figure


def draw_ops(records):
    """One point per op, with its quartiles: the ratio to PyTorch's better layout, forward and backward together."""
    names = [record["name"] for record in records]
    ratios = [
        ratio(r["times"]["senumpy"]["both"], r["times"][better_layout(r["times"], "both")]["both"]) for r in records
    ]
    figure = Figure(figsize=(8, 0.24 * len(names) + 1.2), layout="constrained")
    axis = figure.subplots()
    medians = [r.median for r in ratios]
    spreads = [[max(0.0, r.median - r.low) for r in ratios], [max(0.0, r.high - r.median) for r in ratios]]
    axis.axvline(1, color="0.4", linewidth=1)
    axis.errorbar(medians, names, xerr=spreads, fmt="o", color=COLOURS["senumpy"], ecolor="0.5", markersize=5)
    axis.set(xscale="log", xlabel="time of senumpy / time of PyTorch")
    axis.set_title("forward and backward, PyTorch's better layout;\nleft of 1 senumpy is faster", fontsize=10)
    axis.minorticks_off()
    _plain_numbers(axis.xaxis, (1, 2, 5))
    axis.grid(alpha=0.3)
    axis.invert_yaxis()
    axis.margins(y=0.02)
    return figure


def _plain_numbers(axis, digits):
    """Label a logarithmic axis with numbers as people write them, at the given first digits."""
    axis.set_major_locator(LogLocator(10, subs=digits))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
