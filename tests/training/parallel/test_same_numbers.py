"""Several processes compute what one would: the promise of the room, held by threads that share a communicator."""

import functools

import numpy as np
import pytest
from thread_team import LABELS, TEST, X, in_threads

from senumpy.data import minibatches
from senumpy.models import TinyCNN
from senumpy.training import SGD, Adam, Trainer, evaluate

OPTIMIZERS = {
    "Nesterov": lambda params: SGD(params, 0.1, momentum=0.9, nesterov=True, weight_decay=5e-2),
    "Adam": lambda params: Adam(params, 0.01),
}


def train(comm=None, optimizer="Nesterov", batch_size=6, epochs=2, x=X, labels=LABELS, dtype=np.float64, **options):
    model = TinyCNN(2, 3, (4, 6), reduction=2, rng=np.random.default_rng(0), dtype=dtype)
    trainer = Trainer(model, OPTIMIZERS[optimizer](model.params), progress=False, comm=comm, **options)
    rng = np.random.default_rng(4)
    trainer.fit(x.astype(dtype), labels, epochs=epochs, batch_size=batch_size, rng=rng, test=TEST)
    return trainer


@functools.cache
def trained_alone(optimizer, batch_size):
    return train(optimizer=optimizer, batch_size=batch_size)


def largest_difference(one, other):
    state, others = one.model.state_dict(), other.model.state_dict()
    return max(np.abs(state[name] - others[name]).max() for name in state)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [6, 5, 2], ids=["the last has 3", "the last has 1", "empty shares"])
def test_loss_and_weights_are_those_of_one_process(size, optimizer, batch_size):
    alone = trained_alone(optimizer, batch_size)
    team = in_threads(size, lambda comm: train(comm, optimizer, batch_size))
    for trainer in team:
        assert largest_difference(trainer, alone) < 1e-12
        np.testing.assert_allclose(trainer.history.loss, alone.history.loss, rtol=0, atol=1e-12)
        for mine, theirs in zip(trainer.history.epochs, alone.history.epochs, strict=True):
            assert (mine.accuracy, mine.test_accuracy) == (theirs.accuracy, theirs.test_accuracy)
            assert abs(mine.loss - theirs.loss) < 1e-12 and abs(mine.test_loss - theirs.test_loss) < 1e-12
        for name, a in trainer.model.state_dict().items():
            assert a.tobytes() == team[0].model.state_dict()[name].tobytes(), "replicas have the same bits"


def test_one_process_with_a_communicator_has_the_bits_of_one_without():
    alone, (with_comm,) = train(dtype=np.float32), in_threads(1, lambda comm: train(comm, dtype=np.float32))
    assert with_comm.history.loss == alone.history.loss and largest_difference(with_comm, alone) == 0


def test_float32_differs_by_rounding():
    alone, (first, _) = train(dtype=np.float32, epochs=1), in_threads(2, lambda c: train(c, dtype=np.float32, epochs=1))
    assert first.model.params["fc.weight"].dtype == np.float32
    assert largest_difference(first, alone) < 1e-4


def test_statistics_of_ones_own_are_another_training():
    """As in PyTorch without SyncBatchNorm; the running statistics are process 0's, and the weights still replicas."""
    alone = train(batch_size=7, epochs=1)
    first, second = in_threads(2, lambda comm: train(comm, batch_size=7, epochs=1, sync=False))
    assert largest_difference(first, second) == 0
    assert largest_difference(first, alone) > 1e-4


def test_own_statistics_by_hand():
    """The gradient without sync is the weighted mean of two gradients that know nothing of each other."""
    halves = [slice(0, 4), slice(4, 7)]
    expected = 0
    for half in halves:
        model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(0), dtype=np.float64)
        trainer = Trainer(model, SGD(model.params, 1.0), progress=False)
        before = model.params["conv1.weight"].copy()
        trainer.train_step(X[:7][half], LABELS[:7][half])
        expected = expected + (before - model.params["conv1.weight"]) * (half.stop - half.start) / 7

    def step(comm):
        model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(0), dtype=np.float64)
        Trainer(model, SGD(model.params, 1.0), progress=False, comm=comm, sync=False).train_step(X[:7], LABELS[:7])
        return before - model.params["conv1.weight"]

    for found in in_threads(2, step):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def test_a_mean_over_images_is_not_the_mean_of_means():
    """Losses of 13 images in shares of 7 and 6; weight decay counts once."""
    model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(0), dtype=np.float64)
    loss, hits = Trainer(model, SGD(model.params, 0.1), progress=False).train_step(X[:13], LABELS[:13])

    def step(comm):
        model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(0), dtype=np.float64)
        return Trainer(model, SGD(model.params, 0.1), progress=False, comm=comm).train_step(X[:13], LABELS[:13])

    for mine, its_hits in in_threads(2, step):
        assert abs(mine - loss) < 1e-13 and int(its_hits) == int(hits)


@pytest.mark.parametrize("count", [1, 3, 21])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_an_evaluation_counts_every_image_once(size, count):
    model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(0), dtype=np.float64)
    answers = model.eval().forward(X[:count]).argmax(axis=1)
    labels = (answers + 1) % 3
    labels[0] = answers[0]  # right on image 0 alone
    loss = evaluate(model, X[:count], labels).loss

    def look(comm):
        model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(0), dtype=np.float64)
        return evaluate(model, X[:count], labels, comm=comm)

    for found in in_threads(size, look):
        assert found.accuracy == 1 / count and abs(found.loss - loss) < 1e-12


def test_a_step_takes_one_sum_for_the_gradients_and_three_for_each_batch_norm():
    def step(comm):
        model = TinyCNN(2, 3, (4, 6), reduction=2, rng=np.random.default_rng(0))
        trainer = Trainer(model, SGD(model.params, 0.1), progress=False, comm=comm)
        trainer.train_step(X[:6].astype(np.float32), LABELS[:6])
        return comm.sums

    assert in_threads(2, step) == [1 + 2 * 3] * 2


def test_every_process_walks_through_the_same_order_whatever_seed_it_brought():
    seen = {0: [], 1: []}

    def fit(comm):
        model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(comm.rank), dtype=np.float64)
        trainer = Trainer(model, SGD(model.params, 0.1), progress=False, comm=comm)
        trainer.team.share, share = lambda x, labels: seen[comm.rank].append(x) or share(x, labels), trainer.team.share
        rng = np.random.default_rng(comm.rank)
        trainer.fit(X, LABELS, epochs=1, batch_size=6, rng=rng)

    in_threads(2, fit)
    order = [x for x, _ in minibatches(X, LABELS, 6, rng=np.random.default_rng(0))]
    for batches in seen.values():
        for mine, expected in zip(batches, order, strict=True):
            np.testing.assert_array_equal(mine, expected)
