"""A folder of ``train`` is one run: nothing is mixed, and nothing is replaced without a word."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from commands.children import environment
from commands.small_trainings import FILES, SETTINGS, bits, contents, run, stopped, whole_run, without_figures

from senumpy.commands import train, train_settings
from senumpy.files import run_folder
from senumpy.training import Trainer


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    without_figures(monkeypatch)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return whole_run(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    return whole_run(tmp_path_factory.mktemp("older"), "--seed", "1")


def finished(run):
    """Put a copy of a finished run into the default folder."""
    shutil.copytree(run, "out")


def test_the_same_command_again_replaces_the_run_as_a_whole(whole, tmp_path, monkeypatch, capsys):
    finished(whole)
    before = contents(tmp_path)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    capsys.readouterr()
    stopped(20, 2, monkeypatch)
    assert "(What out holds stays until this run is finished, and is replaced then.)" in capsys.readouterr().out
    assert {**contents(tmp_path), **before} == contents(tmp_path), "nothing of the old run was touched"
    assert run("--resume", "out") == 0 and bits(tmp_path / "out") == bits(whole)
    assert {*os.listdir("out")} == FILES | {"notes.txt"}
    assert run(*SETTINGS) == 0 and bits(tmp_path / "out") == bits(whole)


def test_a_run_of_other_settings_is_replaced_only_when_asked(whole, tmp_path, capsys):
    finished(whole)
    before = contents(tmp_path)
    capsys.readouterr()
    other = [*SETTINGS, "--seed", "1"]
    assert run(*other) == 2
    error = capsys.readouterr().err
    assert "seed 0 there, 1 here" in error and "--overwrite" in error and "--out" in error
    assert contents(tmp_path) == before and not (tmp_path / "out" / "unfinished").exists()
    assert run(*other, "--overwrite") == 0
    assert json.loads((tmp_path / "out" / "history.json").read_text())["settings"]["seed"] == 1
    assert all(contents(tmp_path)[file] != content for file, content in before.items() if file.suffix != ".png")


def test_a_run_that_is_not_finished_is_given_up_only_when_asked(whole, tmp_path, monkeypatch, capsys):
    stopped(20, 1, monkeypatch)
    before = contents(tmp_path)
    capsys.readouterr()
    assert run(*SETTINGS) == 2
    error = capsys.readouterr().err
    assert "it goes on with python -m senumpy train --resume out, and is given up with --overwrite" in error
    assert contents(tmp_path) == before
    assert run(*SETTINGS, "--overwrite") == 0 and bits(tmp_path / "out") == bits(whole)


def test_files_of_somebody_else_are_replaced_only_when_asked(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "history.json").write_text("mine")
    assert run(*SETTINGS) == 2
    assert "'out' holds history.json, but no record" in capsys.readouterr().err
    assert contents(tmp_path) == {tmp_path / "out" / "history.json": b"mine"}
    assert run(*SETTINGS, "--overwrite", "--epochs", "1") == 0 and {*os.listdir("out")} == FILES


def from_here(words, capsys):
    return run(*words), capsys.readouterr().err


def from_another_process(words, capsys):
    command = [sys.executable, "-m", "senumpy", "train", *words]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    return done.returncode, done.stderr


@pytest.mark.parametrize("start", [from_here, pytest.param(from_another_process, marks=pytest.mark.slow)])
@pytest.mark.parametrize("words", [[*SETTINGS, "--epochs", "1"], ["--resume", "out"]], ids=["train", "resume"])
def test_two_at_once_are_refused(words, start, monkeypatch, capsys):
    """The first is this process, in the middle of its training."""
    answers = []
    real = Trainer.train_step

    def start_another(trainer, *batch):
        if trainer.step == 10 and not answers:
            answers.append(None)
            answers.append(start(words, capsys))
        return real(trainer, *batch)

    monkeypatch.setattr(Trainer, "train_step", start_another)
    assert run(*SETTINGS, "--epochs", "1") == 0
    code, error = answers[1]
    assert code == 2 and "another run is being trained in 'out' at this moment" in error
    assert {*os.listdir("out")} == FILES


def test_a_run_that_another_process_finishes_meanwhile_is_not_trained_twice(whole, tmp_path, monkeypatch, capsys):
    stopped(3, 1, monkeypatch)
    real = train_settings.with_surroundings

    def finish_elsewhere(settings, task):
        shutil.rmtree("out/unfinished")
        return real(settings, task)

    monkeypatch.setattr(train_settings, "with_surroundings", finish_elsewhere)
    assert run("--resume", "out") == 2
    assert "finished or given up by somebody else" in capsys.readouterr().err


@pytest.mark.parametrize("moved", [1, 2, 4, 6])
def test_a_crash_between_the_files_of_a_finished_run_mixes_nothing(moved, whole, older, tmp_path, monkeypatch):
    """Five files and the record move up, over an older run; whichever was the last, the rest follows later."""
    finished(older)
    real, moves = run_folder.put_in_place, []

    def crash(part, target):
        if len(moves) == moved - 1:
            raise KeyboardInterrupt
        moves.append(target)
        return real(part, target)

    with monkeypatch.context() as patch:
        patch.setattr(run_folder, "put_in_place", crash)
        assert run(*SETTINGS, "--overwrite") == 130
    assert not (tmp_path / "out" / "run.json").exists(), "no record claims a mixture"
    assert run("--resume", "out") == 0
    assert bits(tmp_path / "out") == bits(whole) and {*os.listdir("out")} == FILES
    assert run_folder.RunFolder(tmp_path / "out", train.FILES, ()).changed() == []


def test_a_crash_just_before_the_record_of_a_finished_run_costs_no_training(whole, tmp_path, monkeypatch, capsys):
    real = run_folder.write_whole

    def crash(path, text):
        if json.loads(text)["files"]:
            raise KeyboardInterrupt
        real(path, text)

    with monkeypatch.context() as patch:
        patch.setattr(run_folder, "write_whole", crash)
        assert run(*SETTINGS) == 130
    capsys.readouterr()
    assert run("--resume", "out") == 0
    assert capsys.readouterr().out.count("(it goes on after step 30, in epoch 2)") == 2
    assert bits(tmp_path / "out") == bits(whole) and {*os.listdir("out")} == FILES


def test_a_file_that_cannot_be_moved_leaves_the_run_where_it_is(whole, tmp_path, monkeypatch, capsys):
    def refuse(part, target):
        raise PermissionError(13, "Access is denied", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(run_folder, "put_in_place", refuse)
        assert run(*SETTINGS) == 2
    assert "the run is finished, but 'out/unfinished' holds parts of it" in capsys.readouterr().err
    assert run(*SETTINGS) == 0, "the rest moves first, and is then a finished run of the same settings"
    assert bits(tmp_path / "out") == bits(whole)


def test_a_training_that_diverges_says_where_the_rest_is(tmp_path, capsys):
    assert run(*SETTINGS, "--lr", "1e30") == 1
    error = capsys.readouterr().err
    assert "Try a smaller learning rate" in error and "'out/unfinished'" in error and "--overwrite" in error
    assert run(*SETTINGS, "--epochs", "1", "--overwrite") == 0 and {*os.listdir("out")} == FILES


def limited(code, *words):
    """Run the command in a process that does something to itself first."""
    code = f"import sys; from senumpy.__main__ import main; {code}; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "train", *words]
    return subprocess.run(command, env=environment(), capture_output=True, text=True)


FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100 << 10, 100 << 10))"
NOBODY = "import os, encodings.cp437; os.setgid(65534); os.setuid(65534)"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_a_disk_without_room_is_found_before_anything_is_trained(whole, tmp_path, monkeypatch):
    finished(whole)
    stopped(3, 1, monkeypatch, [*SETTINGS, "--out", "begun"])
    before = contents(tmp_path)
    for words, folder in ((SETTINGS, "out"), (["--resume", "begun"], "begun")):
        done = limited(FULL, *words)
        assert done.returncode == 2 and f"cannot write into the folder '{folder}/unfinished'" in done.stderr
        assert "File too large" in done.stderr and "epoch" not in done.stdout and contents(tmp_path) == before


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become nobody")
def test_a_folder_of_somebody_else_is_refused_but_may_be_asked_about(whole, tmp_path, monkeypatch):
    finished(whole)
    stopped(3, 1, monkeypatch, [*SETTINGS, "--out", "begun"])
    for folder in (*tmp_path.parents, tmp_path, tmp_path / "out"):
        if folder.stat().st_uid == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    before = contents(tmp_path)
    for words in (SETTINGS, ["--resume", "begun"]):
        done = limited(NOBODY, *words)
        assert done.returncode == 2 and "cannot write into the folder" in done.stderr and "Permission" in done.stderr
    done = limited(NOBODY, "--resume", "out")
    assert done.returncode == 0 and "is finished" in done.stdout and contents(tmp_path) == before


def test_the_weights_can_be_loaded_by_numpy_alone(whole):
    with np.load(whole / "weights-with-se.npz") as file:
        assert file["fc.weight"].shape == (10, 4)
