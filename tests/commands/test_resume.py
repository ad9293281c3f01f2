"""A run that was stopped, by whatever, goes on to the same bits; what it cannot go on with is named."""

import json
import os
import signal
import subprocess
import sys

import pytest
from commands.children import environment
from commands.small_trainings import (
    FILES,
    SETTINGS,
    STEPS,
    bits,
    contents,
    run,
    stopped,
    whole_run,
    without_figures,
)  # fmt: skip

from senumpy.__main__ import main
from senumpy.commands import train, watch
from senumpy.training import Keeper


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    without_figures(monkeypatch)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return whole_run(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize(("step", "network"), [(0, 1), (1, 1), (STEPS, 1), (20, 1), (0, 2), (7, 2), (25, 2)])
def test_it_goes_on_with_the_same_bits(step, network, whole, tmp_path, monkeypatch, capsys):
    stopped(step, network, monkeypatch)
    error = capsys.readouterr().err
    assert error == "senumpy: interrupted; it goes on with: python -m senumpy train --resume out\n"
    assert os.listdir("out") == ["unfinished"]
    assert run("--resume", "out") == 0
    printed = capsys.readouterr().out
    assert f"(it goes on after step {step}, in epoch {step // STEPS + 1})" in printed or step in (0, STEPS)
    assert bits(tmp_path / "out") == bits(whole) and {*os.listdir("out")} == FILES


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), ("SIGHUP", 129), (signal.SIGKILL, -9)]
)
def test_a_signal_in_another_process_loses_nothing(number, code, whole, tmp_path):
    number = getattr(signal, number) if isinstance(number, str) else number
    command = [sys.executable, "-m", "senumpy", "train"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(), "text": True}
    with subprocess.Popen([*command, *SETTINGS], **pipes) as process:
        assert "with SE" in process.stdout.readline()
        assert "epoch   1" in process.stdout.readline()
        process.send_signal(number)
        if number != signal.SIGKILL:
            process.send_signal(number)  # impatient: the second is not heard
        error = process.communicate()[1]
    assert process.returncode == code
    if number != signal.SIGKILL:
        assert error == "senumpy: interrupted; it goes on with: python -m senumpy train --resume out\n"
    subprocess.run([*command, "--resume", "out"], env=environment(), check=True)
    assert bits(tmp_path / "out") == bits(whole) and {*os.listdir("out")} == FILES


def test_a_finished_run_says_so_and_stays(tmp_path, capsys):
    assert run(*SETTINGS, "--epochs", "1") == 0
    before = contents(tmp_path)
    for _ in range(2):
        capsys.readouterr()
        assert run("--resume", "out") == 0
        printed = capsys.readouterr()
        assert printed.out == "The run in out is finished: nothing is left to do, and nothing was changed.\n"
        assert contents(tmp_path) == before and not printed.err
    (tmp_path / "out" / "gates.png").write_bytes(b"mine")
    assert run("--resume", "out") == 0
    assert "changed or removed: gates.png" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--epochs", "4"], "epochs 2 there, 4 here"),
        (["--lr", "0.1", "--batch-size", "8"], "batch_size 96 there, 8 here, lr 0.2 there, 0.1 here"),
        (["--data", "photos"], "data digits there, photos here"),
        (["--seed", "1"], "seed 0 there, 1 here"),
        (["--reduction", "1", "--width", "4"], "width 2 there, 4 here, reduction 2 there, 1 here"),
        (["--out", "other"], "not allowed with"),
        (["--overwrite"], "choose one of them"),
    ],
)
def test_other_settings_than_the_runs_are_named(options, words, tmp_path, monkeypatch, capsys):
    stopped(3, 1, monkeypatch)
    before = contents(tmp_path)
    try:
        code = run("--resume", "out", *options)
    except SystemExit as stop:
        code = stop.code
    assert code == 2 and words in capsys.readouterr().err and contents(tmp_path) == before


def test_the_runs_own_settings_may_be_repeated(whole, tmp_path, monkeypatch):
    stopped(3, 1, monkeypatch)
    assert run("--resume", "out", *SETTINGS) == 0 and bits(tmp_path / "out") == bits(whole)


@pytest.mark.parametrize("name", ["nowhere", "empty", "text"])
def test_where_there_is_no_run_nothing_goes_on(name, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "run.json").write_text("[]")
    assert run("--resume", name) == 2
    assert f"there is no run in '{name}' to go on with" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("change", [{"data": "letters"}, {"epochs": "2"}, {"more": 1}])
def test_a_record_that_was_changed_is_refused(change, tmp_path, monkeypatch, capsys):
    stopped(3, 1, monkeypatch)
    file = tmp_path / "out" / "unfinished" / "run.json"
    record = json.loads(file.read_text())
    record["settings"].update(change)
    file.write_text(json.dumps(record))
    assert run("--resume", "out") == 2 and "run.json was changed" in capsys.readouterr().err


def test_other_images_and_another_library_are_named(monkeypatch, capsys, tmp_path):
    stopped(3, 1, monkeypatch)
    file = tmp_path / "out" / "unfinished" / "run.json"
    record = json.loads(file.read_text())
    file.write_text(json.dumps({**record, "settings": {**record["settings"], "images": "0", "backend": "cupy"}}))
    assert run("--resume", "out") == 2
    error = capsys.readouterr().err
    assert "backend cupy there, numpy here" in error and "images 0 there" in error and "--backend cupy" in error


def test_weights_can_be_looked_at_before_the_run_is_finished(tmp_path, monkeypatch):
    stopped(20, 2, monkeypatch, [*SETTINGS, "--width", "4"])
    monkeypatch.setattr(watch, "save_figure", lambda make, path, dpi: path.write_text("a figure") and None)
    weights = tmp_path / "out" / "unfinished" / train.CHECKPOINTS["with SE"]
    assert main(["watch", "cat", "--weights", str(weights), "--size", "16", "--out", "watched"]) == 0


def test_damaged_checkpoints_are_refused(tmp_path, monkeypatch, capsys):
    stopped(20, 1, monkeypatch)
    file = tmp_path / "out" / "unfinished" / train.CHECKPOINTS["with SE"]
    file.write_bytes(file.read_bytes()[:-5])
    assert run("--resume", "out") == 2 and "checkpoint-with-se.npz" in capsys.readouterr().err


def test_a_checkpoint_that_fails_on_the_way_is_said_and_the_run_goes_on(whole, tmp_path, monkeypatch, capsys):
    real, saves = Keeper._save, []

    def full(keeper, raises):
        saves.append(raises)
        with monkeypatch.context() as patch:
            if len(saves) == 1:
                patch.setattr(os, "fsync", lambda file: (_ for _ in ()).throw(OSError(28, "No space left on device")))
            real(keeper, raises)

    monkeypatch.setattr(Keeper.__init__, "__defaults__", (0.02, None))
    monkeypatch.setattr(Keeper, "_save", full)
    assert run(*SETTINGS) == 0 and saves[0] is False
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "No space left on device; the checkpoint before it stays" in error
    assert bits(tmp_path / "out") == bits(whole)
