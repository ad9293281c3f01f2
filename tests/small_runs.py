"""Small training runs that the tests of refused steps share: what a step changes, and a run that ends with an error."""

import numpy as np
import pytest

from senumpy.models import TinyCNN
from senumpy.training import SGD, Adam, Trainer, TrainingError

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
    trainer.callback = lambda trainer, event: ends.append(everything(trainer)) if event == "step" else None
    with pytest.raises(error) as raised:
        fit(trainer, **options)
    assert everything(trainer) == ends[-1] and is_finite(trainer)
    return str(raised.value)


def with_pixel(value, image=5, x=X):
    x = x.copy()
    x[image, 0, 3, 3] = value
    return x
