"""What a training run tells: its history, one callback after each step and epoch, and a line or a bar on the screen."""

import io
import json
import sys

import numpy as np
import pytest
import tqdm

from senumpy.layers import Linear
from senumpy.models import TinyCNN
from senumpy.training import SGD, Trainer, TrainingError, evaluate, progress

X = np.random.default_rng(1).standard_normal((7, 5))
LABELS = np.array([0, 1, 2, 0, 1, 2, 0])


def new_trainer(lr=0.1, **options):
    model = Linear(5, 3, rng=np.random.default_rng(0), dtype=np.float64)
    return Trainer(model, SGD(model.params, lr), **{"progress": False, **options})


def fit(trainer, epochs=2, x=X, **options):
    return trainer.fit(x, LABELS, epochs=epochs, batch_size=3, rng=np.random.default_rng(2), **options)


def test_the_hook_is_called_after_each_step_and_each_epoch():
    calls = []

    def callback(trainer, event):
        calls.append((event, trainer.step, trainer.epoch, len(trainer.history.loss), len(trainer.history.epochs)))
        if event == "epoch":
            assert trainer.history.epochs[-1].test_accuracy is not None, "the epoch is complete"

    fit(new_trainer(callback=callback), test=(X, LABELS))
    assert calls == [
        ("step", 1, 1, 1, 0), ("step", 2, 1, 2, 0), ("step", 3, 1, 3, 0), ("epoch", 3, 1, 3, 1),
        ("step", 4, 2, 4, 1), ("step", 5, 2, 5, 1), ("step", 6, 2, 6, 1), ("epoch", 6, 2, 6, 2),
    ]  # fmt: skip


def test_the_hook_comes_after_the_update_with_the_gradients_still_there():
    before = {}

    def callback(trainer, event):
        if event == "step":
            w = trainer.model.params["weight"]
            np.testing.assert_array_equal(w, before["w"] - trainer.optimizer.lr * trainer.model.grads["weight"])
            before["w"] = w.copy()

    trainer = new_trainer(callback=callback)
    before["w"] = trainer.model.params["weight"].copy()
    fit(trainer)
    assert trainer.step == 6


def test_the_schedule_sets_the_rate_before_every_step():
    asked, used = [], []

    def schedule(step):
        asked.append(step)
        return 0.5 / (1 + step)

    trainer = new_trainer(schedule=schedule, callback=lambda trainer, event: used.append(trainer.optimizer.lr))
    w = trainer.model.params["weight"].copy()
    history = fit(trainer)
    assert asked == list(range(6))
    assert history.lr == [0.5 / (1 + step) for step in range(6)]
    assert [lr for i, lr in enumerate(used) if i % 4 != 3] == history.lr
    assert not np.array_equal(trainer.model.params["weight"], w)
    assert fit(new_trainer(lr=0.3)).lr == [0.3] * 6, "without a schedule the optimizer keeps its own"


def test_the_history_of_a_network_that_stands_still():
    """With a learning rate of zero the mean over uneven batches must be that of the whole set."""
    trainer = new_trainer(lr=0.0)
    history = fit(trainer, epochs=3, test=(X[:4], LABELS[:4]))
    whole, test = evaluate(trainer.model, X, LABELS), evaluate(trainer.model, X[:4], LABELS[:4])
    assert [e.epoch for e in history.epochs] == [1, 2, 3]
    assert len(history.loss) == len(history.lr) == 9
    for epoch in history.epochs:
        assert epoch.loss == pytest.approx(whole.loss, rel=1e-14) and epoch.accuracy == whole.accuracy
        assert (epoch.test_loss, epoch.test_accuracy) == test
        assert 0 < epoch.seconds < 60
    assert np.dot(history.loss[:3], [3, 3, 1]) / 7 == pytest.approx(whole.loss, rel=1e-14)
    assert 0 < whole.accuracy < 1, "or the test above proves little"


def test_without_a_test_part_there_are_no_test_numbers():
    history = fit(new_trainer(), epochs=1)
    assert history.epochs[0].test_loss is None and history.epochs[0].test_accuracy is None
    assert "test" not in str(history.epochs[0])


def test_the_history_becomes_json():
    model = TinyCNN(1, 3, (4,), reduction=2, rng=np.random.default_rng(0))
    trainer = Trainer(model, SGD(model.params, 0.1), progress=False)
    x = np.random.default_rng(1).random((7, 1, 4, 4), dtype=np.float32)
    history = fit(trainer, x=x, test=(x, LABELS))
    again = json.loads(json.dumps(history.to_dict()))
    assert again == history.to_dict()
    assert set(again) == {"loss", "lr", "epochs"} and len(again["loss"]) == 6
    assert set(again["epochs"][1]) == {"epoch", "loss", "accuracy", "seconds", "test_loss", "test_accuracy"}
    assert again["epochs"][1]["epoch"] == 2


def test_one_plain_line_per_epoch_where_there_is_no_terminal(capsys):
    history = fit(new_trainer(progress=True), test=(X, LABELS))
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [str(epoch) for epoch in history.epochs] and len(history.epochs) == 2
    for number, line in enumerate(out.splitlines(), start=1):
        assert line.startswith(f"epoch   {number}") and "\r" not in line
        assert f"loss {history.epochs[number - 1].loss:.4f}" in line
        assert f"test accuracy {history.epochs[number - 1].test_accuracy:.3f}" in line


class Terminal(io.StringIO):
    def isatty(self):
        return True


def pretend_a_terminal(monkeypatch):
    """To be called in the test itself: between a fixture and its test, pytest puts its own stderr in place."""
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)  # no thread that outlives the test
    monkeypatch.setattr(sys, "stderr", Terminal())
    return sys.stderr


def test_a_bar_on_a_terminal(monkeypatch, capsys):
    assert progress.tqdm is tqdm.tqdm, "the plain one, never a widget"
    terminal = pretend_a_terminal(monkeypatch)
    history = fit(new_trainer(progress=True))
    shown = terminal.getvalue()
    assert "epoch 1:" in shown and "epoch 2:" in shown and "/3 [" in shown and "\r" in shown
    assert capsys.readouterr().out.splitlines() == [str(epoch) for epoch in history.epochs]


@pytest.mark.parametrize("on_a_terminal", [True, False], ids=["on a terminal", "elsewhere"])
def test_no_progress_means_silence(on_a_terminal, monkeypatch, capsys):
    terminal = pretend_a_terminal(monkeypatch) if on_a_terminal else io.StringIO()
    fit(new_trainer(progress=False), test=(X, LABELS))
    assert tuple(capsys.readouterr()) == ("", "") and terminal.getvalue() == ""


def test_a_bar_is_cleared_when_training_stops(monkeypatch, capsys):
    """Else the next bar would be drawn one line further down, below the dead one."""
    terminal = pretend_a_terminal(monkeypatch)
    with pytest.raises(TrainingError) as error:
        fit(new_trainer(progress=True), x=np.full_like(X, np.nan))
    fit(new_trainer(progress=True))
    assert error.value.__traceback__ is not None  # a notebook, or a debugger, still holds the frames
    assert terminal.getvalue().count("epoch 1:") >= 2 and "\n" not in terminal.getvalue()
