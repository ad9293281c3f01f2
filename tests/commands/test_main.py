"""What goes wrong in a command ends in one line and an exit code, not in a traceback."""

import subprocess
import sys

import pytest

from senumpy import __version__
from senumpy.__main__ import main
from senumpy.backend import BackendError
from senumpy.commands import train
from senumpy.training import TrainingError


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ValueError("no such digit"), 2, "error: no such digit"),
        (FileNotFoundError("no such file"), 2, "error: no such file"),
        (BackendError("no GPU"), 2, "error: no GPU"),
        (MemoryError("8 GiB"), 2, "not enough memory (8 GiB): try a smaller width"),
        (TrainingError("the loss became nan"), 1, "the loss became nan"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(monkeypatch, capsys, error, code, words):
    def fail(args):
        raise error

    monkeypatch.setattr(train, "run", fail)
    assert main(["train"]) == code
    printed = capsys.readouterr()
    assert not printed.out and printed.err.startswith("senumpy: ") and printed.err.count("\n") == 1
    assert words in printed.err


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code in (0, None)
    assert capsys.readouterr().out.split()[:2] == ["senumpy", __version__]


def test_a_mistake_in_the_program_is_not_hidden(monkeypatch):
    def fail(args):
        raise KeyError("a bug")

    monkeypatch.setattr(train, "run", fail)
    with pytest.raises(KeyError):
        main(["train"])


@pytest.mark.parametrize("unbuffered", [[], pytest.param(["-u"], marks=pytest.mark.slow)])
def test_a_reader_who_leaves_early_ends_the_command_without_a_word(request, unbuffered):
    command = [sys.executable, *unbuffered, "-m", "senumpy", "gradcheck", "relu"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=request.config.rootpath, **pipes) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_closed_output_is_no_error(monkeypatch):
    monkeypatch.setattr(train, "run", lambda args: 0)
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["train"]) == 0
