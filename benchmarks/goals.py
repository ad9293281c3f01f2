"""What was asked, and how the worst case of each kind of work compares: ratios of times, small is good."""

from typing import NamedTuple

from benchmarks.timing import Spread, ratio, spread


class Goal(NamedTuple):
    """``must`` and ``aim`` are ratios; ``found`` maps each case to its measured ratio."""

    work: str
    must: float
    aim: float
    found: dict

    def worst(self):
        """Return the (case, ratio) with the largest ratio."""
        return max(self.found.items(), key=lambda item: item[1].median)

    def verdict(self):
        worst = self.worst()[1].median
        return "aim met" if worst <= self.aim else "must met" if worst <= self.must else "**missed**"


def better_layout(times, label):
    """Return the side of PyTorch that was faster: in its default layout or in channels-last."""
    return min(("PyTorch", "PyTorch channels-last"), key=lambda side: spread(times[side][label]).median)


def comparable(record):
    """Say whether a record holds the times of senumpy and of PyTorch in both layouts."""
    return {"senumpy", "PyTorch", "PyTorch channels-last"} <= record["times"].keys()


def all_goals(results):
    """Return the goals that the results say something about."""
    ops, steps = (list(filter(comparable, results.get(group, []))) for group in ("ops", "step"))
    network = list(filter(comparable, results.get("network", [])))
    memory = results.get("memory", {}).get("steps", [])
    goals = _step_goals(steps) + [
        Goal("SE-ResNet-50, forward, to the default layout", 1.3, 1.0, _network(network)),
        Goal("peak memory of SE-ResNet-50, to the default layout", 1.5, 1.0, _peaks(network)),
        Goal("SE block, forward and backward, to the better layout", 1.0, 0.8, _to_better(ops, ["se"])),
        Goal("convolution, forward and backward, to its bare matrix products", 1.4, 1.15, _to(ops, "BLAS")),
        Goal("convolution, forward and backward, to the better layout", 1.6, 1.0, _to_better(ops, ["conv2d"])),
        *(
            Goal(f"{name}, forward and backward, to the better layout", 2.0, 1.2, _to_better(ops, [op]))
            for op, name in {"batch_norm": "batch norm", "relu": "ReLU", "max_pool2d": "max pool"}.items()
        ),
        Goal("peak memory of a step, to the default layout", 1.2, 1.0, _peaks(memory)),
    ]
    return [goal for goal in goals if goal.found]


def _step_goals(records):
    default, better, se_cost = {}, {False: {}, True: {}}, {}
    for record in records:
        times = record["times"]
        for variant in times["senumpy"]:
            ours, case = times["senumpy"][variant], f"{record['name']}, {variant}"
            default[case] = ratio(ours, times["PyTorch"][variant])
            wide = max(record["widths"]) > 32
            better[wide][case] = ratio(ours, times[better_layout(times, variant)][variant])
        se_cost[record["name"]] = ratio(times["senumpy"]["with SE"], times["senumpy"]["without SE"])
    return [
        Goal("training step, to the default layout", 0.9, 0.5, default),
        Goal("training step, to the better layout", 1.4, 1.0, better[False]),
        Goal("training step, wide network, to the better layout", 2.0, 1.0, better[True]),
        Goal("step with SE, to the step without", 1.2, 1.1, se_cost),
    ]


def _to(records, side):
    return {
        r["name"]: ratio(r["times"]["senumpy"]["both"], r["times"][side]["both"]) for r in records if side in r["times"]
    }


def _to_better(records, ops):
    return {
        r["name"]: ratio(r["times"]["senumpy"]["both"], r["times"][better_layout(r["times"], "both")]["both"])
        for r in records if r["op"] in ops
    }  # fmt: skip


def _network(records):
    return {r["name"]: ratio(r["times"]["senumpy"]["forward"], r["times"]["PyTorch"]["forward"]) for r in records}


def _peaks(records):
    ratios = {}
    for record in records:
        peaks = {side: spread(values) for side, values in record["peaks"].items()}
        if {"senumpy", "PyTorch"} <= peaks.keys():
            ours, theirs = peaks["senumpy"], peaks["PyTorch"]
            ratios[record["name"]] = Spread(ours.median / theirs.median, ours.low / theirs.high, ours.high / theirs.low)
    return ratios
