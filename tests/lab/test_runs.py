"""The honest answer: statistics by value, pairs that are pairs, and runs that survive an interruption."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from senumpy.lab import (
    Interval,
    make_plan,
    mean_interval,
    run_seeds,
    summarise,
    train_variant,
)
from senumpy.lab import (
    plan as seed_plan,
)
from senumpy.lab import (
    runs as seed_runs,
)
from senumpy.lab.runs import check_variants
from senumpy.lab.statistics import in_words, t_975
from senumpy.training import RECIPES

PLAN = make_plan("digits", {"test_fraction": 0.8}, epochs=1, widths=(4, 4))


def fake_runs(accuracies):
    """Return runs from a dictionary of variant to accuracies, one for each seed."""
    return [
        {"variant": variant, "seed": seed, "test_accuracy": accuracy, "parameters": 10, "seconds": 1.0}
        for variant, values in accuracies.items()
        for seed, accuracy in enumerate(values)
    ]


def test_intervals_by_value():
    # For 4, 5, 6, 9: mean 6, std sqrt(14 / 3), and 3.182 is t for 3 degrees of freedom.
    mean, low, high = mean_interval([4, 5, 6, 9])
    half = 3.182 * np.sqrt(14 / 3) / 2
    assert (mean, low, high) == pytest.approx((6, 6 - half, 6 + half))
    assert mean_interval([2.5]).mean == 2.5 and np.isnan(mean_interval([2.5]).low)
    with pytest.raises(ValueError, match="at least one"):
        mean_interval([])


def test_the_t_values_go_on_smoothly_beyond_the_table():
    # Reference values of any table of Student's t.
    for degrees, expected in ((31, 2.0395), (40, 2.0211), (120, 1.9799), (1000, 1.9623)):
        assert t_975(degrees) == pytest.approx(expected, abs=2e-4)


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(3.0, 2.0, 5)) for _ in range(2000)]
    assert np.mean([low <= 3.0 <= high for _, low, high in intervals]) == pytest.approx(0.95, abs=0.015)


def test_pairing_by_seed_sees_what_the_means_hide():
    base = np.array([0.5, 0.7, 0.9, 0.6])
    summary = summarise(fake_runs({"plain": base, "se": base + [0.010, 0.012, 0.011, 0.009]}), ["plain", "se"])
    mean, low, high = summary["differences"]["se"]["test_accuracy"]
    assert mean == pytest.approx(0.0105) and low > 0.008 and high < 0.013
    plain, se = (summary["variants"][v]["test_accuracy"] for v in ("plain", "se"))
    assert plain[2] > se[0]  # the two intervals overlap widely all the same
    assert "se is more accurate than plain, by 1.1 percentage points" in " ".join(summary["words"])


def test_only_seeds_that_both_have_make_pairs():
    summary = summarise(fake_runs({"plain": [0.5, 0.6, 0.7], "se": [0.6, 0.7]}), ["plain", "se"])
    assert summary["differences"]["se"]["pairs"] == 2


@pytest.mark.parametrize(
    ("interval", "seeds", "words"),
    [
        (Interval(0.02, 0.01, 0.03), 5, "more accurate than plain, by 2.0"),
        (Interval(-0.02, -0.03, -0.01), 5, "less accurate than plain, by 2.0"),
        (Interval(0.02, -0.01, 0.05), 5, "No difference seen"),
        (Interval(0.02, float("nan"), float("nan")), 1, "One seed allows no conclusion"),
    ],
)
def test_the_words_say_no_more_than_the_numbers(interval, seeds, words):
    assert words in in_words(interval, "se", "plain", seeds)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    task = PLAN.make_task()
    one, two, other = (train_variant(PLAN, task, "se", seed)[0] for seed in (3, 3, 4))
    for name, p in one.params.items():
        np.testing.assert_array_equal(p, two.params[name])
    assert abs(one.params["conv1.weight"] - other.params["conv1.weight"]).max() > 0.01


def test_a_pair_starts_from_the_same_weights_and_sees_the_same_batches(monkeypatch):
    seeds = []
    monkeypatch.setattr(seed_plan, "train_by_recipe", lambda *args, seed, **settings: seeds.append(seed))
    plain, se = (train_variant(PLAN, PLAN.make_task(), variant, 3)[0] for variant in ("plain", "se-r2"))
    for name, p in plain.params.items():
        np.testing.assert_array_equal(p, se.params[name])
    assert seeds == [3, 3] and len(se.params) > len(plain.params)


def test_runs_are_kept_and_not_repeated(tmp_path, monkeypatch):
    path = tmp_path / "folder" / "runs.json"
    told = []
    first = run_seeds(PLAN, ["plain", "se"], range(2), path, on_run=lambda run, is_new: told.append(is_new))
    assert told == [True] * 4 and len(first["runs"]) == 4
    assert json.loads(path.read_text(encoding="utf-8"))["runs"] == first["runs"]
    count = []
    real = seed_runs.train_variant
    monkeypatch.setattr(seed_runs, "train_variant", lambda *a, **k: count.append(a[2:4]) or real(*a, **k))
    again = run_seeds(PLAN, ["plain", "se", "se-r4"], range(2), path)
    assert count == [("se-r4", 0), ("se-r4", 1)]
    assert [run for run in again["runs"] if run["variant"] != "se-r4"] == first["runs"]
    assert again["summary"]["variants"]["se"]["parameters"] > again["summary"]["variants"]["plain"]["parameters"]


def test_an_interruption_loses_at_most_one_run(tmp_path, monkeypatch):
    path = tmp_path / "runs.json"
    history = SimpleNamespace(epochs=[SimpleNamespace(test_accuracy=0.5, test_loss=1.0, accuracy=0.5, seconds=1.0)])
    model = SimpleNamespace(count_parameters=lambda: 10)

    def stop_at_seed_1(plan, task, variant, seed):
        if seed == 1:
            raise KeyboardInterrupt
        return model, history

    monkeypatch.setattr(seed_runs, "train_variant", stop_at_seed_1)
    with pytest.raises(KeyboardInterrupt):
        run_seeds(PLAN, ["plain", "se"], range(3), path)
    record = json.loads(path.read_text(encoding="utf-8"))
    assert [(run["variant"], run["seed"]) for run in record["runs"]] == [("plain", 0), ("se", 0)]
    assert [p.name for p in tmp_path.iterdir()] == ["runs.json"]


def test_another_plan_or_another_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "runs.json"
    run_seeds(PLAN, ["plain"], np.arange(1), path)
    before = path.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="lr is 0.2 there, 0.01 here"):
        run_seeds(make_plan("digits", {"test_fraction": 0.8}, epochs=1, widths=(4, 4), lr=0.01), ["plain"], [0], path)
    assert path.read_text(encoding="utf-8") == before
    others = ("not json", "[1]", '{"runs": [{}]}', '{"plan": null, "runs": []}')
    damaged = [before.replace(f'"{name}": ', f'"{name}": null, "was": ') for name in ("seconds", "test_accuracy")]
    for content in (*others, *damaged):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ValueError, match="not a record"):
            run_seeds(PLAN, ["plain"], [0], path)


def test_plans_take_the_recipes_settings_and_refuse_nonsense():
    plan = make_plan("cued-digits", epochs=None, lr=0.1)
    assert (plan.epochs, plan.lr) == (RECIPES["cued-digits"].epochs, 0.1)
    for arguments, message in (
        ({"data": "dogs"}, "no task 'dogs'"),
        ({"data": "digits", "epochs": 0}, "epochs must be an integer of at least 1, got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            make_plan(**arguments)
    with pytest.raises(ValueError, match="cannot be made"):
        make_plan("digits", {"colour": "red"}).make_task()


@pytest.mark.parametrize(
    ("variants", "message"),
    [(["se", "se"], "each variant once"), (["see"], "a variant is"), (["se-r"], "a variant is"),
     (["se-r0"], "a variant is"), (["se-r5"], "at most the smallest width")],
)  # fmt: skip
def test_variants_that_make_no_sense_are_refused(variants, message):
    with pytest.raises(ValueError, match=message):
        check_variants(variants, PLAN)
