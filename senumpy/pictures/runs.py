"""Every seed is a dot: who shows only means hides how far apart the runs were."""

import numpy as np

from senumpy.pictures.style import new_figure

SIDE_BY_SIDE = 3  # variants; the labels of more would lie over each other


def plot_runs(record):
    """Draw the accuracy of every run, and the paired differences with their mean and 95 % interval.

    Where runs are a mixture of some that learned and others that did not, there are dots and no mean.

    Parameters
    ----------
    record : dict
        A report of ``python -m senumpy lab``, as its JSON reads.
    """
    if not isinstance(record, dict) or not {"plan", "runs", "summary"} <= record.keys():
        raise ValueError("record must be a report of the lab, a dictionary with plan, runs and summary")
    variants, differences = record["summary"]["variants"], record["summary"]["differences"]
    accuracy = {variant: {} for variant in variants}  # by variant and seed, in percent
    for run in record["runs"]:
        if run["variant"] in accuracy and run["test_accuracy"] is not None:
            accuracy[run["variant"]][run["seed"]] = 100 * run["test_accuracy"]
    side_by_side = len(variants) <= SIDE_BY_SIDE
    figure = new_figure(3.8 if side_by_side else 7.0, f"{_title(record)}, every seed a dot")
    ratios = {"width_ratios": [1.2, 1]} if side_by_side else {}
    left, right = figure.subplots(*((1, 2) if side_by_side else (2, 1)), **ratios)
    _draw_runs(left, variants, accuracy)
    baseline = next(iter(variants), "")
    for position, variant in enumerate(differences):
        shared = sorted(accuracy[baseline].keys() & accuracy[variant].keys())
        dots = [accuracy[variant][seed] - accuracy[baseline][seed] for seed in shared]
        _dots_and_interval(right, position, dots, differences[variant]["test_accuracy"])
    right.axhline(0, color="0.3", linewidth=1, linestyle="--")
    labels = [_compared(variant, baseline, of.get("verdict")) for variant, of in differences.items()]
    right.set_xticks(range(len(differences)), labels, fontsize=9)
    right.set(xlim=(-0.6, max(len(differences), 1) - 0.4), ylabel="difference, percentage points")
    right.set_title("paired by seed")
    return figure


def _draw_runs(ax, variants, accuracy):
    for seed in sorted(set().union(*accuracy.values())):
        places = [(position, of[seed]) for position, of in enumerate(accuracy.values()) if seed in of]
        ax.plot(*zip(*places, strict=True), color="0.8", linewidth=0.8, zorder=0)  # the two runs of a pair
    for position, (variant, summary) in enumerate(variants.items()):
        _dots_and_interval(ax, position, list(accuracy[variant].values()), summary["test_accuracy"])
    labels = ["\n".join(_about(variant, summary)) for variant, summary in variants.items()]
    ax.set_xticks(range(len(variants)), labels, fontsize=9)
    ax.set(xlim=(-0.6, max(len(variants), 1) - 0.4), ylabel="test accuracy, %")
    ax.set_title("dot: seed, bar: mean and 95 % interval")


def _about(variant, summary):
    """Return what stands below a variant's dots, line by line; what is not known is left out."""
    yield variant
    if summary.get("learned"):
        yield f"{summary['learned'][0]} of {summary['learned'][1]} learned"
    if summary["parameters"] is not None:
        yield f"{summary['parameters']:,} parameters"
    if summary["seconds"] is not None:
        yield f"{summary['seconds']:.0f} s a run"


def _compared(variant, baseline, verdict):
    """Return what stands below a difference."""
    return f"{variant} minus {baseline}" + (f"\n{verdict}".replace(" the ", "\nthe ") if verdict else "")


def _dots_and_interval(ax, position, dots, interval):
    """Draw the dots, and a little to the right their mean with its interval where there is one."""
    ax.scatter(np.full(len(dots), position), dots, s=28, color="#0072B2", alpha=0.7, linewidth=0, zorder=2)
    mean, low, high = (np.nan if v is None else 100 * v for v in interval)
    ax.errorbar(
        position + 0.2, mean, [[mean - low], [high - mean]], fmt="_", color="#D55E00", markersize=14, capsize=4,
        linewidth=2,
    )  # fmt: skip


def _title(record):
    """Return what was asked, and of which task."""
    plan = record["plan"]
    options = ", ".join(f"{name} {value}" for name, value in plan["options"].items())
    task = f"{plan['data']} ({options})" if options else plan["data"]
    return f"{record['asks']} {plan['model']}, {task}" if "asks" in record else f"With and without SE: {task}"
