"""The script that changes the source and asks the tests: what it changes, what it leaves alone, and who survives."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="Windows has no forks")

from benchmarks.mutants import __main__ as command  # noqa: E402
from benchmarks.mutants import rooms  # noqa: E402
from benchmarks.mutants.mutants import mutants  # noqa: E402
from benchmarks.mutants.record import Record, reasons  # noqa: E402
from benchmarks.mutants.rooms import TESTS, sources  # noqa: E402

PAGE = '''"""Two and 2."""
WIDTH = 3


def out(x, size: 4 = 5) -> 6:
    """Return 1 + 1."""
    if not x < 1:  # 7 words
        raise ValueError(f"{size + 1} of {len(x)}")
    return x - size - x


def out_backward(dout):
    return -dout.sum()
'''


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.py"
    path.write_text(PAGE)
    return path


def test_operators_comparisons_conditions_and_constants_are_changed_and_words_are_not(page):
    names = [mutant.name.removeprefix(f"{page.as_posix()} ") for mutant in mutants(page)]
    assert sorted(names) == sorted(
        [
            "the module: WIDTH = 3 | 3 to 4",
            "out: def out(x, size: 4 = 5) -> 6: | 5 to 6",
            "out: if not x < 1: | if False",
            "out: if not x < 1: | without Not",
            "out: if not x < 1: | Lt to LtE",
            "out: if not x < 1: | 1 to 2",
            "out: return x - size - x | Sub to Add",
            "out: return x - size - x | left term alone",
            "out: return x - size - x | Sub to Add (2)",
            "out: return x - size - x | left term alone (2)",
            "out_backward: return -dout.sum() | without USub",
            "out_backward: return -dout.sum() | sum to mean",
        ]
    )


def test_the_backward_functions_can_be_had_alone(page):
    assert [mutant.name.split(" | ")[1] for mutant in mutants(page, backward=True)] == ["without USub", "sum to mean"]


def test_each_mutant_differs_from_the_source_in_one_place(page):
    sound = ast.unparse(ast.parse(PAGE)).splitlines()
    changed = [ast.unparse(mutant.tree()).splitlines() for mutant in mutants(page)]
    assert [sum(a != b for a, b in zip(sound, lines, strict=True)) for lines in changed] == [1] * len(changed)
    assert len({"\n".join(lines) for lines in changed}) == len(changed)


@pytest.mark.parametrize("room", TESTS)
def test_every_room_has_sources_and_tests_and_the_likeliest_come_first(room):
    assert sources(room)
    first, few, rest = rooms.tests_of(room)
    files = first + few + rest
    assert len(first) == 1 and len(set(files)) == len(files) and all(map(os.path.isfile, files))


def test_the_page_s_own_test_comes_first_and_then_who_killed_most():
    first, few, _ = rooms.tests_of("ops", "se", {"tests/ops/test_loss.py": 2, "tests/ops/test_pages.py": 1})
    assert first == ["tests/ops/test_se.py"] and few[:2] == ["tests/ops/test_loss.py", "tests/ops/test_pages.py"]


def test_a_verdict_outlives_the_process(tmp_path):
    record = Record(tmp_path / "record.json")
    record["a"], record["b"], record["c"] = "tests/test_x.py::test_y", "", "tests/test_x.py::test_z[1]"
    again = Record(record.path)
    assert [name in again for name in "abcd"] == [True, True, True, False]
    assert again["b"] == "" and again.kills() == {"tests/test_x.py": 2}


def test_the_report_fails_for_a_survivor_without_a_reason(page, capsys):
    trials = [("ops", mutant) for mutant in mutants(page)][:2]
    (_, first), (_, second) = trials
    verdicts = {first.name: "", second.name: "tests/test_x.py::test_y"}
    assert command.report(trials, verdicts, {first.name: "a reason"})
    assert "1 of 2 killed (50.0%)" in capsys.readouterr().out
    assert not command.report(trials, verdicts, {second.name: "a reason"})
    said = capsys.readouterr().out
    assert f"no reason is given in survivors.json: {first.name}" in said
    assert f"no longer a survivor: {second.name}" in said


def test_who_survived_without_a_reason_is_judged_again_and_nobody_else(page, tmp_path, monkeypatch, capsys):
    trials = [("ops", mutant) for mutant in mutants(page)][:4]
    names = [mutant.name for _, mutant in trials]
    record = Record(tmp_path / "record.json")
    record[names[0]], record[names[1]], record[names[2]] = "tests/test_x.py::test_y", "", ""
    asked = []
    monkeypatch.setattr(command, "noticed", lambda mutant, *rest: asked.append(mutant) or (mutant and "a test"))
    command.judge(trials, record, {names[1]: "a reason"})
    assert asked[0] is None and [mutant.name for mutant in asked[1:]] == names[2:]
    assert [record[name] for name in names] == ["tests/test_x.py::test_y", "", "a test", "a test"]


def test_every_survivor_has_a_reason_and_is_there_still():
    alive = {mutant.name for room in TESTS for path in sources(room) for mutant in mutants(path)}
    gone = sorted(set(reasons()) - alive)
    assert not gone, "Take these out of benchmarks/mutants/survivors.json, their lines are others now: " + "\n".join(
        gone
    )
    assert all(reason.strip() for reason in reasons().values())


@pytest.mark.slow
def test_a_test_kills_a_mutant_and_another_does_not(request):
    code = """
from pathlib import Path
from benchmarks.mutants.mutants import mutants
from benchmarks.mutants.trial import noticed
found = mutants(Path("senumpy/ops/linear.py"), backward=True)
mutant = next(m for m in found if m.name.endswith("dx = dout @ w | MatMult to Mult"))
print(noticed(None, [["tests/ops/test_linear.py"]]) == "")
print(noticed(mutant, [["tests/ops/test_scale.py"], ["tests/ops/test_linear.py"]]))
print(noticed(mutant, [["tests/ops/test_scale.py"]]) == "")
"""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=request.config.rootpath, capture_output=True, text=True, env=environment
    )
    sound, killer, blind = done.stdout.split()
    assert (sound, blind) == ("True", "True") and killer.startswith("tests/ops/test_linear.py::"), done.stderr


def test_the_command_runs_nothing_to_list_them(capsys, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    assert command.main(["--list", "--backward", "ops", "--sample", "3"]) == 0
    names = capsys.readouterr().out.splitlines()
    assert len(names) == 3 and all("_backward: " in name for name in names)
