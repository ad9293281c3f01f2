"""A report as text: every seed before any mean, and the paper's number beside ours."""

from senumpy.lab.settings import task_text

HEAD = f"{'variant':<14}{'paper, error':<14}{'parameters':>10}  "


PAPER = (
    "Paper: top-1 error of SE-ResNet-50 on ImageNet, r = 16 where it is not the question, lower is better. Here: "
    "accuracy, higher is better. Compare directions, not sizes."
)


def as_text(report):
    """Return a report's table, its differences and its sentences as lines of text."""
    plan, summary = report["plan"], report["summary"]
    where = f"the paper's table {report['table']}" if report["table"] else "not asked in the paper"
    lines = [
        f"{report['question']}: {report['asks']} ({where})",
        f"{plan['model']} on {task_text(plan['data'], plan['options'])}, {plan['epochs']} epochs, mini-batches of "
        f"{plan['batch_size']}, rate {plan['lr']}",
        *([f"The recipe: {report['origin']}."] if report["origin"] else []),
        "Made by source {source}, NumPy {numpy}, {processor}".format(**{"processor": "unknown", **report["made_by"]}),
        *([report["note"]] if report["note"] else []),
        *([PAPER] if report["table"] else []),
        "",
        HEAD + "test accuracy in %, last epoch: every seed, then learned or mean",
    ]
    for name, row in summary["variants"].items():
        paper = "" if row["paper_error"] is None else f"{row['paper_error']:.2f} %"
        parameters = "" if row["parameters"] is None else f"{row['parameters']:,}"
        lines.append(f"{name:<14}{paper:<14}{parameters:>10}  {_dots(row)}")
        lines += [" " * len(HEAD) + text for text in _about(row)]
    lines += ["", *(_difference(name, of, summary["variants"]) for name, of in summary["differences"].items())]
    return "\n".join([*lines, "", *summary["words"]])


def _dots(row):
    return " ".join(f"{100 * accuracy:.1f}" for accuracy in row["accuracies"].values()) or "none"


def _about(row):
    """Return what is said of a row below its dots."""
    if row["finished"] < row["seeds"]:
        yield f"{row['finished']} of {row['seeds']} runs finished"
    if row["learned"]:
        count, n, low, high = row["learned"]
        yield f"{count} of {n} learned ({100 * low:.0f} to {100 * high:.0f} %)"
    if row["test_accuracy"][0] is not None:
        yield f"mean {_interval(row['test_accuracy'], '{:.1f}')}"


def _interval(numbers, form):
    mean, low, high = (None if v is None else form.format(100 * v) for v in numbers)
    return mean if low is None else f"{mean} ({low} to {high})"


def _difference(name, of, rows):
    """Return one comparison as a line."""
    first, how = next(iter(rows)), ""
    if of["by"] == "counts":
        how = "by counts of those that learned"
    elif of["test_accuracy"][0] is not None:
        how = f"{_interval(of['test_accuracy'], '{:+.1f}')} points, {name} minus {first}"
    p = "" if of["p_of_all"] is None else f"{_p(of['p'])}, by Holm's rule {_p(of['p_of_all'])}"
    told = "; ".join(part for part in (how, p) if part)
    pairs = f"{of['pairs']} pair{'s' * (of['pairs'] != 1)}"
    if of["pairs"] < max(rows[first]["seeds"], rows[name]["seeds"]):
        pairs += ", of the seeds that both have"
    return f"{name} beside {first}, {pairs}: {of['verdict'].upper()}" + (f" ({told})" if told else "")


def _p(p):
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"
