"""The table in the page of the lab's results. ``python tests/lab/results_page.py`` writes it anew from the reports."""

import itertools
import json
import re

from senumpy.files.whole import write_whole
from senumpy.lab import QUESTIONS, RESULTS
from senumpy.lab.settings import MODELS, task_text

PAGE = RESULTS / "README.md"
HEAD = (
    "| question | variant | learned | from the worst to the best | beside the standard block |",
    "|:--|:--|:--|:--|:--|",
)
REPORTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}
REPORTS = {name: report for name, report in REPORTS.items() if "question" in report}  # the others are recipes


def build_page(page):
    """Return the page with the table and the hours of the reports and runs that are there."""
    before, after = page[: page.index("### ")], page[page.rindex("|\n") + 2 :]
    before = re.sub(r"[\d,]+( runs\s+took )[\d.]+", r"{:,}\g<1>{:.1f}".format(*hours()), before)
    lines = []
    reports = sorted(REPORTS.items(), key=lambda item: _order(item[1]))
    for above, some in itertools.groupby(reports, key=lambda item: _heading(item[1])):
        lines += [above, "", *HEAD, *(row for name, report in some for row in _rows(name, report)), ""]
    return before + "\n".join(lines) + after


def _heading(report):
    """Return the heading over the rows of all reports with this network, task and recipe."""
    plan = report["plan"]
    return "### {model}, {}, {epochs} epochs, rate {lr}".format(task_text(plan["data"], plan["options"]), **plan)


def beside(difference):
    """Return what the table says of a comparison with the standard block."""
    if difference is None:
        return ""
    mean, low, high = difference["test_accuracy"]
    points = "" if mean is None else f", {100 * mean:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"
    return difference["verdict"] + points


def hours():
    """Return how many runs are stored, and the hours of all of them together."""
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in (RESULTS / "runs").glob("*.json")]
    return len(runs), sum(run["seconds"] or 0 for run in runs) / 3600


def _order(report):
    plan = report["plan"]
    task = task_text(plan["data"], plan["options"])
    question = list(QUESTIONS).index(report["question"])
    return list(MODELS).index(plan["model"]), task, plan["epochs"], -plan["lr"], question


def _rows(name, report):
    for variant, of in report["summary"]["variants"].items():
        accuracies = [100 * accuracy for accuracy in of["accuracies"].values()]
        learned = "{} of {}".format(*of["learned"]) if of["learned"] else ""
        yield (
            f"| [{report['question']}]({name}.json) | {variant} | {learned} | {min(accuracies):.1f} to "
            f"{max(accuracies):.1f} % | {beside(report['summary']['differences'].get(variant))} |"
        )


if __name__ == "__main__":
    write_whole(PAGE, build_page(PAGE.read_text(encoding="utf-8")))
