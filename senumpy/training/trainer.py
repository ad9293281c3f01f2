"""The trainer repeats four lines: forward, loss, backward, step. The rest of this file is bookkeeping."""

import math
import time
from itertools import islice

import numpy as np

from senumpy.arguments import check_count, check_flag, check_plain
from senumpy.backend import array_module
from senumpy.data import minibatches
from senumpy.layers.layer import require_layer
from senumpy.layers.modes import in_use
from senumpy.ops import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from senumpy.ops.fast.freed_memory import keep_freed_memory
from senumpy.training import before_fit
from senumpy.training.arguments import next_rate
from senumpy.training.evaluation import evaluate, right_answers
from senumpy.training.history import Epoch, History
from senumpy.training.not_finite import QUIET, loss_if_all_finite, not_finite
from senumpy.training.parallel.team import team_of
from senumpy.training.place import Place
from senumpy.training.progress import bar, show
from senumpy.training.refusals import bad_evaluation, refused_step, spoiled_model
from senumpy.training.undo import all_or_nothing


class Trainer:
    """Train a model with mini-batches.

    A step after which the loss, a parameter, a running statistic or the optimizer's memory would not be finite is
    refused, and changes nothing. What else ends a step early, Ctrl-C included, is undone as well; an error in a
    callback leaves the model as it is after the last whole step.

    Parameters
    ----------
    model : Layer
        From (N, C, H, W) to logits (N, K).
    optimizer : Optimizer
    schedule : callable, optional
        From the step number, counted from 0, to the learning rate.
    callback : callable, optional
        ``callback(trainer, event)`` is called after each step with event "step" and after each epoch with "epoch".
        It finds ``trainer.model``, ``trainer.step``, ``trainer.epoch`` (both counted from 1) and ``trainer.history``.
    progress : bool
        A bar on a terminal, one plain line per epoch elsewhere.
    comm : mpi4py communicator, optional
        Train in all its processes, each on its share of every mini-batch, with the numbers of one: see
        `senumpy.training.parallel`. Every process makes the same calls; ``trainer.team.first`` says which one prints.
    sync : bool
        With a communicator: batch norm's statistics are those of the whole mini-batch, not of the share.

    Raises
    ------
    ValueError
        For an optimizer, a schedule, a callback or a communicator that is none.

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

    def __init__(self, model, optimizer, schedule=None, callback=None, progress=True, comm=None, sync=True):
        before_fit.check_parts(optimizer, schedule, callback)
        self.team = team_of(comm, sync)
        self.model, self.optimizer, self.schedule, self.callback = require_layer(model), optimizer, schedule, callback
        self.team.check(array_module(*self.model.params.values()))
        self.progress = check_flag("progress", progress) and self.team.first
        self.step = self.epoch = 0
        self.history = History()
        self.place = None  # in the epoch, for `save_checkpoint`
        keep_freed_memory()

    def fit(self, x, labels, *, epochs, batch_size, rng=None, test=None, drop_last=False):
        """Train for some epochs and return the `History`; a second call goes on where the first stopped.

        After `load_checkpoint` the first of these epochs is the one that was going on.

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
        drop_last : bool
            Leave out the last mini-batch of each epoch where it is smaller than the others.

        Raises
        ------
        ValueError
            Without a generator, for images or labels that do not fit the model, where the optimizer holds other arrays
            than the model, where the last mini-batch would be one image that batch norm cannot be trained on, and for a
            learning rate, looked at before each step, that is no finite number of at least 0.
        TrainingError
            At a step that is refused because not all numbers would be finite, at such a loss on the test images, and at
            the end (on the CPU), where a callback has written such numbers into the model.
        """
        before_fit.check_optimizer(self.model, self.optimizer)
        before_fit.check_shuffling(rng)
        check_plain("x", x)
        check_plain("labels", labels)
        before_fit.check_test(self.model, test)
        epochs, x = check_count("epochs", epochs), np.asarray(x)
        options = {"batch_size": batch_size, "rng": rng, "drop_last": drop_last, "with_indices": True}
        minibatches(x, labels, **options)  # refuses arguments that make no sense
        before_fit.check_last_batch(self, x, batch_size, drop_last)
        self.team.start(self, rng, before_fit.given(x, labels, test, epochs, options))
        with in_use(self.model, alone=True):
            is_loaded = self.place is not None and self.place.rng is None
            for number in range(epochs):
                if is_loaded and number == 0:
                    self.place.go_on(len(x), options)
                else:
                    self.place = Place.begin(len(self.history.epochs) + 1, len(x), options)
                self._fit_epoch(x, labels, options, test)
        self._look_after_the_last_hook()
        return self.history

    def _look_after_the_last_hook(self):
        """Raise where it has left a model that is not finite; on a GPU, which we would wait for, the next step does."""
        arrays = {**self.model.params, **self.model.buffers}
        if self.callback is not None and array_module(*arrays.values()) is np and (broken := not_finite(arrays)):
            raise spoiled_model(self, broken)

    def _fit_epoch(self, x, labels, options, test):
        epoch = self._train_epoch(x, labels, options)
        self.team.after_epoch(self)
        if test is not None:
            epoch.test_loss, epoch.test_accuracy = self._evaluate(test)
        self.history.epochs.append(epoch)
        self._tell("epoch")
        if self.progress:
            show(str(epoch))

    def _train_epoch(self, x, labels, options):
        place, self.epoch = self.place, self.place.epoch
        self.model.train()
        start, steps = time.perf_counter() - place.seconds, len(x) / options["batch_size"]
        batches = islice(minibatches(x, labels, **options), place.batches, None)
        total = int(steps) if options["drop_last"] else math.ceil(steps)
        for x_batch, labels_batch, indices in bar(batches, total, place.batches, self.epoch, self.progress):
            self.train_step(x_batch, labels_batch, (x, indices), labels)
            place.seconds = time.perf_counter() - start
            self._tell("step")
        return Epoch(self.epoch, place.losses / place.seen, int(place.right) / place.seen, place.seconds)

    @QUIET
    def train_step(self, x, labels, taken_from=None, all_labels=None):
        """Take one step on one mini-batch; return its loss and the number of right answers.

        ``taken_from`` may be a pair, all images and the places of the mini-batch among them: then the message about a
        bad image names that place. With ``all_labels`` a label without a class is found at the first step.
        """
        xp, model, optimizer = array_module(*self.model.params.values()), self.model, self.optimizer
        before_fit.check_optimizer(model, optimizer)  # a callback may have replaced a layer
        check_plain("x", x)
        rate = next_rate(self)
        mine, its_labels, weight = self.team.share(x, labels)  # all of it, where one process trains
        with all_or_nothing(self) as before, self.team.batch_norm_sums(model, weight):
            optimizer.lr = rate
            logits = model.forward(xp.asarray(mine))
            if all_labels is not None:
                before_fit.check_classes(logits, all_labels)
            loss, cache = softmax_cross_entropy_forward(logits, its_labels)
            model.backward_params(softmax_cross_entropy_backward(weight, cache))
            loss, hits = self.team.total(model.grads, loss, right_answers(logits, its_labels), weight)
            optimizer.step(model.grads)

            memory = (a for arrays in optimizer.memory.values() for a in arrays)
            changed = *model.params.values(), *model.buffers.values(), *memory
            number = float(loss_if_all_finite(loss, changed))  # the one number a step reads back from the device
            if not math.isfinite(number):
                raise refused_step(self, before, loss, x, taken_from)
            self.step += 1
            self.history.loss.append(number)
            self.history.lr.append(rate)
            if self.place is not None:
                self.place.add(number, len(labels), hits)
        return number, hits

    @QUIET
    def _evaluate(self, test):
        evaluation = evaluate(self.model, *test, comm=self.team)
        if not math.isfinite(evaluation.loss):
            raise bad_evaluation(self, evaluation.loss, test[0])
        return evaluation

    def _tell(self, event):
        if self.callback is not None:
            self.callback(self, event)
