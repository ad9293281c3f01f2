"""``python -m benchmarks`` before, instead of, and in the middle of measuring: no traceback, and no number lost."""

import json
import os
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")

from benchmarks import __main__ as command  # noqa: E402
from benchmarks import cases_ops, cases_step, files, run  # noqa: E402

pytestmark = pytest.mark.slow

ABOUT = {"about": {}, "refused": []}
RECORD = {"name": "relu", "op": "relu", "times": {"senumpy": {"both": [1.0, 2.0]}}}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in command.THREAD_VARIABLES:
        monkeypatch.setenv(name, os.environ.get(name, "1"))  # main sets them: put them back afterwards
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr(torch, "set_num_threads", lambda number: None)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.txt").write_text("hello")


def call(*words):
    """Return the exit code, wherever it was decided."""
    try:
        return command.main(list(words))
    except SystemExit as stop:
        return stop.code


@pytest.fixture
def nothing_is_measured(monkeypatch):
    def measure(arguments, command):
        raise AssertionError("measured")

    monkeypatch.setattr(run, "measure", measure)


CONTENTS = ["hello", "", "{}", "[1]", "null", b"\xff\xfe\x00", "[" * 100_000, json.dumps({**ABOUT, "ops": 5}),
            json.dumps({**ABOUT, "memory": {}}), json.dumps({"about": 1, "refused": []})]  # fmt: skip


@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
def test_a_file_to_load_that_is_none_is_refused(content, tmp_path, nothing_is_measured, capsys):
    (tmp_path / "wrong.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert call("--load", "wrong.json") == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("benchmarks: error: --load: 'wrong.json' is not a --json file") and not printed.out
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--load", "missing"], "'missing'"),
        (["--load", "folder"], "'folder'"),
        (["--load", ""], "--load"),
        *((["limits", option, path], option) for option in ("--json", "--markdown")
          for path in ("folder", "/proc/x", "text.txt/y", "")),
        (["limits", "--json", "a", "--markdown", "./a"], "--json"),
        (["limits", "--markdown", "a.md", "--json", "figures/ops.png"], "--json"),
        (["--threads", "100000"], "--threads"),
        (["--threads", "99999999999999999999"], "--threads"),
        (["--batch", "1000000000"], "--batch"),
        (["--sides", "foo"], "--sides"),
        (["--sides", "senumpy,"], "--sides"),
        (["--peer", "no_such_module"], "--peer"),
        (["--peer", ".relative"], "--peer"),
        (["\x1b[31mred"], "\\x1b[31mred"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_before_anything_is_measured(words, message, nothing_is_measured, capsys):
    if "/proc/x" in words and not sys.platform.startswith("linux"):
        pytest.skip("needs /proc")
    assert call(*words) == 2
    error = capsys.readouterr().err
    assert message in error.splitlines()[-1] and "Traceback" not in error and "\x1b" not in error


def test_the_names_of_the_sides_are_those_that_race():
    assert set(command.SIDES) == {"senumpy", *cases_ops.LAYOUTS, "BLAS"} == {*cases_step.SIDES, "BLAS"}


@pytest.mark.parametrize("words", [["--only", "no such case"], ["--only", "relu 128", "--sides", "BLAS"]])
def test_a_request_that_fits_no_case_says_so(words, capsys):
    assert call("ops", "--quick", "--batch", "1", *words) == 2
    assert "nothing to measure: no case fits" in capsys.readouterr().err


@pytest.mark.parametrize("link", [False, True])
def test_what_is_loaded_is_never_written_over(link, tmp_path, capsys):
    (tmp_path / "a.json").write_text(json.dumps({**ABOUT, "ops": [RECORD]}))
    before = (tmp_path / "a.json").read_text()
    if link:
        os.symlink("a.json", "b.json")
    for option in ("--json", "--markdown"):
        assert call("--load", "a.json", option, "b.json" if link else "./a.json") == 2
        assert "would be written over 'a.json'" in capsys.readouterr().err
    assert (tmp_path / "a.json").read_text() == before


def test_a_right_file_is_reported_on(tmp_path, capsys):
    (tmp_path / "a.json").write_text(json.dumps({**ABOUT, "ops": [RECORD]}))
    assert call("--load", "a.json", "--markdown", "new/R.md") == 0
    assert capsys.readouterr().out.strip() == (tmp_path / "new" / "R.md").read_text().strip()


def steps(monkeypatch, seen=lambda: None):
    """Let the group of ops give one case, call ``seen``, and be interrupted."""

    def one_case_and_ctrl_c(arguments, pace, refused):
        yield [RECORD]
        seen()
        raise KeyboardInterrupt

    monkeypatch.setitem(run.MEASURE, "ops", one_case_and_ctrl_c)


def test_ctrl_c_keeps_what_was_measured(tmp_path, monkeypatch, capsys):
    meanwhile = []
    steps(monkeypatch, lambda: meanwhile.append(json.loads((tmp_path / "r.json").read_text())))
    assert call("ops", "memory", "--json", "r.json", "--markdown", "R.md") == 130
    printed = capsys.readouterr()
    assert meanwhile[0]["ops"] == [RECORD], "on the disk as soon as it was measured"
    results = json.loads((tmp_path / "r.json").read_text())
    assert results["ops"] == [RECORD] and "memory" not in results
    page = (tmp_path / "R.md").read_text()
    assert "| relu" in page and "interrupted: before everything was measured" in page and page.strip() in printed.out
    assert printed.err == "benchmarks: interrupted\n"


def test_ctrl_c_before_the_first_case_leaves_the_old_files_alone(tmp_path, monkeypatch, capsys):
    def ctrl_c(arguments, pace, refused):
        raise KeyboardInterrupt
        yield

    monkeypatch.setitem(run.MEASURE, "ops", ctrl_c)
    (tmp_path / "r.json").write_text("old")
    assert call("ops", "--json", "r.json") == 130
    assert (tmp_path / "r.json").read_text() == "old" and not capsys.readouterr().out


def test_a_disk_that_fills_up_does_not_stop_the_page(monkeypatch, capsys):
    def full(path, text):
        raise OSError(f"cannot write {str(path)!r}: No space left on device")

    monkeypatch.setattr(run, "write_whole", full)
    monkeypatch.setattr(files, "write_whole", full)
    monkeypatch.setitem(run.MEASURE, "ops", lambda arguments, pace, refused: iter([[RECORD]]))
    assert call("ops", "--json", "r.json", "--markdown", "R.md") == 1
    printed = capsys.readouterr()
    assert "| relu" in printed.out
    assert "cannot write 'r.json': No space" in printed.err and "cannot write 'R.md': No space" in printed.err


def test_memory_that_was_interrupted_has_a_page(monkeypatch):
    def interrupted(arguments, pace, refused):
        yield {"steps": [{"name": "small", "peaks": {"senumpy": [1, 2], "PyTorch": [3, 4]}}]}
        raise KeyboardInterrupt

    monkeypatch.setitem(run.MEASURE, "memory", interrupted)
    assert call("memory", "--markdown", "R.md") == 130


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
def test_files_are_written_before_the_page_is_shown(tmp_path, request):
    (tmp_path / "a.json").write_text(json.dumps({**ABOUT, "ops": [RECORD]}))
    words = {"--load": "a.json", "--markdown": "R.md", "--json": "b.json"}
    words = [word for option, name in words.items() for word in (option, str(tmp_path / name))]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", *words], cwd=request.config.rootpath, stdout=full,
            stderr=subprocess.PIPE, text=True, env={**os.environ, "MPLBACKEND": "nonsense"},
        )  # fmt: skip
    assert done.returncode == 1 and done.stderr.startswith("benchmarks: not all of the output could be shown")
    assert "| relu" in (tmp_path / "R.md").read_text() and json.loads((tmp_path / "b.json").read_text())["ops"]
