"""Mini-batches show every picture once, each with its own label."""

import numpy as np
import pytest

from senumpy.data import minibatches


def numbered(n):
    """Pictures that carry their own number, and labels that repeat it."""
    return np.broadcast_to(np.arange(n, dtype=np.float32)[:, None, None, None], (n, 2, 3, 3)), np.arange(n)


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)])
@pytest.mark.parametrize(
    ("n", "batch_size", "sizes"), [(10, 4, [4, 4, 2]), (8, 4, [4, 4]), (3, 9, [3]), (5, 1, [1, 1, 1, 1, 1])]
)
def test_every_picture_comes_once_with_its_label(n, batch_size, sizes, rng):
    batches = list(minibatches(*numbered(n), batch_size, rng=rng))
    assert [len(labels) for _, labels in batches] == sizes
    for x, labels in batches:
        assert x.shape == (len(labels), 2, 3, 3) and x.dtype == np.float32
        assert np.array_equal(x[:, 0, 0, 0], labels)
    assert sorted(np.concatenate([labels for _, labels in batches])) == list(range(n))


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)])
@pytest.mark.parametrize(("n", "batch_size", "sizes"), [(10, 4, [4, 4]), (9, 4, [4, 4]), (8, 4, [4, 4]), (3, 3, [3])])
def test_the_last_batch_may_be_left_out(n, batch_size, sizes, rng):
    batches = list(minibatches(*numbered(n), batch_size, rng=rng, drop_last=True))
    assert [len(labels) for _, labels in batches] == sizes
    seen = np.concatenate([labels for _, labels in batches])
    assert len(set(seen)) == sum(sizes), "each at most once"


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)])
@pytest.mark.parametrize("drop_last", [True, False])
def test_indices_name_the_pictures(rng, drop_last):
    x, labels = np.arange(100, 107)[:, None], np.arange(7) + 50
    batches = list(minibatches(x, labels, 3, rng=rng, drop_last=drop_last, with_indices=True))
    assert [len(indices) for _, _, indices in batches] == ([3, 3] if drop_last else [3, 3, 1])
    for x_batch, labels_batch, indices in batches:
        assert indices.dtype == np.int64
        assert np.array_equal(x[indices], x_batch) and np.array_equal(labels[indices], labels_batch)


def test_the_order_does_not_depend_on_what_is_asked_for():
    x, labels = numbered(10)
    walks = [
        [batch[1].tolist() for batch in minibatches(x, labels, 4, rng=np.random.default_rng(5), **options)]
        for options in ({}, {"with_indices": True}, {"drop_last": True})
    ]
    assert walks[0] == walks[1] and walks[0][:2] == walks[2]


def order(n, rng):
    return np.concatenate([labels for _, labels in minibatches(*numbered(n), 7, rng=rng)]).tolist()


def test_in_order_without_a_generator():
    assert order(50, None) == list(range(50))


def test_shuffled_anew_on_each_walk_and_repeatable():
    rng = np.random.default_rng(3)
    first, second = order(50, rng), order(50, rng)
    assert first != list(range(50)) and first != second
    rng = np.random.default_rng(3)
    assert [order(50, rng), order(50, rng)] == [first, second]


def test_lists_are_welcome():
    assert [labels.tolist() for _, labels in minibatches([[0.0], [1.0]], [0, 1], 1)] == [[0], [1]]


@pytest.mark.parametrize(
    ("x", "labels", "options", "message"),
    [
        (np.zeros((4, 1)), np.zeros(3), {}, r"\(4, 1\).*\(3,\)"),
        (np.zeros((4, 1)), np.zeros((4, 1)), {}, "one label for each picture"),
        (np.zeros((0, 1)), np.zeros(0), {}, "at least one picture"),
        (np.zeros((4, 1)), np.zeros(4), {"batch_size": 0}, "batch_size must be an integer of at least 1"),
        (np.zeros((4, 1)), np.zeros(4), {"rng": 0}, "rng must be a numpy.random.Generator"),
        (np.zeros((4, 1)), np.zeros(4), {"drop_last": "no"}, "drop_last must be True or False, got 'no'"),
        (np.zeros((4, 1)), np.zeros(4), {"with_indices": 1}, "with_indices must be True or False"),
        (np.zeros((4, 1)), np.zeros(4), {"drop_last": True, "batch_size": 5}, "leave out all 4 pictures"),
    ],
)
def test_wrong_arguments_are_refused_at_once(x, labels, options, message):
    """At once means at the call, not when the first batch is asked for."""
    with pytest.raises(ValueError, match=message):
        minibatches(x, labels, **{"batch_size": 2} | options)
