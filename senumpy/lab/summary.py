"""What several runs allow to say: a row for each variant, and beside the standard block a verdict by a fixed rule."""

import math

from senumpy.arguments import check_number
from senumpy.lab.counts import fisher_p, share_interval
from senumpy.lab.many import holm, no_spread, paired_p
from senumpy.lab.rule import FEWEST, LEVEL, sign, verdict_on
from senumpy.lab.statistics import mean_interval

EQUAL = "all differences are equal: an interval of width 0 is no certainty, so only their signs were counted"
CAVEAT = (
    "The intervals cover what the seed decides, initial weights and order of the mini-batches. They do not cover the "
    "choice of the test images, nor of the recipe."
)


def summarise(runs, variants, *, learned_above=None, papers=None):
    """Return a row for each variant, what each difference to the first allows to say, and sentences about both.

    Parameters
    ----------
    runs : list of dict
        With variant, seed and test_accuracy; also state, reason, parameters and seconds, where they are known. A run
        whose accuracy is no number has diverged.
    variants : list of str
        All that the question has, in order, run or not; the first is the one that the others are compared with.
    learned_above : float, optional
        The test accuracy above which a run has learned the task, where that can be said.
    papers : dict, optional
        The paper's errors by variant.

    Returns
    -------
    dict
        ``variants``: by name, how many runs there are and finished, every accuracy by seed, their mean and 95 %
        interval (None where runs are a mixture), how many learned with the interval of that share. ``differences``: by
        name, the pairs, the mean difference with its interval, p, p after Holm, and the verdict. ``words``: sentences.

    Examples
    --------
    >>> accuracy = {"se": 0.9, "plain": 0.3}
    >>> runs = [{"variant": v, "seed": s, "test_accuracy": accuracy[v]} for v in accuracy for s in range(5)]
    >>> summary = summarise(runs, ["se", "plain"], learned_above=0.8, papers={"se": 22.28, "plain": 23.30})
    >>> summary["differences"]["plain"]["verdict"]
    'same direction as the paper'
    """
    if isinstance(variants, str) or not len(variants):
        raise ValueError(f"variants must be a list of names, the first to compare the others with, got {variants!r}")
    if not isinstance(runs, (list, tuple)):
        raise ValueError(f"runs must be a list of runs, got {type(runs).__name__}")
    if papers is not None and not isinstance(papers, dict):
        raise ValueError(f"papers must be errors by variant, got {type(papers).__name__}")
    if learned_above is not None:
        learned_above = check_number("learned_above", learned_above, "between 0 and 1", lambda a: 0 < a < 1)
    papers, runs = papers or {}, [_looked_at(run) for run in runs]
    by_variant = {name: {run["seed"]: run for run in runs if run["variant"] == name} for name in variants}
    rows = {name: _row(of, learned_above, papers.get(name)) for name, of in by_variant.items() if of}
    first, *others = variants
    differences = {
        name: _difference(by_variant[name], by_variant[first], learned_above)
        for name in others
        if by_variant[name] and by_variant[first]
    }
    tested = [of for of in differences.values() if of["p"] is not None]
    for of, p in zip(tested, holm([of["p"] for of in tested], len(others)), strict=True):
        of["p_of_all"] = p
    for name, of in differences.items():
        of["verdict"] = verdict_on(of, papers.get(name), papers.get(first))
    nothing = None if by_variant[first] else f"There is no run of {first}, with which the others would be compared."
    many = _about_many(len(others), len(tested))
    words = [*_about_failures(by_variant), nothing, *_about_pairs(differences, first), many, CAVEAT]
    return {"variants": rows, "differences": differences, "words": [sentence for sentence in words if sentence]}


def _looked_at(run):
    """Return a run with its state."""
    accuracy = run["test_accuracy"]
    is_number = accuracy is not None and math.isfinite(accuracy)
    state = run.get("state") or ("finished" if is_number else "diverged")
    if state == "finished" and not is_number:
        raise ValueError(f"a finished run must have a test accuracy, got {accuracy!r} with seed {run['seed']}")
    return {"reason": "its accuracy is not a number", **run, "state": state}


def _row(of, learned_above, paper):
    counted = _counted(of)
    finished = {seed: run["test_accuracy"] for seed, run in sorted(counted.items()) if run["state"] == "finished"}
    learned = _learned(counted, learned_above)
    mixed = learned_above is not None and 0 < sum(learned.values()) < len(learned)
    whole = finished and len(finished) == len(of) and not mixed
    any_run = next(iter(run for run in of.values() if run["state"] == "finished"), {})
    seconds = [run["seconds"] for run in of.values() if run.get("seconds") is not None]
    return {
        "seeds": len(of),
        "finished": len(finished),
        "accuracies": {str(seed): accuracy for seed, accuracy in finished.items()},
        "test_accuracy": _listed(mean_interval(list(finished.values()))) if whole else [None] * 3,
        "learned": list(share_interval(sum(learned.values()), len(learned))) if learned else None,
        "parameters": any_run.get("parameters"),
        "seconds": round(sum(seconds) / len(seconds), 1) if seconds else None,
        "paper_error": paper,
    }


def _counted(of):
    """Return the runs that say something about the network: a process that was killed says nothing."""
    return {seed: run for seed, run in of.items() if run["state"] in ("finished", "diverged")}


def _learned(runs, above):
    """Return whether each run has learned, by seed; nothing where that cannot be said."""
    if above is None:
        return {}
    return {seed: run["state"] == "finished" and run["test_accuracy"] > above for seed, run in runs.items()}


def _listed(interval):
    """Return the three numbers as a list, None for NaN: JSON has no word for it."""
    return [None if v != v else float(v) for v in interval]


def _difference(of, standard, learned_above):
    """Return one variant beside the standard block."""
    here, there = _counted(of), _counted(standard)
    seeds = sorted(here.keys() & there.keys())
    here, there = ({seed: runs[seed] for seed in seeds} for runs in (here, there))
    ours, theirs = (list(_learned(runs, learned_above).values()) for runs in (here, there))
    found = {
        "pairs": len(seeds), "by": None, "test_accuracy": [None] * 3, "sign": 0, "p": None, "p_of_all": None,
        "note": None,
    }  # fmt: skip
    if learned_above is not None and 0 < sum(ours + theirs) < 2 * len(seeds):
        found |= {"by": "counts", "p": fisher_p(sum(ours), len(seeds), sum(theirs), len(seeds))}
        found["sign"] = sign(sum(ours) - sum(theirs))
    elif seeds and all(run["state"] == "finished" for run in (*here.values(), *there.values())):
        d = [here[seed]["test_accuracy"] - there[seed]["test_accuracy"] for seed in seeds]
        found |= {"by": "differences", "test_accuracy": _listed(mean_interval(d)), "sign": sign(sum(d))}
        found["p"] = paired_p(d) if len(d) > 1 else None
        if len(d) > 1 and no_spread(d):
            found["note"] = EQUAL
    elif seeds:
        found["note"] = "a run diverged: no mean, no verdict"
    if len(seeds) < FEWEST:
        found["p"] = None
    return found


def _about_failures(by_variant):
    failed = [
        f"{name}, seed {seed}: {run['state']}: {' '.join(run['reason'].split())}"
        for name, of in by_variant.items()
        for seed, run in sorted(of.items())
        if run["state"] != "finished"
    ]
    return [f"Runs that did not finish (a run that failed is a result, too): {'; '.join(failed)}."] if failed else []


def _about_pairs(differences, first):
    """Say where something is in the way of a comparison."""
    lacking = [f"{name} ({of['pairs']})" for name, of in differences.items() if of["pairs"] < FEWEST]
    words = [f"{name} beside {first}: {of['note']}." for name, of in differences.items() if of["note"]]
    if lacking:
        words.append(f"Fewer than {FEWEST} pairs with {first}, so no verdict: {', '.join(lacking)}.")
    return words


def _about_many(comparisons, made):
    if comparisons < 2:
        return None
    by_chance = 100 * (1 - (1 - LEVEL) ** comparisons)
    left_out = f", of which {made} can be made here" if made < comparisons else ""
    return (
        f"These are {comparisons} comparisons{left_out}. If no variant made a difference, that many separate tests at "
        f"{100 * LEVEL:.0f} % would still see at least one in about {by_chance:.0f} of 100 such studies; Holm's rule "
        "keeps that to at most 5."
    )
