"""Gates are read from a model without leaving a trace, and come out as the formula says."""

import numpy as np
import pytest
from gates.planted import TinyForTests, random_images

from senumpy.gates import evaluation_mode, gate_values, gates_and_logits, predict_logits, se_blocks
from senumpy.gates.values import pick_block
from senumpy.layers import BatchNorm2d, SEBlock, Sequential
from senumpy.models import TinyCNN


def test_the_gates_are_those_of_equation_3():
    rng = np.random.default_rng(0)
    block = SEBlock(6, reduction=2, rng=rng, dtype=np.float64)
    x = rng.standard_normal((5, 6, 4, 3))
    w1, w2 = block.params["fc.0.weight"], block.params["fc.2.weight"]
    expected = 1 / (1 + np.exp(-np.maximum(x.mean((2, 3)) @ w1.T, 0) @ w2.T))
    np.testing.assert_allclose(gate_values(Sequential(se=block), x)["se"], expected, rtol=1e-12)


def test_batches_make_no_difference():
    model, x = TinyForTests(), random_images(7)
    whole, parts = gates_and_logits(model, x), gates_and_logits(model, x, batch_size=3)
    for name, s in whole[0].items():
        np.testing.assert_allclose(parts[0][name], s, rtol=1e-5)  # the rounding of a product depends on its rows
    np.testing.assert_allclose(parts[1], whole[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(predict_logits(model, x), whole[1])


def test_looking_runs_in_evaluation_mode_and_leaves_modes_and_statistics_alone():
    model = TinyForTests()
    model.children["bn2"].training = False  # a mixed model stays mixed
    before = model.state_dict()
    gate_values(model, random_images(4))
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert model.training and model.children["bn1"].training and not model.children["bn2"].training


def test_the_mode_comes_back_after_an_error_too():
    model = Sequential(BatchNorm2d(3))
    with pytest.raises(RuntimeError), evaluation_mode(model):
        raise RuntimeError
    assert model.training and model.children["0"].training


def test_blocks_are_found_at_any_depth_and_a_plain_model_has_none():
    nested = Sequential(stage=Sequential(se=SEBlock(4, 2)), tail=SEBlock(4, 2))
    assert list(se_blocks(nested)) == ["stage.se", "tail"]
    assert gate_values(TinyCNN(widths=(4, 4), se=False), random_images(2)) == {}


def test_a_block_that_is_never_called_is_no_silent_leftover():
    model = TinyForTests()
    gate_values(model, random_images(2))  # leaves gates behind in every block
    del model.children["se1"]
    spare = SEBlock(8, 2)
    spare.forward(random_images(2).repeat(8, axis=1)[:, :8])
    model.children["spare"] = Holder(spare)
    with pytest.raises(ValueError, match="never calls spare.se"):
        gate_values(model, random_images(2))


class Holder(Sequential):
    """Has an SE block among its children and does not use it."""

    def __init__(self, block):
        super().__init__(se=block)

    def forward(self, x):
        return x


@pytest.mark.parametrize("x", [np.zeros((3, 8, 8), np.float32), np.zeros((0, 3, 8, 8), np.float32), "cat"])
def test_what_is_not_a_batch_is_refused(x):
    with pytest.raises(ValueError, match="batch of pictures"):
        gate_values(TinyForTests(), x)


def test_a_model_on_the_other_backend_gives_the_same_gates_as_numpy_arrays(stand_in):
    model, x = TinyForTests(), random_images(3)
    expected = gate_values(model, x)
    model.to("cupy")
    found = gate_values(model, x)
    for name, s in expected.items():
        assert type(found[name]) is np.ndarray
        np.testing.assert_array_equal(found[name], s)


@pytest.mark.parametrize("name", [None, "se1"])
def test_a_model_without_blocks_has_none_to_pick(name):
    with pytest.raises(ValueError, match="the model has no SE blocks: build it with se=True"):
        pick_block(TinyCNN(widths=(4, 4), se=False), name)
