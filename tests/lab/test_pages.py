"""What pages say about the lab's runs is what the stored runs say."""

import json
from pathlib import Path

import pytest
from lab.results_page import PAGE, REPORTS, beside, build_page, hours

from senumpy.lab import RESULTS, mean_interval

HOME = Path(__file__).parents[2]


def test_the_table_of_results_has_every_row_of_every_report_and_no_others():
    page = PAGE.read_text(encoding="utf-8")
    assert page == build_page(page), "python tests/lab/results_page.py writes it anew"
    assert build_page(page.replace(page[page.index("###") : page.rindex("|")], "### a\n\n|")) == page


def summary(question, task="cued-digits", how="12-epochs-rate-0.2", model="tiny-cnn"):
    return REPORTS[f"{question}-{model}-{task}-{how}"]["summary"]


def of(variant, question, *where, **there):
    return summary(question, *where, **there)["variants"][variant]


def learned(variant, question, **where):
    return "{} of {}".format(*of(variant, question, **where)["learned"])


def spread(variant, question, **where):
    accuracies = [100 * accuracy for accuracy in of(variant, question, **where)["accuracies"].values()]
    return f"{min(accuracies):.1f} to {max(accuracies):.1f} %"


def ends(of):
    return min(of["accuracies"].values()), max(of["accuracies"].values())


def verdict(variant, question, *where, **there):
    return summary(question, *where, **there)["differences"][variant]["verdict"]


def minus_se(variant, question, task, how="10-epochs-rate-0.2", **there):
    return beside(summary(question, task, how, **there)["differences"][variant])


def searched(model, lr):
    """Return how many runs of the search for a recipe, of 12 epochs at this rate, learned."""
    paths = RESULTS.glob(f"runs/{model}-cued-digits-se-1*.json")
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    settings = {"part": "validation", "epochs": 12, "lr": lr}
    found = [run["test_accuracy"] > 0.8 for run in runs if settings.items() <= run["settings"].items()]
    return f"{sum(found)} of {len(found)}"


def trained_without_se():
    """Return the lowest training accuracy of the plain runs of 60 epochs."""
    return min(plain["train_accuracy"] for _, plain in pairs("cued-digits", LONG))


def lowest_trained_of_resnet_8():
    """Return the lowest training accuracy of ResNet-8 without SE, rounded down to three places."""
    runs = REPORTS["capacity-resnet8-cued-digits-36-epochs-rate-0.1"]["runs"]
    return int(1000 * min(run["train_accuracy"] for run in runs if run["variant"] != "se")) / 1000


def points(variant, question, **where):
    """Return the ends of the interval of a difference, in points."""
    return "{:.1f} to {:.1f}".format(
        *(100 * end for end in summary(question, **where)["differences"][variant]["test_accuracy"][1:])
    )


def differences(first, second, seeds, task, how="10-epochs-rate-0.2"):
    """Return the mean difference of some seeds and its interval, in points."""
    a, b = (of(variant, "se", task, how)["accuracies"] for variant in (first, second))
    return mean_interval([100 * (a[str(seed)] - b[str(seed)]) for seed in seeds])


def pairs(task, how):
    """Return (run with SE, run without it) for each seed."""
    runs = REPORTS[f"se-tiny-cnn-{task}-{how}"]["runs"]
    se, plain = ({run["seed"]: run for run in runs if run["variant"] == name} for name in ("se", "plain"))
    return [(se[seed], plain[seed]) for seed in sorted(se)]


FAILED = [("plain", "product"), ("plain-wide", "capacity"), ("fixed", "product"), ("sum", "product"),
        ("no-squeeze", "no-squeeze")]  # fmt: skip
LONGER = "24-epochs-rate-0.05"
RATES = ("0.1", "0.05")
AT_OTHER_RATES = [("se", "product"), ("sum", "product"), ("fixed", "product"), ("no-squeeze", "no-squeeze"),
                  ("relu", "gate"), ("tanh", "gate"), ("max", "squeeze"), ("se", "squeeze")]  # fmt: skip
PREDICTIONS, CHAPTER = "senumpy/lab/predictions.md", "notebooks/06_when_channel_attention_matters.ipynb"
PHOTOS, COLOUR_CAST = ("photos", "photos-variantlight", "photos-variantpermuted"), "photos-variantcast"
EQUAL_STEPS = {"task": "cued-digits-n_train1000", "how": "48-epochs-rate-0.2"}
LONG = "60-epochs-rate-0.2"
RESNET_8 = {"model": "resnet8", "task": "cued-digits", "how": "36-epochs-rate-0.1"}
RESNET_20 = {"model": "resnet20", "task": "cued-digits", "how": "12-epochs-rate-0.1"}
CLAIMS = {
    CHAPTER: lambda: [
        "reads {:.3f} to {:.3f} on the test pictures".format(*ends(of("plain", "se", how=LONG))),
        f"**inside**: half a point *better* ({points('inside', 'position', **RESNET_8)})",
        {"20 of 20": "All twenty did."}[learned("se", "se")],
        f"the interval of the share, too, begins as low as {100 * of('se', 'se')['learned'][2]:.0f} %",
        "{} and {} may be luck".format(*(learned(v, "squeeze", how="12-epochs-rate-0.05") for v in ("max", "se"))),
        "maximum from {:.3f} to {:.3f}".format(*ends(of("max", "squeeze", how=LONGER))),
        "mean from {:.3f} to {:.3f}".format(*ends(of("se", "squeeze", how=LONGER))),
        *(f"| {se['seed']} | {se['train_accuracy']:.3f} | {se['test_accuracy']:.3f} | {plain['train_accuracy']:.3f} | "
          f"{plain['test_accuracy']:.3f} |" for se, plain in pairs(**EQUAL_STEPS)),
        f"none above {max(of('max', 'squeeze')['accuracies'].values()):.2f}.",
        {("3 of 3", "0 of 3", "0 of 3", "5 of 5", "0 of 5", "0 of 5"): "With SE all eight learned, without it none"}[
            tuple(learned(v, "capacity", **net) for net in (RESNET_20, RESNET_8) for v in ("se", "plain", "plain-wide"))
        ],
        "two read {:.2f} and {:.2f}".format(*sorted(of("r4", "ratio")["accuracies"].values())[:2]),
        {"0 of 10": "with these budgets the plain networks do not find the product"}[max(learned(*v) for v in FAILED)],
    ],
    PREDICTIONS: lambda: [
        f"**The paper's block**: {learned('se', 'se')} learned, {spread('se', 'se')}",
        f"**Plain**: {learned('plain', 'se')}, {spread('plain', 'se')}",
        f"**Maximum**: {learned('max', 'squeeze')}, {spread('max', 'squeeze')}",
        f"{learned('sum', 'product')} each, {spread('sum', 'product')} and {spread('fixed', 'product')}",
        f"**No squeeze**: {learned('no-squeeze', 'no-squeeze')}, {spread('no-squeeze', 'no-squeeze')}",
        f"as many parameters**: {learned('plain-wide', 'capacity')}, {spread('plain-wide', 'capacity')}",
        f"a fourth stage**: {learned('plain-deep', 'capacity')}, {spread('plain-deep', 'capacity')}",
        f"**tanh**: {learned('tanh', 'gate')} learned, {spread('tanh', 'gate')}",
        f"**ReLU**: {learned('relu', 'gate')}, {spread('relu', 'gate')}",
        f"with SE {learned('se', 'se', **EQUAL_STEPS)} learned, {spread('se', 'se', **EQUAL_STEPS)}; plain "
        f"{learned('plain', 'se', **EQUAL_STEPS)}, {spread('plain', 'se', **EQUAL_STEPS)}",
        f"**Bias**: {learned('bias', 'bias')}, {spread('bias', 'bias')}: {verdict('bias', 'bias')}",
        *(f"r = {r} {learned(f'r{r}', 'ratio')}" for r in (4, 8)),
        *(f"{spread(f'r{r}', 'ratio')}" for r in (4, 8)),
        f"in the first stage, {learned('r16', 'ratio')}, {spread('r16', 'ratio')}: {verdict('r16', 'ratio')}",
        *(f"{learned(v, 'squeeze', how=LONGER)}, {spread(v, 'squeeze', how=LONGER)}" for v in ("se", "max")),
        minus_se("max", "squeeze", "photos-variantlight"),
        *(minus_se(f"r{r}", "ratio", "photos-variantlight") for r in (4, 8, 16)),
        *(minus_se(gate, "gate", "photos-variantlight") for gate in ("tanh", "hard-sigmoid", "relu")),
        *("{}, {}".format(learned(*v, how=f"12-epochs-rate-{rate}"), spread(*v, how=f"12-epochs-rate-{rate}"))
          for rate in RATES for v in AT_OTHER_RATES),
        *(f"{learned(f'stage{n}', 'stages')}, {spread(f'stage{n}', 'stages')}" for n in (1, 2, 3)),
        *(minus_se("plain", "se", task) for task in PHOTOS),
        "SE was {:.1f} points lower ({:.1f} to {:.1f})".format(*differences("plain", "se", range(10), COLOUR_CAST)),
        "{:.1f} points higher ({:+.1f} to {:+.1f})".format(*differences("se", "plain", range(10, 20), COLOUR_CAST)),
        *("{} and {}".format(*(learned(name, "se", task=f"cued-digits-{task}") for name in ("se", "plain")))
          for task in ("stripe_rows1", "digit_rows5-5", "n_train1000")),
        f"(nothing was predicted): {learned('hard-sigmoid', 'gate')}, {spread('hard-sigmoid', 'gate')}",
        f"SE {learned('se', 'se', how=LONG)} learned, {spread('se', 'se', how=LONG)}; plain "
        f"{learned('plain', 'se', how=LONG)}, {spread('plain', 'se', how=LONG)}, with {trained_without_se():.3f} in",
        *(f"{place}: {minus_se(place, 'position', **RESNET_8)}" for place in ("pre", "post", "identity", "inside")),
        f"{learned('plain', 'capacity', **RESNET_8)} each, {spread('plain', 'capacity', **RESNET_8)} and "
        f"{spread('plain-wide', 'capacity', **RESNET_8)}",
        f"with {lowest_trained_of_resnet_8():.3f} or more in training",
        f"**With SE**: {learned('se', 'capacity', **RESNET_20)} learned, {spread('se', 'capacity', **RESNET_20)}",
        f"{learned('plain', 'capacity', **RESNET_20)} each, {spread('plain', 'capacity', **RESNET_20)} and "
        f"{spread('plain-wide', 'capacity', **RESNET_20)}",
    ],
    "senumpy/lab/results/README.md": lambda: [
        "The {:,} runs took {:.1f} hours".format(*hours()),
        f"gave up after {searched('resnet20', 0.2)} had learned, at 0.1 {searched('resnet20', 0.1)} had, one short",
        f"{searched('tiny-cnn', 0.2)} learned (and {searched('tiny-cnn', 0.1)} at 0.1",
        {"20 of 20": "On all of them, as the lab trains, 20 of 20 seeds learned"}[learned("se", "se")],
    ],
    "README.md": lambda: [
        f"{learned('se', 'se')} with SE that learned the task and {learned('plain', 'se')} without",
        *(f"{learned(*variant)} each for a wider network, gates that are" for variant in FAILED),
        f"{learned('se', 'gate')} runs learned with a sigmoid, {learned('tanh', 'gate')} with tanh, "
        f"{learned('relu', 'gate')} with a ReLU",
        {"5 of 5": "but learns at a quarter of the rate in twice the epochs"}[learned("max", "squeeze", how=LONGER)],
        *({"no difference seen": "On photographs no gain was seen."}[verdict("plain", "se", task, "10-epochs-rate-0.2")]
          for task in (*PHOTOS, COLOUR_CAST)),
        f"a fourth stage without SE gets part of the way ({spread('plain-deep', 'capacity')})",
        f"({learned('plain', 'capacity', **RESNET_20)} runs, with SE {learned('se', 'capacity', **RESNET_20)})",
    ],
}  # fmt: skip


@pytest.mark.parametrize("page", CLAIMS)
def test_a_page_says_what_the_runs_say(page):
    text = (HOME / page).read_text(encoding="utf-8")
    if page.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    words = " ".join(text.replace("*", "").split())
    claims = CLAIMS[page]()
    assert claims and [claim for claim in claims if claim.replace("*", "") not in words] == []
