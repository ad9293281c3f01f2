"""Whatever ends a step, "as before the step" is true: errors, Ctrl-C, gradients that cannot be."""

import numpy as np
import pytest
from small_runs import X, each_optimizer, everything, fit, new_trainer, refused, with_pixel

from senumpy.layers import Layer, Linear, Sequential
from senumpy.models import TinyCNN
from senumpy.training import SGD


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
    def callback(trainer, event):
        ends.append(everything(trainer))
        if trainer.step == 2:
            raise KeyboardInterrupt

    ends = []
    trainer = new_trainer(callback=callback)
    with pytest.raises(KeyboardInterrupt):
        fit(trainer)
    assert everything(trainer) == ends[-1] and len(trainer.history.loss) == trainer.step == 2
