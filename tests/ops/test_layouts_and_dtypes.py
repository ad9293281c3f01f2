"""Memory is not mathematics: any strides give the same values, and every dtype goes in and comes out unchanged."""

import numpy as np
import pytest
from comparing import assert_close
from op_cases import CASES


def channels_last(a):
    """What senumpy's own convolutions hand on: logical (N, C, H, W) over (N, H, W, C) memory."""
    return np.moveaxis(np.moveaxis(a, 1, -1).copy(), -1, 1) if a.ndim > 1 else a.copy()


def negative(a):
    return np.flip(np.flip(a).copy())


def stepped(a):
    """Every second entry of a larger array whose other entries are NaN, so that reading one of them shows."""
    step = (slice(None, None, 2),) * a.ndim
    wide = np.full([2 * size for size in a.shape], 99 if a.dtype.kind == "i" else np.nan, a.dtype)
    wide[step] = a
    return wide[step]


def fortran(a):
    return a.copy(order="F")


def read_only(a):
    a = a.copy()
    a.flags.writeable = False
    return a


def unaligned(a):
    """The same numbers, one byte after a proper address."""
    shifted = np.ndarray(a.shape, a.dtype, np.zeros(a.nbytes + 17, np.uint8), offset=1)
    shifted[...] = a
    assert a.nbytes == 0 or not shifted.flags.aligned
    return shifted


def swapped(a):
    """The last two axes exchanged in memory."""
    return np.swapaxes(np.swapaxes(a, -1, -2).copy(), -1, -2) if a.ndim > 1 else a.copy()


LAYOUTS = (channels_last, negative, stepped, fortran, read_only, unaligned, swapped)


def run(case, arrays, dout):
    """(out, gradients, arrays afterwards), with the state copied first so that a case can run twice."""
    out, cache = case.forward(**arrays)
    return out, case.gradients(dout, cache), {name: arrays[name] for name in case.state}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_any_strides_give_the_same_values(case, layout):
    rng = np.random.default_rng(6)
    arrays = case.make(rng)
    out, _ = case.forward(**{name: array.copy() for name, array in arrays.items()})
    dout = case.make_dout(rng, out)
    expected = run(case, {name: array.copy() for name, array in arrays.items()}, dout)

    laid_out = {
        name: array.copy() if layout is read_only and name in case.state else layout(array)
        for name, array in arrays.items()
    }
    actual = run(case, laid_out, layout(dout))
    assert_close(actual[0], expected[0], what="out")
    for part in (1, 2):
        for name in expected[part]:
            assert_close(actual[part][name], expected[part][name], what=name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_upstream_gradient_may_be_one_number_broadcast(case):
    """The gradient of a sum or mean often comes as a view whose strides are all zero."""
    arrays = case.make(np.random.default_rng(7))
    out, cache = case.forward(**arrays)
    dout = np.broadcast_to(np.float64(0.7), np.shape(out))
    expected = case.gradients(dout.copy(), cache)
    for name, gradient in case.gradients(dout, cache).items():
        assert_close(gradient, expected[name], what=f"d{name}")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128], ids=lambda d: d.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_dtype_in_is_dtype_out(case, dtype):
    """No float64 leaks into float32, and no precision is lost beyond that of the dtype."""
    rng, same_rng = np.random.default_rng(8), np.random.default_rng(8)
    arrays, wide = case.make(rng, dtype), case.make(same_rng)
    out, cache = case.forward(**arrays)
    wide_out, wide_cache = case.forward(**wide)
    assert out.dtype == dtype
    tolerance = 2e-5 if np.finfo(dtype).eps > 1e-10 else 1e-12
    assert_close(out, wide_out, tolerance, "out")

    dout = case.make_dout(rng, out)
    gradients = case.gradients(dout, cache)
    wide_gradients = case.gradients(case.make_dout(same_rng, wide_out), wide_cache)
    for name, gradient in gradients.items():
        assert gradient.dtype == dtype, f"d{name} is {gradient.dtype}"
        assert gradient.shape == arrays[name].shape
        assert_close(gradient, wide_gradients[name], tolerance, f"d{name}")
    for name in case.state:
        assert arrays[name].dtype == np.zeros((), dtype).real.dtype
        assert_close(arrays[name], wide[name], tolerance, name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_complex_array_is_enough(case):
    """Outputs and gradients are allocated for the result type of all arrays involved, not for the dtype of x."""
    rng = np.random.default_rng(9)
    arrays = case.make(rng)
    real_out, real_cache = case.forward(**arrays)
    dout = case.make_dout(rng, real_out) + 1j * case.make_dout(rng, real_out)
    real_part, imaginary_part = (case.gradients(part.copy(), real_cache) for part in (dout.real, dout.imag))
    for name in (name for name in case.differentiable if name in arrays):
        out, cache = case.forward(**{**arrays, name: arrays[name].astype(complex)})
        assert out.dtype == np.complex128, f"complex {name} gave {out.dtype}"
        assert_close(out, real_out)
        for of, gradient in case.gradients(dout, cache).items():
            assert_close(gradient, real_part[of] + 1j * imaginary_part[of], what=f"d{of} for complex {name}")
