"""The verdicts: by value, at every edge of the rule, and no oftener wrong than they promise."""

import json
import math

import numpy as np
import pytest
from lab.small import run, runs

from senumpy.lab import mean_interval, share_interval, summarise
from senumpy.lab.counts import fisher_p
from senumpy.lab.many import holm, paired_p, t_p
from senumpy.lab.questions import QUESTIONS
from senumpy.lab.rule import rule
from senumpy.lab.statistics import t_975
from senumpy.lab.summary import CAVEAT

LEARNED, STUCK = [0.95, 0.96, 0.94, 0.97, 0.95], [0.30, 0.31, 0.29, 0.33, 0.30]


def verdict(se, other, *, above=0.8, papers=None):
    found = summarise(runs({"se": se, "other": other}), ["se", "other"], learned_above=above, papers=papers)
    json.dumps(found, allow_nan=False)
    return found["differences"]["other"]["verdict"]


@pytest.mark.parametrize(
    ("ours", "papers", "wanted"),
    [
        (STUCK, {"se": 22.28, "other": 23.30}, "same direction as the paper"),
        (STUCK, {"se": 22.28, "other": 22.00}, "the other way"),
        (STUCK, {"se": 22.28, "other": 22.35}, "worse"),
        (STUCK, {"se": 22.28}, "worse"),
        (STUCK, None, "worse"),
        (LEARNED, {"se": 22.28, "other": 23.30}, "no difference seen"),
        (STUCK[:4], {"se": 22.28, "other": 23.30}, "too few"),
    ],
)
def test_verdicts_where_runs_learn_or_get_stuck(ours, papers, wanted):
    assert verdict(LEARNED, ours, papers=papers) == wanted


def test_better_than_the_standard_block():
    assert verdict(STUCK, LEARNED) == "better than the standard block"
    assert verdict(STUCK, LEARNED, papers={"se": 22.28, "other": 22.00}) == "same direction as the paper"


def test_small_differences_of_pairs_are_seen_where_counts_see_none():
    base = np.array([0.90, 0.92, 0.88, 0.91, 0.93])
    shifted = base - [0.010, 0.012, 0.011, 0.009, 0.010]
    for above in (None, 0.8, 0.95):  # no line, all learned, none did
        found = summarise(runs({"se": base, "b": shifted}), ["se", "b"], learned_above=above)["differences"]["b"]
        assert (found["by"], found["verdict"]) == ("differences", "worse")
        assert found["test_accuracy"] == pytest.approx(mean_interval(shifted - base))


def test_a_mixture_has_counts_with_an_interval_and_no_mean():
    accuracies = {"se": [0.96, 0.68, 0.95, 0.97, 0.96], "plain": STUCK}
    summary = summarise(runs(accuracies), ["se", "plain"], learned_above=0.8)
    row = summary["variants"]["se"]
    assert row["test_accuracy"] == [None] * 3 and row["learned"][:2] == [4, 5]
    assert list(row["accuracies"].values()) == accuracies["se"]
    assert summary["variants"]["plain"]["test_accuracy"] == pytest.approx(mean_interval(STUCK))
    assert summary["differences"]["plain"]["test_accuracy"] == [None] * 3
    assert summary["differences"]["plain"]["p"] == pytest.approx(fisher_p(0, 5, 4, 5))


def test_the_interval_of_a_share_is_wilsons():
    for count, n in ((0, 5), (5, 5), (9, 10), (3, 7)):
        _, _, low, high = share_interval(count, n)
        assert 0 <= low <= count / n <= high <= 1
        for p in {low, high} - {0.0, 1.0}:  # the ends solve |p - count / n| = z sqrt(p (1 - p) / n)
            assert abs(p - count / n) == pytest.approx(1.959964 * math.sqrt(p * (1 - p) / n))


def test_fishers_test_by_counting_every_deal():
    from itertools import combinations

    for a, n, b, m in ((5, 5, 0, 5), (4, 5, 1, 5), (3, 4, 2, 6), (0, 3, 3, 3)):
        balls = [1] * (a + b) + [0] * (n + m - a - b)
        deals = [sum(balls[i] for i in deal) for deal in combinations(range(n + m), n)]
        ways = {count: deals.count(count) for count in set(deals)}
        wanted = sum(w for w in ways.values() if w <= ways[a]) / len(deals)
        assert fisher_p(a, n, b, m) == pytest.approx(wanted)


def test_p_of_t_belongs_to_the_table_of_t():
    for degrees in (1, 2, 3, 4, 5, 9, 10, 19, 30):
        assert t_p(t_975(degrees), degrees) == pytest.approx(0.05, abs=1e-4)
        assert t_p(-t_975(degrees), degrees) == t_p(t_975(degrees), degrees)
    assert t_p(0.0, 4) == 1.0


def test_equal_differences_are_no_certainty():
    summary = summarise(runs({"se": [0.5] * 5, "b": [0.51] * 5}), ["se", "b"])
    assert summary["differences"]["b"]["p"] == 2 / 2**5  # five coins: it cannot get below, and 0.05 is below
    assert summary["differences"]["b"]["verdict"] == "no difference seen"
    assert "all differences are equal" in " ".join(summary["words"])
    assert paired_p([0.01] * 10) == 2 / 2**10
    assert verdict([1.0] * 5, [1.0] * 5) == verdict([1.0] * 5, [1.0] * 5, above=None) == "no difference seen"


def test_so_much_can_be_seen():
    """The table in docs/lab.md: in how many runs a variant may learn where the standard block learns in all."""
    for seeds, alone, several in ((5, 1, 0), (10, 5, 4)):
        for comparisons, most in ((1, alone), (2, several), (4, several)):
            assert (
                comparisons * fisher_p(most, seeds, seeds, seeds)
                < 0.05
                < comparisons * fisher_p(most + 1, seeds, seeds, seeds)
            )


def test_holm_by_hand():
    assert holm([0.01, 0.02, 0.03, 0.005]) == pytest.approx([0.03, 0.04, 0.04, 0.02])
    assert holm([0.5]) == [0.5] and holm([]) == [] and max(holm([0.9, 0.8])) == 1.0
    assert holm([0.02, 0.01], 4) == pytest.approx([0.06, 0.04]), "two more were asked, and not made"


def test_who_leaves_variants_out_sees_no_more_in_the_others():
    some = runs({"se": [0.90, 0.92, 0.88, 0.91, 0.93], "a": [0.88, 0.915, 0.86, 0.905, 0.905]})
    alone, of_three = (summarise(some, names) for names in (["se", "a"], ["se", "a", "b", "c"]))
    assert alone["differences"]["a"]["verdict"] == "worse"
    assert of_three["differences"]["a"]["p_of_all"] == 3 * alone["differences"]["a"]["p"]
    assert of_three["differences"]["a"]["verdict"] == "no difference seen"
    assert "These are 3 comparisons, of which 1 can be made here" in of_three["words"][-2]
    assert "the standard block" not in str(summarise(some, ["b", "se", "a"])["differences"])


def test_looking_again_while_seeds_are_added_is_looking_too_often():
    """The rule promises 5 of 100 for a number of seeds that was chosen beforehand."""
    rng = np.random.default_rng(0)
    seen_once = seen = 0
    for _ in range(500):
        d = rng.normal(size=20)
        looks = [paired_p(d[:n]) < 0.05 for n in (5, 10, 15, 20)]
        seen_once, seen = seen_once + looks[-1], seen + any(looks)
    assert seen_once / 500 < 0.08 and 0.1 < seen / 500 < 0.17


@pytest.mark.parametrize("kind", ["bell", "mixture"])
def test_twelve_variants_that_change_nothing_seldom_seem_to(kind):
    """Without Holm's rule 46 of 100 such labs would see something; promised are at most 5, and 400 labs scatter."""
    rng = np.random.default_rng(0)
    names = ["se", *(f"v{i}" for i in range(12))]
    alone = wrong = 0
    for _ in range(400):
        draws = rng.normal(0.9, 0.02, (13, 5)) if kind == "bell" else rng.choice([0.95, 0.3], (13, 5), p=[0.7, 0.3])
        found = summarise(
            runs(dict(zip(names, draws.tolist(), strict=True))), names, learned_above=None if kind == "bell" else 0.8
        )["differences"].values()
        alone += any(of["p"] < 0.05 for of in found)
        wrong += any(of["verdict"] != "no difference seen" for of in found)
    assert wrong / 400 <= 0.07
    assert kind == "mixture" or alone / 400 > 0.25, "without the correction it would be often"


def test_a_run_that_diverged_is_named_and_counts_as_not_learned():
    diverged = run("se", 2, None, state="diverged", reason="the loss\nis not finite")
    some = [run("se", seed, 0.95) for seed in (0, 1, 3, 4)] + [diverged] + runs({"plain": STUCK})
    counted = summarise(some, ["se", "plain"], learned_above=0.8)
    assert counted["variants"]["se"]["learned"][:2] == [4, 5] and counted["variants"]["se"]["finished"] == 4
    assert counted["differences"]["plain"]["pairs"] == 5
    assert "se, seed 2: diverged: the loss is not finite" in " ".join(counted["words"])
    averaged = summarise(some, ["se", "plain"])
    assert averaged["variants"]["se"]["test_accuracy"] == [None] * 3
    assert averaged["differences"]["plain"]["verdict"] == "not comparable"


def test_a_run_that_was_killed_says_nothing_of_the_network_and_its_pair_is_missing():
    killed = run("se", 2, None, state="killed", reason="worker killed (signal 9, SIGKILL)")
    some = [run("se", seed, 0.95) for seed in (0, 1, 3, 4, 5)] + [killed] + runs({"plain": [*STUCK, 0.3]})
    found = summarise(some, ["se", "plain"], learned_above=0.8)
    assert found["variants"]["se"]["learned"][:2] == [5, 5] and found["variants"]["se"]["finished"] == 5
    assert found["differences"]["plain"]["pairs"] == 5 and "signal 9" in " ".join(found["words"])


def test_pairs_or_nothing():
    found = summarise(runs({"se": LEARNED, "b": [0.3]}), ["se", "b"], learned_above=0.8)
    assert found["differences"]["b"]["verdict"] == "too few" and found["differences"]["b"]["p"] is None
    assert "no verdict: b (1)" in " ".join(found["words"])


def test_how_many_comparisons_is_said():
    words = summarise(runs({name: LEARNED for name in "abcd"}), list("abcd"))["words"]
    assert "These are 3 comparisons" in words[-2] and "in about 14 of 100" in words[-2] and words[-1] == CAVEAT
    assert "comparisons" not in " ".join(summarise(runs({name: LEARNED for name in "ab"}), ["a", "b"])["words"])


def test_the_rule_is_printed_with_its_numbers():
    assert "above 80 %" in rule(0.8) and "this task has none" in rule(None) and "Fewer than 5 pairs" in rule(0.8)


def test_the_papers_numbers():
    """From tables 10 to 16 of the paper; the standard block stands in each of them."""
    assert QUESTIONS["gate"].papers() == {"se": 22.28, "tanh": 23.00, "relu": 23.47}
    assert QUESTIONS["ratio"].papers() == {"se": 22.29, "r4": 22.25, "r8": 22.26, "r16": 22.28, "plain": 23.30}
    assert QUESTIONS["position"].papers() == {
        "se": 22.28, "pre": 22.23, "post": 22.78, "identity": 22.20, "inside": 22.48,
    }  # fmt: skip
    assert [of.table for of in QUESTIONS.values()] == [10, 10, 11, 12, None, 13, 14, 16, None, None]
