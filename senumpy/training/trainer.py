"""The trainer repeats four lines: forward, loss, backward, step. The rest of this file is bookkeeping."""

import math
import time
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from senumpy.backend import array_module
from senumpy.data import minibatches
from senumpy.layers import evaluation_mode
from senumpy.ops import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from senumpy.training.history import Epoch, History
from senumpy.training.progress import on_a_terminal, show

QUIET = np.errstate(over="ignore", invalid="ignore")  # numbers too large show in the loss: one message is enough


class TrainingError(RuntimeError):
    """Training cannot go on: the loss is no longer a number."""


class Evaluation(NamedTuple):
    """The mean loss in nats, and the share of right answers."""

    loss: float
    accuracy: float


def evaluate(model, x, labels, batch_size=256):
    """Return the model's `Evaluation` on a data set, in evaluation mode; the mode is put back afterwards."""
    xp = _module_of(model)
    loss, right = 0.0, 0
    with evaluation_mode(model):
        for x_batch, labels_batch in minibatches(x, labels, batch_size):
            logits = model.forward(xp.asarray(x_batch))
            loss += float(softmax_cross_entropy_forward(logits, labels_batch)[0]) * len(labels_batch)
            right += int((logits.argmax(axis=1) == xp.asarray(labels_batch)).sum())
    return Evaluation(loss / len(labels), right / len(labels))


class Trainer:
    """Train a model with mini-batches.

    Parameters
    ----------
    model : Layer
        From (N, C, H, W) to logits (N, K).
    optimizer : Optimizer
    schedule : callable, optional
        From the step number, counted from 0, to the learning rate.
    hook : callable, optional
        ``hook(trainer, event)`` is called after each step with event "step" and after each epoch with "epoch".
        It finds ``trainer.model``, ``trainer.step``, ``trainer.epoch`` (both counted from 1) and ``trainer.history``.
    progress : bool
        A bar on a terminal, one plain line per epoch elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> from senumpy.layers import Linear
    >>> from senumpy.training import SGD
    >>> model = Linear(2, 2, rng=np.random.default_rng(0), dtype=np.float64)
    >>> x, labels = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    >>> trainer = Trainer(model, SGD(model.params, lr=1.0), progress=False)
    >>> history = trainer.fit(x, labels, epochs=20, batch_size=2, rng=np.random.default_rng(0))
    >>> history.epochs[-1].accuracy, history.loss[-1] < history.loss[0]
    (1.0, True)
    """

    def __init__(self, model, optimizer, schedule=None, hook=None, progress=True):
        self.model, self.optimizer, self.schedule, self.hook = model, optimizer, schedule, hook
        self.progress = progress
        self.step = self.epoch = 0
        self.history = History()

    def fit(self, x, labels, *, epochs, batch_size, rng, test=None):
        """Train for some epochs and return the `History`; a second call goes on where the first stopped.

        Parameters
        ----------
        x : NumPy array (N, C, H, W)
            Each mini-batch is moved to where the model is.
        labels : NumPy integer array (N,)
        epochs, batch_size : int
        rng : numpy.random.Generator
            Shuffles the mini-batches: the same seed on the same machine gives the same bits.
        test : (x, labels), optional
            Evaluated after each epoch.

        Raises
        ------
        ValueError
            Where the optimizer holds other arrays than the model.
        TrainingError
            At a loss that is not finite, in training or on the test images.
        """
        self._check_optimizer()
        if not hasattr(epochs, "__index__") or epochs < 1:
            raise ValueError(f"epochs must be an integer of at least 1, got {epochs!r}")
        for _ in range(epochs):
            epoch = self._train_epoch(x, labels, batch_size, rng)
            if test is not None:
                epoch.test_loss, epoch.test_accuracy = self._evaluate(test)
            self.history.epochs.append(epoch)
            self._tell("epoch")
            if self.progress:
                show(str(epoch))
        return self.history

    def _check_optimizer(self):
        """Refuse to train arrays that are not the model's: the model would stay as it is, without a word."""
        params = self.model.params
        strangers = [name for name, p in self.optimizer.params.items() if params.get(name) is not p]
        if strangers:
            raise ValueError(
                f"the optimizer's {strangers[0]!r} is not the model's array: build the optimizer with model.params, "
                "and again after a layer was replaced or the model was moved"
            )

    def _train_epoch(self, x, labels, batch_size, rng):
        batches = minibatches(x, labels, batch_size, rng=rng)  # refuses arguments that make no sense
        self.epoch += 1
        self.model.train()
        start, losses, right = time.perf_counter(), 0.0, 0
        bar = tqdm(
            batches, total=math.ceil(len(labels) / batch_size), desc=f"epoch {self.epoch}", leave=False,
            disable=not (self.progress and on_a_terminal()),
        )  # fmt: skip
        for x_batch, labels_batch in bar:
            loss, hits = self.train_step(x_batch, labels_batch)
            losses += loss * len(labels_batch)
            right += hits  # stays on the device until the epoch is over: reading it would wait for the GPU
            self._tell("step")
        seconds = time.perf_counter() - start
        return Epoch(self.epoch, losses / len(labels), int(right) / len(labels), seconds)

    @QUIET
    def train_step(self, x, labels):
        """Take one step on one mini-batch; return its loss and the number of right answers."""
        xp, model = _module_of(self.model), self.model
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(self.step)

        statistics = {name: buffer.copy() for name, buffer in model.buffers.items()}
        logits = model.forward(xp.asarray(x))
        loss, cache = softmax_cross_entropy_forward(logits, labels)
        model.backward_params(softmax_cross_entropy_backward(1.0, cache))
        self.step += 1
        loss = float(loss)  # the one number a step reads back from the device
        if not math.isfinite(loss):
            for name, buffer in model.buffers.items():
                buffer[...] = statistics[name]
            raise TrainingError(
                f"the loss became {loss} at step {self.step} of epoch {self.epoch} (learning rate "
                f"{self.optimizer.lr:g}); the model is as before the step. Try a smaller learning rate, a "
                "warm-up, or look for bad values in the data"
            )
        self.optimizer.step(model.grads)
        self.history.loss.append(loss)
        self.history.lr.append(self.optimizer.lr)
        return loss, (logits.argmax(axis=1) == xp.asarray(labels)).sum()

    @QUIET
    def _evaluate(self, test):
        evaluation = evaluate(self.model, *test)
        if not math.isfinite(evaluation.loss):
            raise TrainingError(
                f"after epoch {self.epoch} the loss on the test images is {evaluation.loss}, though training went on "
                f"(learning rate {self.optimizer.lr:g}): the weights, or batch norm's running statistics, have grown "
                "beyond all numbers. Start again with a smaller learning rate"
            )
        return evaluation

    def _tell(self, event):
        if self.hook is not None:
            self.hook(self, event)


def _module_of(model):
    return array_module(*model.params.values())
