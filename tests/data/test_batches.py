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
        (np.zeros((4, 1)), np.zeros(4), {"batch_size": 0}, "batch_size must be a whole number of at least 1"),
        (np.zeros((4, 1)), np.zeros(4), {"rng": 0}, "rng must be a numpy.random.Generator"),
    ],
)
def test_wrong_arguments_are_refused_at_once(x, labels, options, message):
    """At once means at the call, not when the first batch is asked for."""
    with pytest.raises(ValueError, match=message):
        minibatches(x, labels, **{"batch_size": 2} | options)
