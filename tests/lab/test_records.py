"""A run is known by its settings and its code: what differs in either is another run, and what is damaged is named."""

import json
import shutil
from dataclasses import replace

import pytest
from lab.small import RECIPE, study

from senumpy.lab import identity, records
from senumpy.lab.identity import PACKAGE, code_of, digest, source_files, source_hash
from senumpy.lab.one_run import train_one
from senumpy.lab.study import end_of_report, found_of, make_report, of_other_code, write_report
from senumpy.lab.table import as_text

MADE_BY = identity.identity()


def train_here(wanted):
    """Train runs in this process, without workers."""
    for path, settings in wanted:
        records.write_record(path, {"settings": settings, "made_by": MADE_BY, **train_one(settings)})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    one = study(tmp_path_factory.mktemp("lab"))
    train_here(one.wanted(range(2)))
    return one


def test_the_same_settings_are_the_same_run_whatever_was_asked(tmp_path):
    gate, bias = (dict(study(tmp_path, question).wanted([0, 1])) for question in ("gate", "bias"))
    assert len(gate.keys() & bias.keys()) == 2  # the standard block of both seeds
    assert len(gate) == 8 and len(bias) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": {**RECIPE, "epochs": 2}}, {"recipe": {**RECIPE, "lr": 0.1}},
        {"recipe": {**RECIPE, "batch_size": 16}},
        {"options": {"test_fraction": 0.8}}, {"task": "photos", "options": {}}, {"model": "resnet8"},
    ],
)  # fmt: skip
def test_other_settings_are_other_runs(tmp_path, change):
    assert not dict(study(tmp_path).wanted([0])).keys() & dict(study(tmp_path, **change).wanted([0])).keys()


@pytest.mark.parametrize("change", [{"source": "0" * 16}, {"numpy": "1.0"}])
def test_other_code_or_another_numpy_makes_other_runs_which_are_left_alone(trained, monkeypatch, change):
    assert len(found_of(trained, code_of(MADE_BY))[0]) == 4 and of_other_code(trained) == set()
    other = {**MADE_BY, **change}
    monkeypatch.setattr("senumpy.lab.study.identity", lambda: other)
    assert of_other_code(trained) == {path.name for path in records.run_files(trained.folder)}
    with pytest.raises(ValueError, match="no run of this question"):
        found_of(trained, code_of(other))


def test_another_processor_is_written_down_and_no_more():
    settings = {"seed": 0}
    assert digest(settings, MADE_BY) == digest(settings, {**MADE_BY, "processor": "another", "python": "3.99"})


def test_the_hash_covers_every_letter_of_what_trains_and_nothing_of_results(tmp_path):
    copy = tmp_path / "senumpy"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "results"))
    before = source_hash(copy)
    assert before == source_hash()
    for name in ("ops/se.py", "data/cued_digits.py", "layers/se.py", "lab/one_run.py"):
        assert copy / name in source_files(copy)
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_text(text + "#", encoding="utf-8")
        assert source_hash(copy) != before, name
        (copy / name).write_text(text, encoding="utf-8")
    (copy / "lab" / "results").mkdir()
    (copy / "lab" / "results" / "a.json").write_text("{}", encoding="utf-8")
    (copy / "pictures" / "runs.py").write_text("", encoding="utf-8")
    assert source_hash(copy) == before


def test_line_endings_of_windows_are_the_same_source(tmp_path):
    copy = tmp_path / "senumpy"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "results"))
    path = copy / "finite.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert source_hash(copy) == source_hash()


def test_a_run_is_judged_by_its_last_epoch(tmp_path, monkeypatch):
    from types import SimpleNamespace

    epochs = [SimpleNamespace(test_accuracy=a, test_loss=1.0, accuracy=0.5) for a in (0.2, 0.9, 0.5)]
    trainer = SimpleNamespace(history=SimpleNamespace(epochs=epochs, loss=[1.0]))
    model = SimpleNamespace(count_parameters=lambda: 10)
    monkeypatch.setattr("senumpy.lab.one_run._train", lambda settings, callback: (model, trainer, None))
    record = train_one(study(tmp_path).settings({}, 0))
    assert record["test_accuracy"] == 0.5 and record["test_accuracies"] == [0.2, 0.9, 0.5]


def test_one_seed_gives_the_same_bits_and_another_seed_others(tmp_path):
    one, two, other = (train_one(study(tmp_path).settings({}, seed)) for seed in (3, 3, 4))
    assert one["first_losses"] == two["first_losses"] != other["first_losses"]
    assert one["test_loss"] == two["test_loss"]


def test_damaged_files_are_named_and_files_half_written_are_not_read(tmp_path, trained):
    folder = tmp_path / "runs"
    folder.mkdir()
    whole = json.loads(next(iter(records.run_files(trained.folder))).read_text(encoding="utf-8"))
    (folder / "a.0123abcd.part.json").write_text("{", encoding="utf-8")
    assert records.read_records(tmp_path) == {}
    damaged = [
        "not json", "[1]", "{}", "[" * 100_000, {**whole, "state": "well"}, {**whole, "settings": None},
        {**whole, "test_accuracy": "0.5"}, {**whole, "test_accuracy": 1.5}, {**whole, "test_accuracy": float("nan")},
        {**whole, "parameters": True}, {**whole, "first_losses": [None]}, {**whole, "settings": {}},
        {**whole, "state": "killed", "reason": None}, {**whole, "made_by": {**MADE_BY, "source": 5}},
        {**whole, "state": "killed", "reason": "", "test_accuracy": "abc"},
        *({**whole, "settings": {**whole["settings"], **change}} for change in (
            {"lr": "0.1"}, {"lr": float("nan")}, {"epochs": 0}, {"task": None}, {"options": [1]}, {"seed": 1.5},
            {"lr": 0.3},  # a run like any other, under the name of another one
        )),
    ]  # fmt: skip
    for content in damaged:
        path = folder / "a.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        with pytest.raises(ValueError, match=r"a\.json' is not a run of the lab .*: move it away"):
            records.read_records(tmp_path)


def test_a_report_of_what_is_there(trained):
    rows, made_by = found_of(trained)
    assert {(row["variant"], row["seed"]) for row in rows} == {("se", 0), ("bias", 0), ("se", 1), ("bias", 1)}
    assert made_by == MADE_BY and end_of_report(trained) == 0
    report = make_report(trained, rows, made_by)
    text = as_text(report)
    assert "bias: do biases in the block matter? (not asked in the paper)" in text
    assert "bias beside se, 2 pairs: TOO FEW" in text and "16,762" in text
    for row in rows:
        assert f"{100 * row['test_accuracy']:.1f}" in text
    path = write_report(trained, report)
    assert json.loads(path.read_text(encoding="utf-8"))["summary"] == json.loads(json.dumps(report["summary"]))
    assert path.name == "bias-tiny-cnn-digits-test_fraction0.9-1-epochs-rate-0.2.json"
    assert end_of_report(trained) == 2
    path.write_text('{"runs": [{"seed": 1.5}, {"seed": Infinity}]}', encoding="utf-8")
    assert end_of_report(trained) == 0
    assert "NumPy 2, unknown" in as_text({**report, "made_by": {"source": "a", "numpy": "2"}})
    quick = replace(trained, is_quick=True)
    differences = make_report(quick, rows, made_by)["summary"]["differences"].values()
    assert {of["verdict"] for of in differences} == {"no verdict (--quick)"}
    smaller = replace(trained, recipe={**RECIPE, "batch_size": 16})
    later = replace(trained, first_seed=10)
    assert len({study.name() for study in (trained, quick, smaller, later)}) == 4, "none is written over another"


def test_a_report_has_every_variant_that_is_there_whichever_were_asked_for(tmp_path):
    gates = study(tmp_path, "gate")
    train_here(gates.wanted(range(1)))
    few = replace(gates, only=("relu",))
    assert found_of(few) == found_of(gates) and len(few.wanted([0])) == 2
    for path in records.run_files(tmp_path):
        if "-se-" in path.name:
            path.unlink()
    report = make_report(gates, *found_of(gates))
    assert report["summary"]["differences"] == {}, "another variant must not stand in for the standard block"
    assert "There is no run of se" in as_text(report)


def test_a_report_names_all_processors_of_its_runs(tmp_path):
    one = study(tmp_path)
    for (path, settings), processor in zip(one.wanted([0]), ("A", "B"), strict=True):
        run = {"settings": settings, "made_by": {**MADE_BY, "processor": processor}, **train_one(settings)}
        records.write_record(path, run)
    assert found_of(one)[1] == {**MADE_BY, "processor": "A and B"}


def test_runs_of_two_codes_are_never_in_one_report(tmp_path):
    one = study(tmp_path)
    (path, settings), *_ = one.wanted([0])
    run = {"settings": settings, "made_by": MADE_BY, **train_one(settings)}
    records.write_record(path, run)
    for change in ({"source": "feed" * 4}, {"numpy": "1.0"}):
        other = {**MADE_BY, **change}
        records.write_record(records.run_file(tmp_path, "se", settings, other), {**run, "made_by": other})
    with pytest.raises(ValueError, match="runs of several codes lie in .* choose one with --code"):
        found_of(one)
    assert found_of(one, "feed")[1]["source"] == "feed" * 4
    assert found_of(one, f"{MADE_BY['source']}/1.0")[1]["numpy"] == "1.0"
    with pytest.raises(ValueError, match="no run of this question"):
        found_of(one, "beef")
