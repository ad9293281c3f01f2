"""A record comes from a file, and a file from anywhere: what is not a run is named before anything is trained."""

import json

import pytest

from senumpy.lab import make_plan, run_seeds
from senumpy.lab import runs as seed_runs
from senumpy.lab.record import check_runs

PLAN = make_plan("digits", {"test_fraction": 0.8}, epochs=1, widths=(4, 4))
RUN = {"variant": "se", "seed": 0, "test_accuracy": 0.5, "test_loss": 1.0, "train_accuracy": 0.5, "parameters": 10,
       "seconds": 1.0}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("test_accuracy", v) for v in ("0.5", 5.0, -1, True, None, float("nan"), float("inf"), [0.5], 10**400)),
        *(("train_accuracy", v) for v in ("0.5", 1.5, None)),
        *(("test_loss", v) for v in ("1", float("nan"), float("inf"))),
        *(("seed", v) for v in ("0", None, -1, 0.0, True, [])),
        *(("variant", v) for v in (None, 1, "foo", "", ["se"], {})),
        *(("parameters", v) for v in ("10", 0, 1.5, None, True)),
        *(("seconds", v) for v in ("1.0", -1, None, float("inf"), 10**400)),
    ],
)
def test_a_run_that_is_none_is_named_and_nothing_is_trained(field, value, tmp_path, monkeypatch):
    def train(*arguments, **options):
        raise AssertionError("trained")

    monkeypatch.setattr(seed_runs, "train_variant", train)
    path = tmp_path / "runs.json"
    text = json.dumps({"plan": PLAN.to_dict(), "runs": [{**RUN, "seed": 9}, {**RUN, field: value}]})
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"not a record of seeds \(run 2: .*variant" if field == "variant" else field):
        run_seeds(PLAN, ["plain", "se"], [0], path)
    assert path.read_text(encoding="utf-8") == text and len(list(tmp_path.iterdir())) == 1


def test_two_numbers_for_one_run_are_refused():
    with pytest.raises(ValueError, match="run 3: variant se with seed 0 is there twice"):
        check_runs([RUN, {**RUN, "seed": 1}, {**RUN, "test_accuracy": 0.9}])


@pytest.mark.parametrize("runs", [None, {}, "se", [1], [[]], [None]])
def test_other_shapes_are_refused(runs):
    with pytest.raises(ValueError, match="runs must be a list|run 1 must have names"):
        check_runs(runs)


def test_brackets_without_end_are_no_record(tmp_path):
    path = tmp_path / "runs.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ValueError, match="not a record"):
        run_seeds(PLAN, ["plain"], [0], path)


def test_right_runs_are_kept_as_they_are():
    runs = [RUN, {**RUN, "variant": "plain", "test_accuracy": 1, "test_loss": 0}]
    assert check_runs(runs) == {("se", 0): runs[0], ("plain", 0): runs[1]}
