"""Stored numbers are repeated: the same bits, rounding, another code, and what must not be."""

import shutil

import pytest
from lab.small import study
from lab.test_records import MADE_BY

from senumpy.commands.lab import _verify
from senumpy.lab import records, verify
from senumpy.lab.one_run import first_losses, train_one


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    (path, settings), *_ = study(folder).wanted([3])
    records.write_record(path, {"settings": settings, "made_by": MADE_BY, **train_one(settings)})
    return folder


@pytest.fixture
def folder(trained, tmp_path):
    """A folder with the one run that was trained: what a test changes there, no other test sees."""
    return shutil.copytree(trained, tmp_path / "lab")


def change(folder, alter):
    (path,) = records.run_files(folder)
    record = records.read_record(path)
    path.unlink()
    alter(record)
    records.write_record(records.run_file(folder, "bias", record["settings"], record["made_by"]), record)


def test_what_this_code_has_made_it_makes_again(folder, capsys):
    assert _verify(folder) == 0
    assert "same bits" in capsys.readouterr().out


def test_rounding_is_said_and_is_no_failure(folder, capsys):
    change(folder, lambda record: record["first_losses"].__setitem__(-1, record["first_losses"][-1] * (1 + 1e-6)))
    assert _verify(folder) == 0
    assert "same to rounding: 1" in capsys.readouterr().out


@pytest.mark.parametrize("alter", [
    lambda record: record["settings"].__setitem__("seed", 4),
    lambda record: record["settings"].__setitem__("lr", 0.1),
    lambda record: record["first_losses"].pop(),
    lambda record: record["first_losses"].__setitem__(0, 9.9),
])  # fmt: skip
def test_other_numbers_from_the_same_code_are_a_failure(folder, capsys, alter):
    change(folder, alter)
    assert _verify(folder) == 1
    assert f"{verify.OTHER}: 1" in capsys.readouterr().out


OLDER = {
    "the same bits": (lambda record: None, "another code, same bits"),
    "rounding": (lambda record: record["first_losses"].__setitem__(0, record["first_losses"][0] * (1 + 1e-6)),
                 "another code, same to rounding"),
    "other numbers": (lambda record: record["first_losses"].__setitem__(0, 9.9), "another code"),
    "an option that is gone": (lambda record: record["settings"]["options"].__setitem__("colour", 1), "another code"),
    "a word that is gone": (lambda record: record["settings"]["options"].__setitem__("gate", "cubic"), "another code"),
    "a network that is gone": (lambda record: record["settings"].__setitem__("model", "tinier"), "another code"),
}  # fmt: skip


@pytest.mark.parametrize("alter, verdict", OLDER.values(), ids=OLDER)
def test_another_code_is_said_with_what_it_gives_and_is_no_failure(folder, capsys, alter, verdict):
    change(folder, lambda record: record["made_by"].__setitem__("source", "0" * 16) or alter(record))
    assert _verify(folder) == 0
    assert f"; {verdict}: 1;" in capsys.readouterr().out


def test_what_this_code_cannot_build_is_no_verdict_on_its_own_runs(folder):
    change(folder, lambda record: record["settings"]["options"].__setitem__("gate", "cubic"))
    with pytest.raises(ValueError, match=r"bias-3-.*\.json, a run of this code, cannot be repeated by it: .*cubic"):
        _verify(folder)


def test_one_seed_of_each_kind_is_enough(folder):
    (record,) = records.read_records(folder).values()
    seeds = {f"{seed}": {**record, "settings": {**record["settings"], "seed": seed}} for seed in (5, 2, 9)}
    other = {"other": {**record, "settings": {**record["settings"], "lr": 0.1}}, "bad": {**record, "state": "failed"}}
    assert set(verify.one_of_each({**seeds, **other})) == {"2", "other"}


def test_only_the_first_steps_are_taken(folder):
    settings = {**study(folder).settings({}, 0), "epochs": 10_000}
    assert len(first_losses(settings)) == 20


def test_an_empty_folder_is_no_success(tmp_path):
    with pytest.raises(ValueError, match="no finished run"):
        _verify(tmp_path)
