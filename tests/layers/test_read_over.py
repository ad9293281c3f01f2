"""What one reads over: defaults, edges of a range, work that is spared. `benchmarks.mutants` found no test for them."""

import types

import numpy as np
import pytest

from senumpy import ops
from senumpy.layers import AvgPool2d, BatchNorm2d, Conv2d, Layer, Linear, ReLU, SEBlock, evaluation_mode
from senumpy.layers.left_behind import LeftBehind
from senumpy.layers.state import _is_locked

X = np.random.default_rng(0).standard_normal((4, 2, 4, 4)).astype(np.float32)
STATE = {"weight": np.ones((3, 2)), "bias": np.ones(3)}


def test_windows_have_no_padding_unless_asked_for():
    assert Conv2d(2, 3, 3).forward(X).shape == (4, 3, 2, 2)
    assert AvgPool2d(2).forward(X).shape == (4, 2, 2, 2)


def test_a_first_convolution_is_spared_the_gradient_of_the_images(monkeypatch):
    asked, conv2d_backward = [], ops.conv2d_backward

    def listen(dout, cache, *, need_dx):
        asked.append(need_dx)
        return conv2d_backward(dout, cache, need_dx=need_dx)

    monkeypatch.setattr(ops, "conv2d_backward", listen)
    layer = Conv2d(2, 3, 3)
    dout = np.ones_like(layer.forward(X))
    layer.backward_params(dout)
    layer.backward(dout)
    assert asked == [False, True]


def test_evaluation_keeps_a_cache_only_where_somebody_asks():
    layer = ReLU()
    with evaluation_mode(layer):
        layer.forward(X)
        assert layer.cache is None
    layer.eval().keep_caches().forward(X)
    assert layer.cache is not None


def test_what_is_left_behind_can_be_looked_up_on_the_class():
    assert isinstance(Layer.cache, LeftBehind)


@pytest.mark.parametrize("momentum", [0.0, 1.0])
def test_running_statistics_may_stand_still_or_be_the_last_batch_s(momentum):
    layer = BatchNorm2d(2, momentum=momentum)
    layer.forward(X)
    expected = X.mean(axis=(0, 2, 3)) if momentum else np.zeros(2)
    np.testing.assert_allclose(layer.buffers["running_mean"], expected, atol=1e-6)


@pytest.mark.parametrize(("reduction", "hidden"), [(1, 4), (4, 1)])
def test_the_ratio_may_be_one_or_the_number_of_channels(reduction, hidden):
    assert SEBlock(4, reduction).params["fc.0.weight"].shape == (hidden, 4)


def test_a_new_block_has_no_overridden_gates():
    with pytest.raises(ValueError, match="needs a forward pass first"):
        SEBlock(4, 2).backward(np.ones((1, 4, 2, 2), np.float32))


def test_a_real_kernel_is_no_linear_layer():
    with pytest.raises(ValueError, match=r"weight must hold numbers of shape \(3, 2\), the state has"):
        Linear(2, 3).load_state_dict({**STATE, "weight": np.ones((3, 2, 3, 3))})


def test_arrays_of_cupy_know_no_locks():
    assert not _is_locked(types.SimpleNamespace(flags=object()))


@pytest.mark.parametrize("other", [{1: STATE["bias"], "a": STATE["bias"]}, {"moment": STATE["bias"], "step": 3}])
def test_what_lies_beside_a_state_is_not_taken_for_one(other):
    layer = Linear(2, 3)
    layer.load_state_dict({"model": STATE, "optimizer": other})
    assert (layer.params["bias"] == 1).all()


def test_the_sentence_about_names_has_those_that_are_missing_and_those_that_were_given():
    with pytest.raises(ValueError, match=r"missing \['bias'\], unexpected \['module.more'\]"):
        Linear(2, 3).load_state_dict({"weight": STATE["weight"], "module.more": STATE["bias"]})
    with pytest.raises(ValueError, match=r"unexpected \['module.more'\]"):
        Linear(2, 3).load_state_dict({"module.more": STATE["bias"]})


def test_all_the_words_before_a_name_are_named_if_all_names_have_them():
    with pytest.raises(ValueError, match=r"Every name in the state starts with 'net.body.'"):
        Linear(2, 3).load_state_dict({f"net.body.{name}": a for name, a in STATE.items()})
    with pytest.raises(ValueError) as raised:
        Linear(2, 3).load_state_dict({"one.weight": STATE["weight"], "other.bias": STATE["bias"]})
    assert "Every name in the state" not in str(raised.value)
