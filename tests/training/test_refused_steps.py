"""A step that cannot be is refused whole, and its cause is named: no success with a broken model."""

import math

import numpy as np
import pytest
from comparing import mentions
from small_runs import (
    LABELS,
    OPTIMIZERS,
    X,
    each_optimizer,
    everything,
    fit,
    is_finite,
    new_trainer,
    refused,
    with_pixel,
)

from senumpy.layers import Linear, ReLU, Sequential
from senumpy.training import SGD, TrainingError, evaluate


@each_optimizer
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e20, 1e30, -3.4e38, np.finfo(np.float32).min])
@pytest.mark.parametrize("lr", [0.1, 100.0])
def test_a_bad_pixel_is_named_with_its_image_and_nothing_is_spoilt(optimizer, value, lr):
    """The loss may be well all the same: then the running variance is infinite, or the weights would be."""
    trainer = new_trainer(lr, optimizer)
    message = refused(trainer, x=with_pixel(np.float32(value)), epochs=3)
    size = "NaN" if np.isnan(value) else "infinity" if np.isinf(value) else f"{abs(np.float32(value)):.3g}"
    for part in ("image 5 of the training images", size, "model is as before the step", "The cause lies in the data"):
        assert part in message
    assert "rate" not in message
    assert math.isfinite(evaluate(trainer.model, X, LABELS).loss)


def test_one_pixel_without_data_in_the_only_step_of_the_only_epoch():
    trainer = new_trainer(100.0, OPTIMIZERS["SGD"])
    message = refused(trainer, x=with_pixel(np.finfo(np.float32).min)[:8], labels=LABELS[:8])
    assert "image 5" in message and trainer.step == 0 and trainer.history.epochs == []


def test_several_bad_images_are_counted():
    x = X.copy()
    x[::2, 0, 0, 0] = np.nan
    x[4, 0, 0, 0] = np.inf
    message = refused(new_trainer(), x=x, batch_size=24)
    assert "images 0, 2, 4, 6, 8 and 7 more of the training images hold NaN or infinity" in message


def test_a_bad_image_of_another_mini_batch_is_mentioned_beside_the_rate():
    """It may have driven up the weights some steps ago."""
    words = mentions("Try a smaller learning rate", "of this mini-batch are well", "image 20 of", "values up to 1e+15")
    with pytest.raises(TrainingError, match=words):
        new_trainer(1e300).train_step(X[:8], LABELS[:8], (with_pixel(1e15, image=20), np.arange(8)))


def test_numbers_of_minus_9999_do_no_harm():
    assert len(fit(new_trainer(), x=with_pixel(-9999), epochs=2).epochs) == 2


@each_optimizer
@pytest.mark.parametrize("lr", [100.0, 1e3, 1e6, 1e20, 1e38])
@pytest.mark.parametrize("seed", [0, 2])
def test_a_rate_that_is_too_large_never_leaves_a_broken_model(optimizer, lr, seed):
    trainer = new_trainer(lr, optimizer, seed=seed)
    try:
        fit(trainer, epochs=12)
    except TrainingError:
        trainer = new_trainer(lr, optimizer, seed=seed)
        message = refused(trainer, epochs=12)
        assert f"learning rate {lr:g}" in message and "Try a smaller learning rate" in message
    assert is_finite(trainer)
    assert all(map(math.isfinite, trainer.history.loss))


def test_a_finite_loss_is_not_enough():
    """Finite gradients, and a step that leaves all numbers: what would have broken is named."""
    model = Sequential(Linear(3, 4, rng=np.random.default_rng(0)), ReLU(), Linear(4, 3, rng=np.random.default_rng(1)))
    x = np.random.default_rng(3).standard_normal((24, 3)).astype(np.float32)
    message = refused(new_trainer(3e38, OPTIMIZERS["momentum"], model), x=100 * x)
    assert "the loss was" in message and "after the step" in message and "0.weight" in message


def test_adams_memory_must_stay_finite_too():
    """The square of a gradient of 1e25 is infinite in float32, and its parameter would never move again."""
    model = Linear(3, 3, rng=np.random.default_rng(0))
    x = np.random.default_rng(3).standard_normal((24, 3)).astype(np.float32)
    model.params["weight"][...] = 0
    message = refused(new_trainer(0.1, OPTIMIZERS["Adam"], model), x=np.float32(1e25) * x)
    assert "the optimizer's memory of weight" in message and "values up to" in message


def test_a_model_that_was_broken_before_is_said_to_be():
    for name in ("bn1.running_var", "conv1.weight"):
        trainer = new_trainer()
        {**trainer.model.params, **trainer.model.buffers}[name].flat[0] = np.inf
        with pytest.raises(TrainingError, match=mentions(name, "held NaN or infinity before it", "load good weights")):
            fit(trainer)


def test_parameters_that_are_not_trained_are_looked_at_as_well():
    trainer = new_trainer(optimizer=lambda params, lr: SGD({"fc.bias": params["fc.bias"]}, lr))
    trainer.model.params["conv1.weight"][0, 0, 0, 0] = np.nan
    with pytest.raises(TrainingError, match=mentions("conv1.weight", "before it")):
        fit(trainer)


@pytest.mark.parametrize("value, word", [(np.nan, "NaN"), (np.inf, "infinity"), (-3.4e38, "values up to 3.4e+38")])
def test_a_bad_test_image_is_named(value, word):
    test = with_pixel(np.float32(value), image=17), LABELS
    words = mentions("after epoch 1", f"image 17 of the test images holds {word}")
    with pytest.raises(TrainingError, match=words) as error:
        fit(new_trainer(), test=test)
    assert "rate" not in str(error.value)


def test_a_step_of_ones_own_names_the_image_in_the_mini_batch():
    trainer = new_trainer()
    before = everything(trainer)
    with pytest.raises(TrainingError, match="image 5 of the mini-batch holds NaN"):
        trainer.train_step(with_pixel(np.nan), LABELS)
    assert everything(trainer) == before


@pytest.mark.parametrize("event", ["step", "epoch"])
@pytest.mark.parametrize("kind", ["params", "buffers"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_a_hook_breaks_after_the_last_step_is_no_success(event, kind, value):
    def callback(trainer, happened):
        if happened == event and trainer.step == 6:
            next(iter(getattr(trainer.model, kind).values()))[...] = value

    with pytest.raises(TrainingError, match=mentions("epoch 2", "callback", "NaN or infinity")):
        fit(new_trainer(callback=callback), epochs=2)


def test_a_layer_that_a_hook_replaces_is_not_left_untrained_without_a_word():
    def callback(trainer, event):
        if trainer.step == 2:
            trainer.model.add("fc", Linear(6, 3))

    trainer = new_trainer(callback=callback)
    with pytest.raises(ValueError, match=mentions("fc.weight", "not the model's array", "build the optimizer")):
        fit(trainer)
    assert trainer.step == 2


def test_an_optimizer_that_remembers_nan_is_not_blamed_on_the_rate():
    trainer = new_trainer()
    fit(trainer)
    trainer.optimizer.memory["fc.bias"][0][:] = np.nan
    with pytest.raises(TrainingError, match=mentions("the optimizer's memory of fc.bias held NaN or infinity before")):
        fit(trainer)
