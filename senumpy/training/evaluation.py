"""Evaluation: how well a model does on a data set, with its running statistics, and leaving no trace."""

from typing import NamedTuple

from senumpy.arguments import check_plain
from senumpy.backend import array_module
from senumpy.data import minibatches
from senumpy.layers import evaluation_mode
from senumpy.layers.layer import require_layer
from senumpy.ops import softmax_cross_entropy_forward
from senumpy.training.not_finite import QUIET
from senumpy.training.parallel.team import team_of


class Evaluation(NamedTuple):
    """The mean loss in nats, and the share of right answers."""

    loss: float
    accuracy: float


@QUIET
def evaluate(model, x, labels, batch_size=256, comm=None):
    """Return the model's `Evaluation` on a data set, in evaluation mode; the mode is put back afterwards.

    Logits that are not finite answer nothing: they make the loss NaN, and count as wrong. With a communicator each
    process takes its share of the images, every image counts once, and all processes get the same answer.
    """
    team = team_of(comm)
    xp = array_module(*require_layer(model).params.values())
    check_plain("x", x)
    check_plain("labels", labels)
    loss, right, (images, classes, weight) = 0.0, 0, team.share(x, labels)
    with evaluation_mode(model):
        for x_batch, labels_batch in minibatches(images, classes, batch_size) if weight else ():
            logits = model.forward(xp.asarray(x_batch))
            loss += float(softmax_cross_entropy_forward(logits, labels_batch)[0]) * len(labels_batch)
            right += int(right_answers(logits, labels_batch))
    loss, right = team.sum_numbers(loss, right)
    return Evaluation(loss / len(labels), right / len(labels))


def right_answers(logits, labels):
    """Return how many logits (N, K) are largest at the label, as a 0-d array.

    >>> import numpy as np
    >>> int(right_answers(np.array([[2.0, 1.0], [np.nan, np.nan]]), np.array([0, 0])))
    1
    """
    xp = array_module(logits)
    answered = xp.isfinite(logits.max(axis=1))  # (N,); argmax of NaNs is class 0, which nobody said
    return (answered & (logits.argmax(axis=1) == xp.asarray(labels))).sum()
