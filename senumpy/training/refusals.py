"""What is said when training cannot go on: what happened, what is left as it was, and the likeliest cause."""

from senumpy import backend
from senumpy.training.not_finite import bad_images, not_finite

RATE = "Try a smaller learning rate or a warm-up"


class TrainingError(RuntimeError):
    """Training cannot go on: a step, or the loss on the test images, is no longer a number."""


def refused_step(trainer, before, loss, x, taken_from=None):
    """Return the error for a step after which the loss or an array is not finite.

    Parameters
    ----------
    trainer : Trainer
        After the step, before it is undone.
    before : Before
    loss : 0-d array
    x : array
        The mini-batch.
    taken_from : (array, integer array), optional
        All images, and the places of the mini-batch among them.
    """
    model, optimizer = trainer.model, trainer.optimizer
    memory = {f"the optimizer's memory of {name}": a for name, arrays in optimizer.memory.items() for a in arrays}
    broken = not_finite({**model.params, **model.buffers, **memory})
    loss = float(loss)
    what = f"the loss became {loss:g}"
    if loss - loss == 0:  # it is finite
        what = f"the loss was {loss:.3g}, but after the step {', '.join(broken[:3])} would have held NaN or infinity"
    text = f"{what} at step {trainer.step + 1} of epoch {trainer.epoch}; the model is as before the step"

    remembered = {f"the optimizer's memory of {name}": a for name, arrays in before.memory.items() for a in arrays}
    frozen = {name: p for name, p in model.params.items() if name not in before.copies}
    already = not_finite({**frozen, **before.copies, **remembered})
    if already:
        return TrainingError(f"{text}, and {', '.join(already[:3])} held NaN or infinity before it: load good weights")
    images, places = taken_from or (x, None)
    name = "the training images" if taken_from else "the mini-batch"
    culprits = bad_images(images, name, places)
    if culprits:
        return TrainingError(f"{text}. The cause lies in the data: {culprits}. Mend such images or leave them out")
    x, elsewhere = backend.to_numpy(x), bad_images(images, name)
    text = (
        f"{text} (learning rate {optimizer.lr:g}). {RATE}: the images of this mini-batch are well, they lie between "
        f"{x.min():.3g} and {x.max():.3g}"
    )
    return TrainingError(f"{text}. But first look at others: {elsewhere}" if elsewhere else text)


def spoiled_model(trainer, broken):
    """Return the error for a model that is not finite at the end, though every step was looked at."""
    return TrainingError(
        f"after epoch {trainer.epoch} {', '.join(broken[:3])} held NaN or infinity, and no step has put them there: "
        "look at what the callback writes into the model"
    )


def bad_evaluation(trainer, loss, x):
    """Return the error for a loss on the test images ``x`` that is not finite, though every step was."""
    text = f"after epoch {trainer.epoch} the loss on the test images is {loss}, though training went on"
    culprits = bad_images(x, "the test images")
    if culprits:
        return TrainingError(f"{text}: the cause lies in the data: {culprits}. Mend such images or leave them out")
    return TrainingError(
        f"{text} (learning rate {trainer.optimizer.lr:g}): the weights, or batch norm's running statistics, are finite "
        f"but so large that an evaluation leaves all numbers. {RATE}"
    )
