"""One rule at every level: what is assigned to a name reaches the layer, or is refused in words."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
from comparing import mentions

from senumpy.layers import Linear
from senumpy.models import TinyCNN
from senumpy.training import SGD


@pytest.fixture(params=["leaf", "composite"])
def model(request):
    rng = np.random.default_rng(0)
    return Linear(3, 2, rng=rng) if request.param == "leaf" else TinyCNN(widths=(4, 4), num_classes=3, rng=rng)


def test_a_parameter_that_is_assigned_is_the_layers(model):
    for name, p in model.params.items():
        new = np.full_like(p, 7)
        model.params[name] = new
        assert model.params[name] is p and np.array_equal(p, new)
        new[:] = 0
        assert p.max() == 7, "a copy, so that no two layers share an array"


def test_a_gradient_that_is_assigned_is_what_the_optimizer_sees(model):
    for name, p in model.params.items():
        model.grads[name] = np.full_like(p, 2)
    clipped = {name: np.clip(g, -1, 1) for name, g in model.grads.items()}
    for name in model.grads:
        model.grads[name] = clipped[name]
    assert max(abs(g).max() for g in model.grads.values()) == 1
    before = model.state_dict()
    SGD(model.params, lr=1.0).step(model.grads)
    assert all(np.array_equal(p, before[name] - 1) for name, p in model.params.items())


def test_update_and_in_place_operators_write_through(model):
    before = model.state_dict()
    for name in model.params:
        model.params[name] *= 2
    model.grads.update({name: np.ones_like(p) for name, p in model.params.items()})
    assert all(np.array_equal(p, 2 * before[name]) for name, p in model.params.items())
    assert all(g.min() == g.max() == 1 for g in model.grads.values())
    model.grads.update(dict.fromkeys(model.grads))
    assert set(model.grads.values()) == {None}


def test_buffers_too():
    model = TinyCNN(widths=(4,))
    model.buffers["bn1.running_mean"] = np.full(4, 3, np.float32)
    assert model.children["bn1"].buffers["running_mean"].tolist() == [3.0] * 4


@pytest.mark.parametrize("arrays", ["params", "grads"])
@pytest.mark.parametrize("wrong", [np.zeros(1, np.float32), 0.0, [1.0, 2.0], "zero", np.zeros((2, 3), np.int64)])
def test_other_shapes_types_and_kinds_are_refused(model, arrays, wrong):
    name = next(iter(model.params))
    before = model.state_dict()
    with pytest.raises(ValueError, match=mentions(name, "float32", str(model.params[name].shape))):
        getattr(model, arrays)[name] = wrong
    with pytest.raises(ValueError, match="float64"):
        getattr(model, arrays)[name] = np.zeros(model.params[name].shape)
    assert all(np.array_equal(a, before[key]) for key, a in model.params.items()) and model.grads[name] is None


@pytest.mark.parametrize("arrays", ["params", "grads"])
def test_a_mask_hides_no_numbers_from_us(model, arrays):
    name, p = list(model.params.items())[-1]
    with pytest.raises(ValueError, match=mentions(name, "masked array", "filled(0)")):
        getattr(model, arrays)[name] = np.ma.array(np.full_like(p, 7), mask=True)
    assert not (p == 7).any() and model.grads[name] is None


def test_an_update_happens_wholly_or_not_at_all(model):
    (first, p), *_ = model.params.items()
    before = p.copy()
    for wrong in ({"nonsense": p}, {list(model.params)[-1]: 0.0}):
        with pytest.raises(ValueError, match="nonsense|must be an array"):
            model.params.update({first: np.zeros_like(p), **wrong})
        np.testing.assert_array_equal(p, before)
    params = model.params
    with pytest.raises(TypeError, match=mentions("update(...)")):
        params |= {first: np.zeros_like(p)}
    np.testing.assert_array_equal(p, before)


def test_none_is_a_gradient_and_no_parameter(model):
    name = next(iter(model.params))
    model.grads[name] = None
    with pytest.raises(ValueError, match="NoneType"):
        model.params[name] = None


def test_names_can_neither_be_added_nor_removed(model):
    name = next(iter(model.params))
    with pytest.raises(ValueError, match=mentions("nonsense", name)):
        model.params["nonsense"] = np.zeros(2, np.float32)
    with pytest.raises(TypeError, match=name):
        del model.params[name]
    with pytest.raises(TypeError, match="removed"):
        model.params.clear()
    with pytest.raises(KeyError):
        model.params["nonsense"]
    assert name in model.params and "nonsense" not in model.params


def test_an_array_of_another_library_is_refused(stand_in):
    layer = Linear(3, 2)
    with pytest.raises(ValueError, match="libraries"):
        layer.params["weight"] = stand_in.zeros((2, 3), dtype="float32")


def test_a_model_whose_arrays_are_held_by_an_optimizer_survives_pickle_and_deepcopy(model):
    for copy in (deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))):
        twin, optimizer = copy((model, SGD(model.params, lr=1.0)))
        assert all(optimizer.params[name] is p for name, p in twin.params.items())
        assert not any(p is model.params[name] for name, p in twin.params.items())
