"""Training that cannot go on says so and leaves the weights alone; an evaluation leaves no trace at all."""

import math

import numpy as np
import pytest
from comparing import mentions

from senumpy.data import digits
from senumpy.layers import Linear
from senumpy.models import TinyCNN
from senumpy.ops import softmax_cross_entropy_forward
from senumpy.training import SGD, Trainer, TrainingError, evaluate, tiny_cnn_for, train_by_recipe

X = np.random.default_rng(1).standard_normal((14, 2, 8, 9)).astype(np.float32)
LABELS = np.arange(14) % 3


def new_cnn():
    return TinyCNN(2, 3, (4, 6), reduction=2, rng=np.random.default_rng(0))


def snapshot(arrays):
    return {name: array.tobytes() for name, array in arrays.items()}


def last_image(epoch, seed=2):
    """The image that a generator puts at the end of an epoch."""
    rng = np.random.default_rng(seed)
    return [rng.permutation(14) for _ in range(epoch)][-1][-1]


LAST = last_image(epoch=2)


def stopped_by_a_bad_image():
    """A NaN in the image that comes last in the second epoch: (trainer, message, snapshots before each step)."""
    model = new_cnn()
    bad = X.copy()
    bad[LAST, 0, 3, 3] = np.nan
    before = [(snapshot(model.params), snapshot(model.buffers))]

    def callback(trainer, event):
        if event == "step":
            before.append((snapshot(model.params), snapshot(model.buffers)))

    trainer = Trainer(model, SGD(model.params, 0.25, momentum=0.9), callback=callback, progress=False)
    rng = np.random.default_rng(2)
    trainer.fit(X, LABELS, epochs=1, batch_size=5, rng=rng)
    with pytest.raises(TrainingError) as error:
        trainer.fit(bad, LABELS, epochs=3, batch_size=5, rng=rng)
    return trainer, str(error.value), before


def test_a_loss_that_is_not_finite_stops_the_training():
    trainer, message, before = stopped_by_a_bad_image()
    for part in ("loss became nan", "step 6", "epoch 2", "data", f"image {LAST} of the training images holds NaN"):
        assert part in message
    assert "rate" not in message, "it is not to blame"
    assert snapshot(trainer.model.params) == before[-1][0], "the weights are those before the step"
    assert len(before) == 6 and before[-1][0] != before[-2][0]
    assert len(trainer.history.loss) == len(trainer.history.lr) == 5 and len(trainer.history.epochs) == 1
    assert all(map(math.isfinite, trainer.history.loss))


def test_the_running_statistics_are_those_before_the_step_too():
    """They are saved with the weights: one NaN in them, and the network is lost for every evaluation."""
    trainer, _, before = stopped_by_a_bad_image()
    assert snapshot(trainer.model.buffers) == before[-1][1]
    assert math.isfinite(evaluate(trainer.model, X, LABELS).loss)


def test_a_rate_that_is_too_large_stops_the_training():
    model = Linear(5, 3, rng=np.random.default_rng(0))
    x = 100 * np.random.default_rng(1).standard_normal((6, 5)).astype(np.float32)
    trainer = Trainer(model, SGD(model.params, 1e38), progress=False)
    before = snapshot(model.params)
    words = mentions("step 1 of epoch 1", "learning rate 1e+38", "smaller", "weight would have held NaN or infinity")
    with pytest.raises(TrainingError, match=words):  # and no warnings before, which would be errors here
        trainer.fit(x, np.arange(6) % 3, epochs=3, batch_size=6, rng=np.random.default_rng(0))
    assert trainer.history.loss == [] and snapshot(model.params) == before


def test_a_test_loss_that_is_not_finite_stops_the_training_too():
    """In training batch norm does not look at its running statistics, so that only an evaluation meets them."""
    model = new_cnn()
    model.buffers["bn1.running_mean"][...] = -3e38
    trainer = Trainer(model, SGD(model.params, 0.25), progress=False)
    with pytest.raises(TrainingError, match=mentions("epoch 1", "test images", "nan", "0.25", "smaller")):
        trainer.fit(X, LABELS, epochs=2, batch_size=7, rng=np.random.default_rng(0), test=(X, LABELS))
    assert len(trainer.history.loss) == 2 and not trainer.history.epochs


BAD = {
    "a label too large": ({"labels": np.where(LABELS == 2, 3, LABELS)}, ["label", 3, 2]),
    "a label of -1": ({"labels": LABELS - 1}, ["label", -1]),
    "labels that are no integers": ({"labels": LABELS.astype(float)}, ["label", "float64"]),
    "fewer labels than images": ({"labels": LABELS[:-1]}, ["label", 14, 13]),
    "integer images": ({"x": np.ones(X.shape, np.uint8)}, ["uint8", "astype"]),
    "no images": ({"x": X[:0], "labels": LABELS[:0]}, ["empty"]),
    "no epochs": ({"epochs": 0}, ["epochs", 0]),
    "an empty batch": ({"batch_size": 0}, ["batch_size", 0]),
    "a seed instead of a generator": ({"rng": 7}, ["rng", "default_rng"]),
}


@pytest.mark.parametrize("changes, words", BAD.values(), ids=BAD)
def test_arguments_that_make_no_sense(changes, words):
    model = new_cnn()
    before = snapshot(model.params)
    options = {"x": X, "labels": LABELS, "epochs": 1, "batch_size": 14, "rng": np.random.default_rng(0), **changes}
    trainer = Trainer(model, SGD(model.params, 0.1), progress=False)
    with pytest.raises(ValueError, match=mentions(*words)):
        trainer.fit(options.pop("x"), options.pop("labels"), **options)
    assert snapshot(model.params) == before
    assert trainer.history.loss == trainer.history.epochs == []


def test_a_call_that_was_refused_does_not_count():
    """Somebody corrects the typo and runs the cell again: that is the first epoch."""
    model = new_cnn()
    trainer = Trainer(model, SGD(model.params, 0.1), progress=False)
    with pytest.raises(ValueError, match="rng"):
        trainer.fit(X, LABELS, epochs=1, batch_size=14, rng=7)
    history = trainer.fit(X, LABELS, epochs=1, batch_size=14, rng=np.random.default_rng(7))
    assert [epoch.epoch for epoch in history.epochs] == [1]


@pytest.mark.parametrize("batch_size", [1, 4, 14, 256])
def test_an_evaluation_is_the_mean_over_the_whole_set(batch_size):
    model = new_cnn().eval()
    logits = model.forward(X)
    loss, accuracy = evaluate(model, X, LABELS, batch_size=batch_size)
    assert loss == pytest.approx(float(softmax_cross_entropy_forward(logits, LABELS)[0]), rel=1e-6)
    assert accuracy == (logits.argmax(axis=1) == LABELS).mean()
    assert type(loss) is type(accuracy) is float


def test_an_evaluation_uses_the_running_statistics_and_changes_nothing():
    model = new_cnn()
    before = model.state_dict()
    one_by_one = [evaluate(model, X[n : n + 1], LABELS[n : n + 1]).loss for n in range(14)]
    assert evaluate(model, X, LABELS).loss == pytest.approx(np.mean(one_by_one), rel=1e-5)
    assert snapshot(before) == snapshot(model.state_dict())


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("labels", [LABELS, LABELS + 3], ids=["well", "with an error"])
def test_an_evaluation_puts_the_mode_back(training, labels):
    model = new_cnn()
    model.train() if training else model.eval()
    if labels is LABELS:
        evaluate(model, X, labels)
    else:
        with pytest.raises(ValueError, match="label"):
            evaluate(model, X, labels)
    assert {layer.training for _, layer in model.named_layers()} == {training}


def test_an_evaluation_puts_back_the_mode_of_every_layer():
    """One batch norm was frozen on purpose."""
    model = new_cnn()
    model.children["bn1"].eval()
    evaluate(model, X, LABELS)
    assert [name for name, layer in model.named_layers() if not layer.training] == ["bn1"]


def test_an_evaluation_of_nothing_is_an_error():
    for options in ({"x": X[:0], "labels": LABELS[:0]}, {"x": X, "labels": LABELS, "batch_size": 0}):
        with pytest.raises(ValueError, match="batch_size|empty"):
            evaluate(new_cnn(), **options)


@pytest.mark.parametrize("options", [{"epochs": 0}, {"epochs": 1, "batch_size": 0}])
def test_a_recipe_without_a_step_is_refused(options):
    task = digits()
    with pytest.raises(ValueError, match="must be an integer of at least 1"):
        train_by_recipe(tiny_cnn_for(task, widths=(4,)), task, **options)
