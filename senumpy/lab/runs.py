"""Does SE help? Train with it and without it, seed by seed, and write every run down as soon as it is done."""

import json
import platform
from collections.abc import Iterable

import numpy as np

from senumpy.arguments import check_count
from senumpy.files.paths import as_path
from senumpy.files.whole import write_whole
from senumpy.lab.plan import parse_variant, require_plan, train_variant
from senumpy.lab.record import check_runs
from senumpy.lab.statistics import CAVEAT, about_many, in_words, mean_interval


def run_seeds(plan, variants, seeds, path, *, command="", on_run=None):
    """Train every variant with every seed, and return the record; runs found in the file are not repeated.

    Within a seed all variants start from the same shared weights and see the same mini-batches, so their accuracies
    form pairs. The file is written after each run, whole or not at all, so stopping loses at most one run.

    Parameters
    ----------
    plan : Plan
    variants : list of str
        "plain", "se", "se-r8" and so on; the first is the one that the others are compared with.
    seeds : list of int
    path : path
        The JSON to write, or to go on with.
    command : str
        Kept in the file, to tell how it was made.
    on_run : callable, optional
        ``on_run(run, is_new)`` is called for each run, found or made.

    Returns
    -------
    dict
        With the keys command, plan, machine, runs and summary.

    Raises
    ------
    ValueError
        Where the file holds something else, or runs of another plan.
    """
    path = as_path(path)
    require_plan(plan)
    variants, seeds = _listed("variants", variants), [check_count("seed", s, 0) for s in _listed("seeds", seeds)]
    check_variants(variants, plan)
    if on_run is not None and not callable(on_run):
        raise ValueError(f"on_run must be a function on_run(run, is_new), got {on_run!r}")
    if not isinstance(command, str):
        raise ValueError(f"command must be a text, got {command!r}")
    task = plan.make_task()
    runs = _read_runs(path, plan)
    for seed in seeds:
        for variant in variants:
            is_new = (variant, seed) not in runs
            if is_new:
                runs[variant, seed] = _run(plan, task, variant, seed)
                write_whole(path, _text(_record(plan, runs, variants, seeds, command)))
            if on_run is not None:
                on_run(runs[variant, seed], is_new)
    record = _record(plan, runs, variants, seeds, command)
    write_whole(path, _text(record))
    return record


def _run(plan, task, variant, seed):
    model, history = train_variant(plan, task, variant, seed)
    last = history.epochs[-1]
    return {
        "variant": variant,
        "seed": seed,
        "test_accuracy": last.test_accuracy,
        "test_loss": last.test_loss,
        "train_accuracy": last.accuracy,
        "parameters": model.count_parameters(),
        "seconds": round(sum(epoch.seconds for epoch in history.epochs), 2),
    }


def _read_runs(path, plan):
    """Return the runs of an earlier call by variant and seed."""
    if not path.exists():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        runs, found = check_runs(record["runs"]), dict(record["plan"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(
            f"{str(path)!r} is not a record of seeds ({error or type(error).__name__}): choose another file with --out"
        ) from error
    wanted = json.loads(json.dumps(plan.to_dict()))
    if found != wanted:
        changed = [name for name in wanted if found.get(name) != wanted[name]]
        changed = [f"{name} is {found.get(name)} there, {wanted[name]} here" for name in changed]
        raise ValueError(
            f"{str(path)!r} holds runs of another plan ({'; '.join(changed)}): choose another file with --out"
        )
    return runs


def _record(plan, runs, variants, seeds, command):
    done = [run for run in runs.values() if run["variant"] in variants and run["seed"] in seeds]
    return {
        "command": command,
        "plan": plan.to_dict(),
        "machine": f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}",
        "runs": sorted(runs.values(), key=lambda run: (run["seed"], run["variant"])),
        "summary": summarise(done, variants),
    }


def _text(record):
    return json.dumps(record, indent=1) + "\n"


def summarise(runs, variants):
    """Return means, intervals and paired differences of some runs, and what they allow to say.

    Parameters
    ----------
    runs : list of dict
        With variant, seed, test_accuracy, parameters and seconds.
    variants : list of str
        In order; differences are taken to the first.

    Returns
    -------
    dict
        ``variants``: by name, accuracy (mean, low, high), parameters and seconds. ``differences``: by name, the
        paired difference (mean, low, high) to the first variant and the number of pairs. ``words``: sentences. What
        cannot be said, because a run's accuracy is not a number, is None.
    """
    variants = _listed("variants", variants)
    if not isinstance(runs, (list, tuple)) or not all(isinstance(run, dict) for run in runs):
        raise ValueError(f"runs must be a list of runs, as in the record of run_seeds, got {runs!r}")
    accuracy = {v: {run["seed"]: run["test_accuracy"] for run in runs if run["variant"] == v} for v in variants}
    baseline, *others = variants
    summary = {"variants": {}, "differences": {}, "words": []}
    for variant in variants:
        of_variant = [run for run in runs if run["variant"] == variant]
        if of_variant:
            summary["variants"][variant] = {
                "seeds": len(of_variant),
                "test_accuracy": _finite(mean_interval([run["test_accuracy"] for run in of_variant])),
                "parameters": of_variant[0]["parameters"],
                "seconds": round(float(np.mean([run["seconds"] for run in of_variant])), 1),
            }
    for variant in others:
        pairs = sorted(accuracy[baseline].keys() & accuracy[variant].keys())
        if pairs:
            difference = mean_interval([accuracy[variant][seed] - accuracy[baseline][seed] for seed in pairs])
            summary["differences"][variant] = {"pairs": len(pairs), "test_accuracy": _finite(difference)}
            summary["words"].append(in_words(difference, variant, baseline, len(pairs)))
    if len(summary["differences"]) > 1:
        summary["words"].append(about_many(len(summary["differences"])))
    failed = [f"{run['variant']}, seed {run['seed']}" for run in runs if not np.isfinite(run["test_accuracy"])]
    if failed:
        summary["words"].append(f"Runs whose accuracy is not a number: {'; '.join(failed)}.")
    summary["words"].append(CAVEAT)
    return summary


def _listed(name, values):
    """Return a list with something in it, or raise a ValueError; a text would be taken for a list of letters."""
    values = list(values) if isinstance(values, Iterable) and not isinstance(values, str) else None
    if not values:
        raise ValueError(f"{name} must be a list of at least one, got {values!r}")
    return values


def _finite(interval):
    """Return the three numbers as a list, None for NaN: JSON has no word for it."""
    return [None if np.isnan(v) else v for v in interval]


def check_variants(variants, plan):
    """Raise a ValueError for a variant that does not exist, appears twice, or does not fit the plan's widths."""
    if len(set(variants)) != len(variants):
        raise ValueError(f"each variant once, got {', '.join(variants)}")
    for variant in variants:
        arguments = parse_variant(variant, plan.reduction)
        if arguments["se"] and arguments["reduction"] > min(plan.widths):
            raise ValueError(f"the ratio of {variant} must be at most the smallest width, {min(plan.widths)}")
