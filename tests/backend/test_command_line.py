"""The switch on the command line: ``--backend`` before ``SENUMPY_BACKEND`` before NumPy, and errors in one line."""

import sys
import types

import numpy as np
import pytest
import strict_cupy

from senumpy import __main__ as command_line
from senumpy import backend


@pytest.fixture
def used(monkeypatch):
    """Replace the commands by one that notes the library it runs on."""
    modules = []

    def add_parser(subparsers):
        parser = subparsers.add_parser("note")
        parser.add_argument("--backend", choices=backend.NAMES)
        parser.set_defaults(func=lambda args: modules.append(backend.current()) or 0)

    monkeypatch.setattr(command_line, "COMMANDS", (types.SimpleNamespace(add_parser=add_parser),))
    monkeypatch.delenv("SENUMPY_BACKEND", raising=False)
    return modules


def test_the_option_goes_before_the_variable_before_numpy(used, stand_in, monkeypatch):
    assert command_line.main(["note"]) == 0
    assert command_line.main(["note", "--backend", "cupy"]) == 0
    monkeypatch.setenv("SENUMPY_BACKEND", "cupy")
    assert command_line.main(["note"]) == 0
    assert command_line.main(["note", "--backend", "numpy"]) == 0
    monkeypatch.setenv("SENUMPY_BACKEND", "")
    assert command_line.main(["note"]) == 0
    assert used == [np, stand_in, stand_in, np, np]
    assert backend.current() is np, "the choice ends with the command"


@pytest.mark.parametrize(
    "cupy, words",
    [(None, ("not installed", "cupy-cuda12x", "cupy-cuda13x")), (strict_cupy.make_cupy(gpu=False), ("no NVIDIA GPU",))],
    ids=["no CuPy", "no GPU"],
)
def test_a_gpu_that_is_not_there_ends_the_command(cupy, words, used, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    monkeypatch.setenv("SENUMPY_BACKEND", "cupy")
    assert command_line.main(["note"]) == 2
    error = capsys.readouterr().err
    assert all(word in error for word in words) and error.count("\n") == 1
    assert used == [], "nothing may run on NumPy instead"


def test_an_unknown_name_in_the_variable_is_an_error(used, monkeypatch, capsys):
    monkeypatch.setenv("SENUMPY_BACKEND", "cuda")
    assert command_line.main(["note"]) == 2
    error = capsys.readouterr().err
    assert "numpy" in error and "cupy" in error and "'cuda'" in error and used == []
