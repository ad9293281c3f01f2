"""Every seed is a dot: who shows only means hides how far apart the runs were."""

import numpy as np

from senumpy.pictures.style import new_figure


def plot_runs(record):
    """Draw the accuracy of every run, and the paired differences with their mean and 95 % interval.

    Parameters
    ----------
    record : dict
        As `run_seeds` returns it, or as its JSON reads.
    """
    if not isinstance(record, dict) or not {"plan", "runs", "summary"} <= record.keys():
        raise ValueError("record must be what run_seeds returns, a dictionary with plan, runs and summary")
    variants, differences = record["summary"]["variants"], record["summary"]["differences"]
    accuracy = {variant: {} for variant in variants}  # by variant and seed, in percent
    for run in record["runs"]:
        if run["variant"] in accuracy:
            accuracy[run["variant"]][run["seed"]] = 100 * run["test_accuracy"]
    figure = new_figure(3.8, f"With and without SE: {_task_name(record['plan'])}, every seed a dot")
    left, right = figure.subplots(1, 2, width_ratios=[1.2, 1])
    _draw_runs(left, variants, accuracy)
    baseline = next(iter(variants))
    for position, variant in enumerate(differences):
        shared = sorted(accuracy[baseline].keys() & accuracy[variant].keys())
        dots = [accuracy[variant][seed] - accuracy[baseline][seed] for seed in shared]
        _dots_and_interval(right, position, dots, differences[variant]["test_accuracy"])
    right.axhline(0, color="0.3", linewidth=1, linestyle="--")
    right.set_xticks(range(len(differences)), [f"{v} minus {baseline}" for v in differences])
    right.set(xlim=(-0.6, max(len(differences), 1) - 0.4), ylabel="difference, percentage points")
    right.set_title("paired by seed")
    return figure


def _draw_runs(ax, variants, accuracy):
    for seed in sorted(set().union(*accuracy.values())):
        places = [(position, of[seed]) for position, of in enumerate(accuracy.values()) if seed in of]
        ax.plot(*zip(*places, strict=True), color="0.8", linewidth=0.8, zorder=0)  # the two runs of a pair
    for position, (variant, summary) in enumerate(variants.items()):
        _dots_and_interval(ax, position, list(accuracy[variant].values()), summary["test_accuracy"])
    labels = [f"{v}\n{s['parameters']:,} parameters\n{s['seconds']:.0f} s a run" for v, s in variants.items()]
    ax.set_xticks(range(len(variants)), labels)
    ax.set(xlim=(-0.6, len(variants) - 0.4), ylabel="test accuracy, %", title="dot: seed, bar: mean and 95 % interval")


def _dots_and_interval(ax, position, dots, interval):
    """Draw the dots, and a little to the right their mean with its interval where there is one."""
    ax.scatter(np.full(len(dots), position), dots, s=28, color="#0072B2", alpha=0.7, linewidth=0, zorder=2)
    mean, low, high = (np.nan if v is None else 100 * v for v in interval)
    ax.errorbar(
        position + 0.2, mean, [[mean - low], [high - mean]], fmt="_", color="#D55E00", markersize=14, capsize=4,
        linewidth=2,
    )  # fmt: skip


def _task_name(plan):
    options = ", ".join(f"{name} {value}" for name, value in plan["options"].items())
    return f"{plan['data']} ({options})" if options else plan["data"]
