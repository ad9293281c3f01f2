"""Small runs of the command ``train`` that the tests of stopping and of folders share."""

import hashlib
import json
from pathlib import Path

import pytest

from senumpy.__main__ import main
from senumpy.commands import train
from senumpy.training import Trainer

SETTINGS = ["--data", "digits", "--epochs", "2", "--width", "2", "--batch-size", "96"]
STEPS = 15  # an epoch
FILES = {*train.FILES, "run.json"}


def without_figures(monkeypatch):
    """Draw nothing: most of the time of so small a run would go there."""
    monkeypatch.setattr(train, "save_figure", lambda make, path, dpi: path.write_text("a figure") and None)


def whole_run(folder, *options):
    """A run that nothing stopped: return its folder."""
    with pytest.MonkeyPatch.context() as patch:
        without_figures(patch)
        assert main(["train", *SETTINGS, *options, "--out", str(folder)]) == 0
    return Path(folder)


def bits(folder):
    """Checksums of the weights' files, and the history without its seconds."""
    history = json.loads((folder / "history.json").read_text())
    for run in history["runs"].values():
        del run["seconds"]
        for epoch in run["epochs"]:
            del epoch["seconds"]
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in train.VARIANTS.values()], history


def contents(folder):
    return {file: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def interrupt_at(step, network, monkeypatch):
    """Let the training be interrupted inside a step of the first or second network."""
    real, started = Trainer.train_step, []

    def interrupted(trainer, *batch):
        if trainer not in started:
            started.append(trainer)
        if trainer.step == step and len(started) == network:
            raise KeyboardInterrupt
        return real(trainer, *batch)

    monkeypatch.setattr(Trainer, "train_step", interrupted)


def stopped(step, network, monkeypatch, words=SETTINGS):
    """Run the command until it is interrupted there."""
    with monkeypatch.context() as patch:
        interrupt_at(step, network, patch)
        assert main(["train", *words]) == 130


def run(*words):
    return main(["train", *words])
