"""``mpiexec -n K python -m senumpy``: one command to look at, whatever happens in which process."""

import json
import os
import signal

import mpi_runs
import numpy as np
import pytest

from senumpy.files.arrays import read_with_manifest

SETTINGS = ["--data", "digits", "--epochs", "2", "--width", "2", "--batch-size", "96"]
COMMAND = ["-m", "senumpy", "train", *SETTINGS]
# The command, but one of its processes does something else in a step, or tells what it opens for writing.
WRAPPED = """
import os, sys
from senumpy import starting
starting.begin()
from mpi4py import MPI
from senumpy.__main__ import main
from senumpy.training import Trainer

rank, what, at = MPI.COMM_WORLD.rank, sys.argv[1], int(sys.argv[2])
if what == "look" and rank:
    def hook(event, arguments):
        if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR) and "pyc" not in str(arguments[0]):
            os.write(2, f"process {rank} opened {arguments[0]}\\n".encode())
    sys.addaudithook(hook)
real = Trainer.train_step
def step(trainer, *batch):
    if trainer.step == at and rank == 1 and what == "error": raise ValueError("this is why")
    if trainer.step == at and rank == 1 and what == "bug": raise ZeroDivisionError("this is why")
    if trainer.step == at and rank == 1 and what == "exit": sys.exit(3)
    return real(trainer, *batch)
Trainer.train_step = step
sys.exit(main(sys.argv[3:]))
"""


def checkpoint_of(folder, step):
    """Return whether the folder has a checkpoint, of at least this step."""
    try:
        about = read_with_manifest(folder / "out" / "unfinished" / "checkpoint-with-se.npz")[1]
        return about["trainer"]["step"] >= step
    except OSError:
        return False


def history(folder):
    runs = json.loads((folder / "out" / "history.json").read_text())["runs"]
    return {variant: run["loss"] for variant, run in runs.items()}


@pytest.mark.mpi
def test_one_voice_the_numbers_of_one_process_and_nobody_else_writes(tmp_path):
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir(), together.mkdir()
    one = mpi_runs.run(None, *COMMAND, folder=alone)
    two = mpi_runs.run(2, "-c", WRAPPED, "look", 0, "train", *SETTINGS, folder=together)
    assert one.code == two.code == 0 and two.errors == ""
    lines = one.out.splitlines(), two.out.splitlines()
    assert len(lines[0]) == len(lines[1]) and "epochs, with SE, 2 processes:" in lines[1][0]
    files = [sorted(path.name for path in (folder / "out").iterdir()) for folder in (alone, together)]
    assert files[0] == files[1]
    for mine, theirs in zip(history(alone).values(), history(together).values(), strict=True):
        np.testing.assert_allclose(mine[:15], theirs[:15], rtol=1e-3)  # float32, an epoch


@pytest.mark.mpi
@pytest.mark.parametrize(("what", "code", "words"), [("error", 2, "senumpy: error: this is why"), ("exit", 3, ""),
                                                     ("bug", 1, "ZeroDivisionError: this is why")])  # fmt: skip
def test_one_process_that_fails_ends_the_command(what, code, words, tmp_path):
    done = mpi_runs.run(2, "-c", WRAPPED, what, 20, "train", *SETTINGS, folder=tmp_path)
    assert done.code == code and done.errors.count("this is why\n") == (what != "exit")
    assert f"process 1 of 2: {words}" in done.errors or "process 1 of 2: Traceback" in done.errors or what == "exit"
    assert done.seconds < 60
    assert not (tmp_path / "out" / "run.json").exists()


@pytest.mark.mpi
@pytest.mark.parametrize("again", [2, 3, None])
def test_ctrl_c_leaves_a_checkpoint_and_any_number_of_processes_goes_on(again, tmp_path):
    """It is sent to mpiexec, which hands it on to all: process 0 saves without asking anybody, and ends them."""
    settings = [*SETTINGS, "--epochs", "6"]
    mpi_runs.run(2, "-m", "senumpy", "train", *settings, folder=tmp_path, number=signal.SIGINT,
                 once=lambda: "epoch   2" in (tmp_path / "stdout").read_text())  # fmt: skip
    stopped = (tmp_path / "stderr").read_text()
    assert "interrupted; it goes on with: mpiexec -n 2 python -m senumpy train --resume out" in stopped
    assert stopped.count("interrupted") == 1
    assert checkpoint_of(tmp_path, 30)
    done = mpi_runs.run(again, "-m", "senumpy", "train", "--resume", "out", folder=tmp_path)
    assert done.code == 0 and "(it goes on after step" in done.out
    whole = tmp_path / "whole"
    whole.mkdir()
    mpi_runs.run(2, "-m", "senumpy", "train", *settings, folder=whole)
    for mine, theirs in zip(history(tmp_path).values(), history(whole).values(), strict=True):
        assert len(mine) == len(theirs) == 90
        if again == 2:
            assert mine == theirs, "the same number of processes: the same bits"


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["train", "--data", "nothing"], 2, "there is no task 'nothing'"),
        (["train", "--epochs", "many"], 2, "argument --epochs: invalid"),
        (["gradcheck"], 2, "this command works in one process: start it without mpiexec"),
        (["train", "--help"], 0, ""),
    ],
)
def test_what_is_wrong_with_a_request_is_said_once(words, code, said, tmp_path):
    done = mpi_runs.run(2, "-m", "senumpy", *words, folder=tmp_path)
    assert done.code == code and done.errors.count(said or "usage") == (code != 0)
    assert done.out.count("usage:") == (code == 0)


def test_without_mpi4py_several_processes_are_refused_in_words(tmp_path):
    """With it too, since what really started them is this test: no MPI knows of a second process."""
    (tmp_path / "mpi4py.py").write_text("raise ImportError('a machine without it')\n")
    path = f"{tmp_path}{os.pathsep}{mpi_runs.ROOT}"
    done = mpi_runs.run(None, *COMMAND, folder=tmp_path, PYTHONPATH=path, PMI_SIZE="2")
    assert done.code == 2 and "Traceback" not in done.errors
    assert "2 processes were started together, but mpi4py cannot be imported (a machine without it)" in done.errors
    assert not (tmp_path / "out").exists()
