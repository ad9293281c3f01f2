"""What is looked at before the first step: a generator, a test part, the last mini-batch."""

import sys

import numpy as np
import pytest
from comparing import mentions

from senumpy.data import digits
from senumpy.layers import BatchNorm2d, Linear, Sequential
from senumpy.models import TinyCNN
from senumpy.training import SGD, Trainer, evaluate, tiny_cnn_for, train_by_recipe

X = np.random.default_rng(1).standard_normal((13, 5)).astype(np.float32)
LABELS = np.arange(13) % 3


def new_trainer(norm=True, **options):
    rng = np.random.default_rng(0)
    model = Sequential(Linear(5, 4, rng=rng), *([BatchNorm2d(4)] if norm else []), Linear(4, 3, rng=rng))
    return Trainer(model, SGD(model.params, 0.1, momentum=0.9), progress=False, **options)


def fit(trainer, x=X, labels=LABELS, **options):
    return trainer.fit(x, labels, **{"epochs": 2, "batch_size": 5, "rng": np.random.default_rng(2), **options})


def state(trainer):
    return {name: a.tobytes() for name, a in trainer.model.state_dict().items()}


@pytest.mark.parametrize(
    "rng, write", [(None, "default_rng(0)"), (7, "default_rng(7)"), (np.random.RandomState(0), "default_rng(0)")]
)
def test_fit_needs_a_generator_to_shuffle_by(rng, write):
    trainer = new_trainer()
    before = state(trainer)
    with pytest.raises(ValueError, match=mentions("rng", "shuffles", "numpy.random.Generator", write)):
        fit(trainer, rng=rng)
    with pytest.raises(ValueError, match=mentions("rng", "shuffles")):
        trainer.fit(X, LABELS, epochs=1, batch_size=5)
    assert state(trainer) == before


TESTS = {
    "images alone": (X, ["pair (x, labels)", "ndarray"]),
    "three things": ((X, LABELS, X), ["pair (x, labels)"]),
    "fewer labels": ((X, LABELS[:3]), ["one label for each", "(3,)"]),
    "no image": ((X[:0], LABELS[:0]), ["at least one"]),
    "a class that the model has not": ((X, LABELS + 1), ["test part", "between 0 and 2", "1 to 3"]),
    "images of another size": ((X[:, :4], LABELS), ["test part", "(2, 4)"]),
    "pictures of whole numbers": ((X.astype(np.uint8), LABELS), ["test part", "uint8", "astype"]),
    "masked images": ((np.ma.array(X), LABELS), ["test part", "masked", "filled(0)"]),
    "masked labels": ((X, np.ma.array(LABELS)), ["test part", "masked", "filled(0)"]),
    "labels that are no integers": ((X, LABELS + 0.5), ["test part", "labels", "float64"]),
}


@pytest.mark.parametrize("test, words", TESTS.values(), ids=TESTS)
def test_a_test_part_is_looked_at_before_the_first_epoch(test, words):
    trainer = new_trainer()
    with pytest.raises(ValueError, match=mentions(*words)):
        fit(trainer, test=test)
    assert trainer.step == trainer.epoch == 0


@pytest.mark.parametrize("labels", [LABELS + 1, LABELS - 1, np.where(np.arange(13) == 9, 7, LABELS)])
def test_a_class_that_the_model_has_not_is_found_before_the_first_step_is_done(labels):
    """Whichever mini-batch it would come up in."""
    for seed in range(5):
        trainer = new_trainer()
        before = state(trainer)
        with pytest.raises(ValueError, match=f"between 0 and 2 for 3 classes, got {labels.min()} to {labels.max()}"):
            fit(trainer, labels=labels, batch_size=2, drop_last=True, rng=np.random.default_rng(seed))
        assert state(trainer) == before and trainer.step == 0


def test_a_mask_is_not_dropped_on_the_way_in():
    trainer = new_trainer()
    masked_x, masked_labels = np.ma.masked_greater(X, 1), np.ma.array(LABELS)
    for x, labels, name in ((masked_x, LABELS, "x"), (X, masked_labels, "labels")):
        for call in (
            lambda x, labels: fit(trainer, x, labels),
            lambda x, labels: evaluate(trainer.model, x, labels),
            lambda x, labels: trainer.train_step(x, labels),
        ):
            with pytest.raises(ValueError, match=rf"^{name} is a masked array: fill the mask first"):
                call(x, labels)
    assert trainer.step == 0


@pytest.mark.parametrize(
    "parts, words",
    [
        ({"optimizer": 0.1}, ["optimizer", "float", "SGD(model.params"]),
        ({"optimizer": SGD}, ["optimizer", "SGD(model.params"]),
        ({"schedule": 0.1}, ["schedule", "function schedule(step)", 0.1]),
        ({"callback": "print"}, ["callback", "function callback(trainer, event)", "'print'"]),
    ],
)
def test_a_trainer_is_made_of_what_it_can_work_with(parts, words):
    model = Linear(5, 3)
    with pytest.raises(ValueError, match=mentions(*words)):
        Trainer(model, **{"optimizer": SGD(model.params, 0.1), **parts})


ALONE = {
    "the last of three": ({"batch_size": 6}, ["one image (of 13, 6 at a time)", "drop_last=True", "batch_size"]),
    "all of them": ({"batch_size": 1, "drop_last": True}, ["of 13, 1 at a time", "another batch_size"]),
    "the only one": ({"x": X[:1], "labels": LABELS[:1]}, ["of 1, 5 at a time"]),
}


@pytest.mark.parametrize("options, words", ALONE.values(), ids=ALONE)
def test_a_last_mini_batch_of_one_is_refused_before_a_step_is_taken(options, words):
    trainer = new_trainer()
    before = state(trainer)
    with pytest.raises(ValueError, match=mentions("your last mini-batch has one image", "more than one value", *words)):
        fit(trainer, **options)
    assert state(trainer) == before and trainer.step == trainer.epoch == 0


def test_one_image_alone_is_welcome_where_it_can_be_trained_on():
    """Without batch norm, or where the maps are larger than a pixel."""
    assert len(fit(new_trainer(norm=False), batch_size=6).loss) == 6
    model = TinyCNN(1, 3, (4, 4), reduction=2, rng=np.random.default_rng(0))
    images = np.random.default_rng(1).random((13, 1, 4, 4), dtype=np.float32)
    assert len(fit(Trainer(model, SGD(model.params, 0.1), progress=False), x=images, batch_size=6).loss) == 6


def test_looking_at_the_last_mini_batch_leaves_no_trace():
    """The same images in batches of another size, from the statistics of a new layer."""
    images, seen = np.random.default_rng(1).random((13, 1, 4, 4), dtype=np.float32), []
    model = TinyCNN(1, 3, (4, 4), reduction=2, rng=np.random.default_rng(0))
    trainer = Trainer(model, SGD(model.params, 0.1), progress=False)
    trainer.train_step = lambda x, labels, *rest: seen.append(state(trainer)) or trainer.place.add(0.0, len(x), 0)
    before = state(trainer)
    fit(trainer, x=images, batch_size=6, epochs=1)
    assert seen == [before] * 3


def test_another_reason_than_being_alone_is_said_as_it_is():
    with pytest.raises(ValueError, match=r"w must have shape \(M, 4\) beside x of shape \(2, 4\)"):
        fit(new_trainer(), x=X[:, :4], batch_size=6)


def test_the_last_mini_batch_can_be_left_out():
    trainer, sizes = new_trainer(), []
    step = trainer.train_step
    trainer.train_step = lambda x, labels, *rest: sizes.append(len(x)) or step(x, labels, *rest)
    history = fit(trainer, batch_size=6, drop_last=True)
    assert sizes == [6, 6, 6, 6] and len(history.loss) == 4
    assert history.epochs[0].loss == pytest.approx(np.mean(history.loss[:2]), rel=1e-14), "a mean over twelve images"
    assert 0 < history.epochs[1].accuracy <= 1 and (history.epochs[1].accuracy * 12) % 1 == pytest.approx(0)
    with pytest.raises(ValueError, match=mentions("drop_last", "all 13")):
        fit(new_trainer(), batch_size=14, drop_last=True)


def test_a_recipe_can_leave_it_out_too():
    """With a schedule of as many steps as there are: the last rate is almost nothing."""
    task = digits()
    options = {"epochs": 1, "batch_size": 400, "progress": False}
    for drop_last, steps in ((True, 3), (False, 4)):
        history = train_by_recipe(tiny_cnn_for(task, widths=(4,)), task, drop_last=drop_last, **options)
        assert len(history.loss) == steps and history.lr[-1] == pytest.approx(0.2 / 25 / 1e4)
    by_default, named = (
        train_by_recipe(tiny_cnn_for(task, widths=(4,)), task, epochs=1, progress=False, **own)
        for own in ({}, {"batch_size": 32, "lr": 0.2, "seed": 0})
    )
    assert by_default.loss == named.loss and by_default.lr == named.lr


class Broken:
    """A stream whose reader has left."""

    def write(self, text):
        raise BrokenPipeError

    def flush(self):
        raise BrokenPipeError


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("kind", ["none", "closed", "without a reader"])
def test_what_cannot_be_shown_does_not_end_the_training(stream, kind, monkeypatch, tmp_path):
    file = open(tmp_path / "closed", "w")  # noqa: SIM115 - closed at once
    file.close()
    monkeypatch.setattr(sys, stream, {"none": None, "closed": file, "without a reader": Broken()}[kind])
    trainer = new_trainer()
    trainer.progress = True
    history = fit(trainer)
    monkeypatch.undo()
    assert len(history.epochs) == 2 and len(history.loss) == 6
