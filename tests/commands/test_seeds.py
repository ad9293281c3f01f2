"""``senumpy seeds`` from the words on the command line to the files it leaves."""

import argparse
import json

import pytest

from senumpy.commands import seeds

QUICK = ["--data", "digits", "--epochs", "1", "--task", "test_fraction=0.9"]


def call(*words):
    parser = argparse.ArgumentParser()
    seeds.add_parser(parser.add_subparsers())
    args = parser.parse_args(["seeds", *words])
    return args.func(args)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_it_trains_tells_and_writes_and_the_second_time_only_tells(tmp_path, capsys):
    assert call(*QUICK, "--seeds", "2", "--variants", "plain,se") == 0
    first = capsys.readouterr().out
    record = json.loads((tmp_path / "seeds-digits.json").read_text(encoding="utf-8"))
    done = [(run["seed"], run["variant"]) for run in record["runs"]]
    assert done == [(0, "plain"), (0, "se"), (1, "plain"), (1, "se")]
    assert record["plan"]["epochs"] == 1 and record["plan"]["options"] == {"test_fraction": 0.9}
    assert "se minus plain, 2 pairs" in first and "They do not cover the choice of the test images" in first
    assert (tmp_path / "seeds-digits.png").stat().st_size > 1000
    assert call(*QUICK, "--seeds", "2") == 0
    second = capsys.readouterr().out
    assert second.count("found in the file") == 4
    assert first.split("\n\n")[1:] == second.split("\n\n")[1:]  # the same table, the same words


def test_the_table_by_value():
    summary = {
        "variants": {
            "plain": {"seeds": 5, "test_accuracy": [0.41, 0.4, 0.42], "parameters": 14746, "seconds": 20.0},
            "se": {"seeds": 5, "test_accuracy": [0.98, 0.97, 0.99], "parameters": 17050, "seconds": 24.5},
        },
        "differences": {"se": {"pairs": 5, "test_accuracy": [0.57, 0.56, 0.58]}},
    }
    table = seeds.table(summary)
    assert "41.0 % (40.0 to 42.0)" in table and "17,050" in table and "24.5" in table
    assert "se minus plain, 5 pairs: +57.0 percentage points (+56.0 to +58.0)" in table


@pytest.mark.parametrize(
    ("text", "expected"),
    [("stripe_rows=2", ("stripe_rows", 2)), ("digit_rows=5,5", ("digit_rows", (5, 5))),
     ("variant=light", ("variant", "light")), ("test_fraction=0.5", ("test_fraction", 0.5))],
)  # fmt: skip
def test_options_of_the_task_are_read_as_numbers_pairs_and_words(text, expected):
    assert seeds._option(text) == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*QUICK, "--seeds", "0"], "--seeds must be at least 1"),
        ([*QUICK, "--seeds", "2", "--variants", "plain,,se"], "a variant is"),
        ([*QUICK, "--seeds", "2", "--variants", "se-r99"], "at most the smallest width"),
        ([*QUICK, "--seeds", "2", "--task", "stripe"], "OPTION=VALUE"),
        ([*QUICK, "--seeds", "2", "--task", "stripe_rows=2"], "cannot be made with the options"),
        ([*QUICK, "--seeds", "2", "--out", "runs.txt"], "must be a .json"),
        ([*QUICK, "--seeds", "2", "--lr", "-1"], "lr must be a number above 0"),
        (["--data", "photos", "--seeds", "2", "--task", "variant=blue"], "no variant 'blue'"),
        ([*QUICK, "--seeds", "2", "--task", "test_fraction=1j"], "test_fraction must be a number"),
        ([*QUICK, "--seeds", "2", "--task", "test_fraction={[]: 1}"], "test_fraction must be a number"),
    ],
)
def test_wrong_arguments_get_a_clear_sentence_and_leave_no_file(tmp_path, words, message):
    words = words if "--out" in words else [*words, "--out", "new/seeds.json"]
    with pytest.raises(ValueError, match=message):
        call(*words)
    assert list(tmp_path.iterdir()) == []


def test_missing_and_unknown_words_stop_at_the_parser(capsys):
    for words in (["--data", "digits"], ["--seeds", "2"], ["--data", "dogs", "--seeds", "2"]):
        with pytest.raises(SystemExit) as stop:
            call(*words)
        assert stop.value.code == 2
    with pytest.raises(SystemExit) as stop:
        call("--help")
    said = capsys.readouterr().out
    assert stop.value.code == 0 and "examples:" in said and "%%" not in said
