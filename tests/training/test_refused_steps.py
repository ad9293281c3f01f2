"""A step that cannot be is refused whole: no success with a broken model, and "as before the step" is true."""

import json
import math
import pickle

import numpy as np
import pytest
from comparing import mentions

from senumpy.layers import Layer, Linear, ReLU, Sequential
from senumpy.models import TinyCNN
from senumpy.training import SGD, Adam, Trainer, TrainingError, evaluate, step_lr

X = np.random.default_rng(1).random((24, 2, 8, 8), dtype=np.float32)
LABELS = np.arange(24) % 3
OPTIMIZERS = {
    "SGD": lambda params, lr: SGD(params, lr),
    "momentum": lambda params, lr: SGD(params, lr, momentum=0.9),
    "Nesterov": lambda params, lr: SGD(params, lr, momentum=0.9, nesterov=True, weight_decay=5e-4),
    "Adam": lambda params, lr: Adam(params, lr),
}
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)


def new_trainer(lr=0.1, optimizer=OPTIMIZERS["Nesterov"], model=None, seed=0, **options):
    model = model or TinyCNN(2, 3, (4, 6), reduction=2, rng=np.random.default_rng(seed))
    return Trainer(model, optimizer(model.params, lr), progress=False, **options)


def fit(trainer, x=X, labels=LABELS, epochs=1, **options):
    options = {"batch_size": 8, "rng": np.random.default_rng(2), **options}
    return trainer.fit(x, labels, epochs=epochs, **options)


def everything(trainer):
    """All that a step changes."""
    optimizer = trainer.optimizer
    arrays = {**trainer.model.params, **trainer.model.buffers}
    memory = {name: [a.tobytes() for a in kept] for name, kept in optimizer.memory.items()}
    counters = optimizer.steps, optimizer.lr, trainer.step, [*trainer.history.loss], [*trainer.history.lr]
    return {name: a.tobytes() for name, a in arrays.items()}, memory, counters


def is_finite(trainer):
    arrays = [*trainer.model.params.values(), *trainer.model.buffers.values()]
    arrays += [a for kept in trainer.optimizer.memory.values() for a in kept]
    return all(np.isfinite(a).all() for a in arrays)


def refused(trainer, error=TrainingError, **options):
    """Fit, and return the message of the step that was refused; the steps before it have happened, nothing else."""
    ends = [everything(trainer)]
    trainer.hook = lambda trainer, event: ends.append(everything(trainer)) if event == "step" else None
    with pytest.raises(error) as raised:
        fit(trainer, **options)
    assert everything(trainer) == ends[-1] and is_finite(trainer)
    return str(raised.value)


def with_pixel(value, image=5, x=X):
    x = x.copy()
    x[image, 0, 3, 3] = value
    return x


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


class Failing(Layer):
    """Passes everything on, and raises at the fourth step, on the way there or on the way back."""

    def __init__(self, where, error):
        super().__init__()
        self.where, self.error, self.count = where, error, 0

    def look(self, where):
        self.count += where == self.where
        if self.count == 4 and where == self.where:
            raise self.error

    def forward(self, x):
        self.look("forward")
        return x

    def backward(self, dout):
        self.look("backward")
        return dout


@each_optimizer
@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a bug"), MemoryError()], ids=repr)
@pytest.mark.parametrize("where", ["forward", "backward"])
def test_whatever_ends_a_step_leaves_the_model_as_before_it(optimizer, error, where):
    """Batch norms in front of the failing layer have moved their statistics already."""
    cnn = TinyCNN(2, 3, (4, 6), reduction=2, rng=np.random.default_rng(0))
    trainer = new_trainer(0.1, optimizer, Sequential(cnn=cnn, failing=Failing(where, error)))
    refused(trainer, type(error), epochs=3)
    assert trainer.step == 3 and [e.epoch for e in trainer.history.epochs] == [1]


class InterruptedSGD(SGD):
    """Ctrl-C in the middle of the fourth step, when half the parameters are updated."""

    def _update(self, name, p, g):
        if self.steps == 4 and name == "conv2.weight":
            raise KeyboardInterrupt
        super()._update(name, p, g)


def test_an_interrupted_update_is_undone():
    trainer = new_trainer(optimizer=lambda params, lr: InterruptedSGD(params, lr, momentum=0.9))
    refused(trainer, KeyboardInterrupt, epochs=3)
    assert trainer.step == trainer.optimizer.steps == 3


@pytest.mark.parametrize("kind", ["complex", "object", "shape"])
def test_a_gradient_that_cannot_be_is_refused_before_the_first_parameter_moves(kind):
    class Odd(Linear):
        def backward(self, dout):
            dx, g = super().backward(dout), self._grads["weight"]
            self._grads["weight"] = {"complex": g * 1j, "object": g.astype(object), "shape": g[:1]}[kind]
            return dx

    model = Sequential(first=Linear(3, 4, rng=np.random.default_rng(0)), odd=Odd(4, 3, rng=np.random.default_rng(1)))
    message = refused(new_trainer(model=model), ValueError, x=X[:, 0, 0, :3])
    assert "the gradient of odd.weight" in message


def test_training_goes_on_after_a_refusal_as_if_it_had_not_been():
    """Momentum, statistics, schedule and all."""
    def schedule(step):
        return 0.1 / (1 + step)

    good, other = new_trainer(schedule=schedule), new_trainer(schedule=schedule)
    for trainer in (good, other):
        fit(trainer)
        if trainer is other:
            refused(trainer, x=with_pixel(np.nan), batch_size=24, epochs=1)
        fit(trainer, epochs=2)
    assert everything(good) == everything(other)
    assert [e.epoch for e in other.history.epochs] == [1, 2, 3]


def test_an_error_in_a_hook_leaves_the_last_whole_step():
    def hook(trainer, event):
        ends.append(everything(trainer))
        if trainer.step == 2:
            raise KeyboardInterrupt

    ends = []
    trainer = new_trainer(hook=hook)
    with pytest.raises(KeyboardInterrupt):
        fit(trainer)
    assert everything(trainer) == ends[-1] and len(trainer.history.loss) == trainer.step == 2


RATES = {
    "negative": (-0.1, ["-0.1"]),
    "NaN": (np.nan, ["nan"]),
    "infinite": (np.inf, ["inf"]),
    "several": (np.array([0.1, 0.2]), ["0.2"]),
    "one in a list": ([0.1], ["[0.1]"]),
    "one in an array": (np.array([0.1]), ["0.1"]),
    "text": ("0.1", ["'0.1'"]),
    "nothing": (None, ["None"]),
    "complex": (0.1 + 0j, ["0.1"]),
    "a switch": (True, ["True"]),
}


@pytest.mark.parametrize("rate, words", RATES.values(), ids=RATES)
def test_a_rate_that_is_none_is_refused_with_the_number_of_the_step(rate, words):
    trainer = new_trainer(schedule=lambda step: 0.1 if step < 2 else rate)
    message = refused(trainer, ValueError)
    for word in ("schedule's learning rate for step 3", *words):
        assert word in message
    assert trainer.step == 2 and trainer.optimizer.lr == 0.1


def test_a_schedule_that_explodes_is_refused_at_its_step():
    message = refused(new_trainer(schedule=step_lr(0.0, 1, gamma=1e200)), ValueError)
    assert "step 3" in message and "inf" in message


@pytest.mark.parametrize("number", [np.float64, np.float32, np.array])
def test_rates_of_any_kind_give_the_same_bits_and_a_history_for_json(number):
    def run(number):
        trainer = new_trainer(schedule=lambda step: number(2.0 ** -(3 + step)))
        history = fit(trainer, epochs=2)
        return everything(trainer), json.dumps([history.to_dict()["loss"], history.to_dict()["lr"]])

    assert run(number) == run(float)


def test_a_trainer_with_a_schedule_can_be_pickled_and_goes_on():
    trainer = new_trainer(schedule=step_lr(0.1, 2))
    fit(trainer)
    again = pickle.loads(pickle.dumps(trainer))
    for t in (trainer, again):
        fit(t, epochs=2)
    assert everything(again) == everything(trainer)


BROKEN = {"NaN": [np.nan] * 3, "infinite": [np.inf] * 3, "minus infinity": [-np.inf] * 3, "one NaN": [0.0, np.nan, 1.0]}


@pytest.mark.parametrize("logits", BROKEN.values(), ids=BROKEN)
def test_logits_that_are_not_finite_are_no_answer(logits):
    """argmax of NaN is class 0: the accuracy would be the share of that class."""
    class Broken(Layer):
        def forward(self, x):
            return np.tile(np.float32(logits), (len(x), 1))

    with np.errstate(invalid="ignore"):
        evaluation = evaluate(Broken(), X, LABELS)
    assert math.isnan(evaluation.loss) and evaluation.accuracy == 0.0


def test_a_class_that_is_ruled_out_may_have_minus_infinity():
    class Masked(Layer):
        def forward(self, x):
            return np.tile(np.float32([0.0, 1.0, -np.inf]), (len(x), 1))

    assert evaluate(Masked(), X[:2], np.array([1, 0])).accuracy == 0.5
