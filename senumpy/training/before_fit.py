"""What a trainer looks at before the first step: hours of training should not end at an argument."""

import numpy as np

from senumpy.arguments import check_plain
from senumpy.backend import array_module
from senumpy.data import minibatches
from senumpy.training.evaluation import evaluate
from senumpy.training.not_finite import QUIET
from senumpy.training.optimizers import Optimizer
from senumpy.training.undo import Before


def check_parts(optimizer, schedule, callback):
    """Raise a ValueError unless a trainer can work with these."""
    if not isinstance(optimizer, Optimizer):
        raise ValueError(
            f"optimizer must be an optimizer of senumpy.training, got {type(optimizer).__name__}: write "
            "SGD(model.params, lr=0.1), or build your own on senumpy.training.optimizers.Optimizer"
        )
    for name, function, argument in (("schedule", schedule, "step"), ("callback", callback, "trainer, event")):
        if function is not None and not callable(function):
            raise ValueError(f"{name} must be a function {name}({argument}), got {function!r}")


def given(x, labels, test, epochs, options):
    """Return, by what to call it, what the processes of a team must all have been given alike."""
    return {
        "training images": [np.asarray(x)],
        "training labels": [np.asarray(labels)],
        "test images or labels": [np.asarray(part) for part in test or ()],
        "epochs, a batch size or drop_last": [epochs, int(options["batch_size"]), bool(options["drop_last"])],
    }


def check_optimizer(model, optimizer):
    """Refuse to train arrays that are not the model's: the model would stay as it is, without a word."""
    params = model.params
    strangers = [name for name, p in optimizer.params.items() if params.get(name) is not p]
    if strangers:
        raise ValueError(
            f"the optimizer's {strangers[0]!r} is not the model's array: build the optimizer with model.params, "
            "and again after a layer was replaced or the model was moved"
        )


def check_shuffling(rng):
    """Refuse to train in the order of the data set, which is often the order of the classes."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"fit shuffles the images by rng, a numpy.random.Generator, got {rng!r}: write "
            f"rng=np.random.default_rng({rng if isinstance(rng, int) else 0})"
        )


def check_classes(logits, labels):
    """Refuse a data set with labels that the model has no class for, though they may come up at a later step only."""
    labels, K = np.asarray(labels), logits.shape[1]
    if labels.dtype.kind in "iu" and not 0 <= labels.min() <= labels.max() < K:
        raise ValueError(f"labels must lie between 0 and {K - 1} for {K} classes, got {labels.min()} to {labels.max()}")


@QUIET
def check_test(model, test):
    """Refuse a test part that an evaluation, after the first epoch, could not walk through.

    Its images with the smallest and the largest label go through the model now.
    """
    if test is None:
        return
    if not isinstance(test, (tuple, list)) or len(test) != 2:
        raise ValueError(f"test must be a pair (x, labels), got {type(test).__name__}")
    try:
        x, labels = test
        check_plain("x", x)
        check_plain("labels", labels)
        minibatches(x, labels, batch_size=1)  # refuses what is no data set
        kind = np.asarray(labels).dtype.kind
        ends = [np.argmin(labels), np.argmax(labels)] if kind in "iu" else [0, 0]
        evaluate(model, np.asarray(x)[ends], np.asarray(labels)[ends])
    except ValueError as error:
        raise ValueError(f"the test part cannot be evaluated: {error}") from error


@QUIET
def check_last_batch(trainer, x, batch_size, drop_last):
    """Refuse a last mini-batch of one image where the model has a batch norm that cannot be trained on one.

    Whether it can depends on the size of its maps, so one image goes through the model, and leaves no trace.
    """
    model, N = trainer.model, len(x)
    sizes = [min(batch_size, N)] + [N % batch_size] * (not drop_last)
    alone = any(0 < size < trainer.team.smallest_alone for size in sizes)
    if not alone or not model.buffers:
        return
    before, xp = Before(trainer), array_module(*model.params.values())
    model.train()
    try:
        model.forward(xp.asarray(x[:1]))
    except ValueError as error:
        two = np.concatenate([x[:1], x[:1]])
        model.forward(xp.asarray(two))  # where they are refused too, the reason is another one, and this says it
        whose = "your" if trainer.team.smallest_alone == 2 else "some process's share of your"
        raise ValueError(
            f"{whose} last mini-batch has one image (of {N}, {batch_size} at a time), and this network cannot be "
            f"trained on one alone ({error}): drop_last=True leaves it out, or take another batch_size"
        ) from error
    finally:
        before.restore()
