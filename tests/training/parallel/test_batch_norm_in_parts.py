"""Batch norm over shares of a batch: sums and numbers of values, never means of means."""

import numpy as np
import pytest
from thread_team import in_threads

from senumpy.layers import BatchNorm2d
from senumpy.training.parallel import Team


def in_shares(sizes, x, dout):
    """Run the layer over shares of these sizes; return by process out, dx, dweight, dbias and the running statistics.

    Shares are cut by hand here: a `Team` never makes such unequal ones.
    """
    edges = np.cumsum([0, *sizes])

    def run(comm):
        mine = slice(edges[comm.rank], edges[comm.rank + 1])
        layer, team = BatchNorm2d(x.shape[1], dtype=x.dtype), Team(comm)
        layer.params["weight"] = np.arange(1.0, x.shape[1] + 1, dtype=x.dtype)
        found = []
        for _ in range(10):
            with team.batch_norm_sums(layer, weight=1.0 if len(x[mine]) else 0.0):
                out = layer.forward(x[mine] if len(x[mine]) else x[:1])
                dx = layer.backward(dout[mine] if len(x[mine]) else 0 * dout[:1])
            found = [out[: sizes[comm.rank]], dx[: sizes[comm.rank]], layer.grads["weight"], layer.grads["bias"]]
        return (*found, layer.buffers["running_mean"], layer.buffers["running_var"])

    return in_threads(len(sizes), run)


@pytest.mark.parametrize("sizes", [(3, 1), (5, 2, 1), (1, 1, 6), (4, 4, 0)])
def test_shares_of_any_size_are_the_whole(sizes):
    rng = np.random.default_rng(0)
    x, dout = rng.normal(3, 2, (sum(sizes), 4, 3, 2)), rng.standard_normal((sum(sizes), 4, 3, 2))
    ((out, dx, dweight, dbias, mean, var),) = in_shares((sum(sizes),), x, dout)
    parts = in_shares(sizes, x, dout)
    np.testing.assert_allclose(np.concatenate([part[0] for part in parts]), out, rtol=0, atol=1e-13)
    np.testing.assert_allclose(np.concatenate([part[1] for part in parts]), dx, rtol=0, atol=1e-13)
    np.testing.assert_allclose(sum(part[2] for part in parts), dweight, rtol=0, atol=1e-12)
    np.testing.assert_allclose(sum(part[3] for part in parts), dbias, rtol=0, atol=1e-12)
    for part in parts:
        np.testing.assert_allclose(part[4:], (mean, var), rtol=0, atol=1e-13)
        assert part[4].tobytes() == parts[0][4].tobytes() and part[5].tobytes() == parts[0][5].tobytes()


def test_on_paper():
    """Three zeros here and a four there: mean 1, variance 3, unbiased 4. (The mean of the variances would be 0.)"""
    x = np.array([0.0, 0.0, 0.0, 4.0]).reshape(4, 1, 1, 1)
    team = in_shares((3, 1), x, x)
    for *_, mean, var in team:
        kept = 0.9**10
        np.testing.assert_allclose([mean[0], var[0]], [1 * (1 - kept), kept + 4 * (1 - kept)], rtol=1e-13)
    out = np.concatenate([part[0] for part in team]).ravel()
    np.testing.assert_allclose(out, [-1 / 3**0.5] * 3 + [3 / 3**0.5], rtol=1e-5)


def test_one_value_in_all_is_refused_though_each_walks_with_one():
    with pytest.raises(ValueError, match="more than one value per channel"):
        in_shares((1, 0), np.ones((1, 2, 1, 1)), np.ones((1, 2, 1, 1)))


def test_evaluation_asks_nobody():
    def run(comm):
        layer = BatchNorm2d(2).eval(gradients=True)
        with Team(comm).batch_norm_sums(layer, 1.0):
            layer.backward(layer.forward(np.ones((comm.rank + 1, 2, 2, 2), np.float32)))
        return comm.sums

    assert in_threads(2, run) == [0, 0]


def test_the_layer_is_itself_again_afterwards():
    layer = BatchNorm2d(2)
    before = layer.all_sums

    def run(comm):
        with pytest.raises(KeyError), Team(comm).batch_norm_sums(layer, 1.0):
            assert layer.all_sums != before
            raise KeyError

    in_threads(1, run)
    assert layer.all_sums is before
