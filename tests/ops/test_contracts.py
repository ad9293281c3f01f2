"""What every op promises besides its formula: it changes nothing, shares nothing, repeats itself and is linear."""

import numpy as np
import pytest
from comparing import mentions
from op_cases import CASES
from op_recipes import ENTRYWISE

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def arrays_in(cache):
    """All arrays in nested tuples, in order."""
    if isinstance(cache, (tuple, list)):
        for item in cache:
            yield from arrays_in(item)
    elif isinstance(cache, np.ndarray):
        yield cache


def snapshot(*arrays):
    return [(array.shape, array.dtype, array.tobytes()) for array in arrays]


def forward_and_dout(case, dtype=np.float64):
    rng = np.random.default_rng(10)
    arrays = case.make(rng, dtype)
    out, cache = case.forward(**arrays)
    return arrays, out, cache, case.make_dout(rng, out)


@each_case
def test_forward_changes_no_input(case):
    arrays = case.make(np.random.default_rng(11))
    before = snapshot(*arrays.values())
    case.forward(**arrays)
    for name, was, now in zip(arrays, before, snapshot(*arrays.values()), strict=True):
        assert (was == now) == (name not in case.state), f"{name} changed, or a running statistic did not"


@each_case
def test_backward_changes_neither_inputs_nor_dout_nor_cache(case):
    arrays, out, cache, dout = forward_and_dout(case)
    assert isinstance(cache, tuple)
    watched = [*arrays.values(), np.asarray(out), dout, *arrays_in(cache)]
    before = snapshot(*watched)
    case.backward(dout, cache)
    assert snapshot(*watched) == before


@each_case
def test_backward_twice_gives_the_same_bits(case):
    """Even if the first gradients have been scribbled over in between, as gradient clipping does."""
    _, _, cache, dout = forward_and_dout(case)
    first = case.gradients(dout, cache)
    before = snapshot(*first.values())
    for gradient in first.values():
        gradient *= 3.0
    assert snapshot(*case.gradients(dout, cache).values()) == before


@each_case
def test_forward_twice_gives_the_same_bits(case):
    arrays = case.make(np.random.default_rng(12), np.float32)
    outs = [case.forward(**{name: array.copy() for name, array in arrays.items()})[0] for _ in range(2)]
    assert snapshot(*map(np.asarray, outs))[0] == snapshot(*map(np.asarray, outs))[1]


@each_case
def test_outputs_and_gradients_share_no_memory_with_what_came_in(case):
    arrays, out, cache, dout = forward_and_dout(case)
    assert not any(np.shares_memory(out, array) for array in arrays.values())
    gradients = case.gradients(dout, cache)
    for name, gradient in gradients.items():
        others = [other for other_name, other in gradients.items() if other_name != name]
        for array in (*arrays.values(), dout, *arrays_in(cache), *others):
            assert not np.shares_memory(gradient, array), f"d{name} is a view of something else"


@each_case
def test_a_batch_norm_state_is_not_kept_in_the_cache(case):
    """The next training step will change it: backward of this step must not see that."""
    arrays, _, cache, dout = forward_and_dout(case)
    before = snapshot(*case.gradients(dout, cache).values())
    for name in set(arrays) & {"running_mean", "running_var"}:
        arrays[name] += 1.0
    assert snapshot(*case.gradients(dout, cache).values()) == before


@each_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_backward_is_linear_in_dout(case, dtype):
    """backward(0) is 0, and doubling dout doubles every gradient exactly: a factor of two never rounds."""
    _, _, cache, dout = forward_and_dout(case, dtype)
    once = case.gradients(dout, cache)
    twice = case.gradients(2 * dout, cache)
    none = case.gradients(0 * dout, cache)
    for name in once:
        np.testing.assert_array_equal(twice[name], 2 * once[name], err_msg=f"d{name}")
        np.testing.assert_array_equal(none[name], 0, err_msg=f"d{name}")


@each_case
def test_integers_are_refused(case):
    """Integer arrays would round every gradient; the message says so and names the dtype."""
    arrays = case.make(np.random.default_rng(13))
    for name in case.differentiable:
        if name in arrays:
            integers = {**arrays, name: np.ones(arrays[name].shape, np.int64)}
            with pytest.raises(ValueError, match="int64"):
                case.forward(**integers)


class Tensor:
    """As an array of another library looks from here: a dtype and a shape, but no strides that NumPy could walk."""

    def __init__(self, array):
        self.dtype, self.shape, self.ndim = array.dtype, array.shape, array.ndim


@each_case
@pytest.mark.parametrize("other", [np.ndarray.tolist, Tensor], ids=["a list", "a tensor"])
def test_what_is_no_array_of_numpy_is_refused(case, other):
    """Not converted without a word, which would cut a tensor off from its own library's gradients."""
    arrays = case.make(np.random.default_rng(20))
    for name in case.differentiable:
        if name in arrays:
            with pytest.raises(ValueError, match=f"{name} must be an array of shape .*: use numpy.asarray"):
                case.forward(**{**arrays, name: other(arrays[name])})


@pytest.mark.parametrize("change", ["one axis fewer", "one axis more"])
@pytest.mark.parametrize("case", [case for case in CASES if case.op not in ENTRYWISE], ids=lambda case: case.name)
def test_wrong_ranks_are_refused(case, change):
    """Broadcasting would quietly accept many of them."""
    arrays = case.make(np.random.default_rng(14))
    for name in arrays:
        wrong = arrays[name][0] if change == "one axis fewer" else arrays[name][None]
        with pytest.raises(ValueError, match=r"\(.*\)"):
            case.forward(**{**arrays, name: wrong})


@each_case
def test_an_upstream_gradient_of_another_shape_is_refused(case):
    """A dout that merely broadcasts would pass for the right one, with wrong gradients."""
    _, out, cache, dout = forward_and_dout(case)
    for wrong in (dout[None], np.concatenate([np.atleast_1d(dout)] * 2), np.ones((1,) * (dout.ndim + 1))):
        with pytest.raises(ValueError, match=mentions("dout", wrong.shape)):
            case.backward(wrong, cache)
