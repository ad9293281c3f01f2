"""Every op over the stand-in for CuPy: the same bits as over NumPy, and nothing of NumPy's in between."""

import numpy as np
import pytest
import strict_cupy
from comparing import mentions
from op_cases import CASES

from senumpy import ops

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])


def refused():
    return pytest.raises((TypeError, ValueError), match="Unsupported type|different libraries|Implicit conversion")


def bits(array):
    array = array.get() if type(array) is strict_cupy.ndarray else np.asarray(array)
    return array.shape, array.dtype, array.tobytes()


def holds_arrays(cache):
    return any(holds_arrays(item) if isinstance(item, tuple) else hasattr(item, "dtype") for item in cache)


def run(case, arrays, dout):
    """Return everything that a call changes or makes, by name."""
    out, cache = case.forward(**arrays)
    gradients = case.gradients(dout, cache)
    state = {name: arrays[name] for name in case.state}
    return {"out": out, **{f"d{name}": gradient for name, gradient in gradients.items()}, **state}


def drawn(case, dtype, channels_last=False):
    """Return the arrays of the case and a dout, those of images in the wanted memory layout."""
    rng = np.random.default_rng(20)
    arrays = case.make(rng, dtype)
    out, _ = case.forward(**{name: array.copy() for name, array in arrays.items()})
    arrays["dout"] = case.make_dout(rng, out)
    if channels_last:
        for name in [name for name, array in arrays.items() if array.ndim == 4]:
            arrays[name] = np.ascontiguousarray(arrays[name].transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    dout = arrays.pop("dout")
    return arrays, dout


@each_case
@dtypes
@pytest.mark.parametrize("channels_last", [False, True], ids=["NCHW", "NHWC"])
def test_the_same_bits_as_numpy(case, dtype, channels_last, stand_in):
    arrays, dout = drawn(case, dtype, channels_last)
    there = {name: stand_in.asarray(array) for name, array in arrays.items()}
    ours = run(case, there, stand_in.asarray(dout))
    assert strict_cupy.HOST_READS == (["bool"] if "labels" in arrays else [])  # the check of the labels, nothing else
    numpys = run(case, arrays, dout)
    assert ours.keys() == numpys.keys()
    for name, array in ours.items():
        assert type(array) is stand_in.ndarray, name
        assert bits(array) == bits(numpys[name]), name


@each_case
def test_an_array_forgotten_on_the_host_is_an_error(case, stand_in):
    """Never a silent transfer, and never a result on the wrong side."""
    arrays, dout = drawn(case, np.float32)
    there = {name: stand_in.asarray(array) for name, array in arrays.items()}
    for name, array in arrays.items():
        if len(arrays) > 1 and name != "labels":
            with refused():
                case.forward(**{**there, name: array})
    _, cache = case.forward(**there)
    if dout.ndim and holds_arrays(cache):  # a scalar may come from anywhere, and a cache of shapes has no side
        with refused():
            case.backward(dout, cache)


def test_labels_may_stay_on_the_host_where_checking_them_waits_for_nobody(stand_in):
    logits, labels = np.random.default_rng(21).standard_normal((4, 3)), np.array([2, 0, 1, 1])
    there = stand_in.asarray(logits)
    loss, cache = ops.softmax_cross_entropy_forward(there, labels)
    dlogits = ops.softmax_cross_entropy_backward(1.0, cache)
    assert strict_cupy.HOST_READS == []
    on_device, _ = ops.softmax_cross_entropy_forward(there, stand_in.asarray(labels))
    assert strict_cupy.HOST_READS == ["bool"]
    assert bits(loss) == bits(on_device) == bits(ops.softmax_cross_entropy_forward(logits, labels)[0])
    assert type(dlogits) is stand_in.ndarray
    with refused():
        ops.softmax_cross_entropy_forward(logits, stand_in.asarray(labels))


def test_the_gradient_of_the_loss_may_be_any_scalar(stand_in):
    logits, labels = stand_in.asarray(np.eye(3, dtype=np.float32)), stand_in.asarray([0, 1, 1])
    loss, cache = ops.softmax_cross_entropy_forward(logits, labels)
    assert loss.shape == () and loss.dtype == np.float32
    expected = bits(ops.softmax_cross_entropy_backward(1.0, cache))
    for one in (1, np.float64(1), stand_in.ones(()), stand_in.ones((), dtype=np.float32)):
        assert bits(ops.softmax_cross_entropy_backward(one, cache)) == expected


def test_messages_can_be_written_about_arrays_on_the_device(stand_in):
    logits = stand_in.zeros((2, 3))
    for wrong in ([0, 3], [-1, 0]):
        with pytest.raises(ValueError, match=mentions("labels must lie between 0 and 2", min(wrong), max(wrong))):
            ops.softmax_cross_entropy_forward(logits, stand_in.asarray(wrong))
    with pytest.raises(ValueError, match=mentions("x must have shape", "(2, 3)")):
        ops.global_avg_pool_forward(logits)
    with pytest.raises(ValueError, match=mentions("floating-point", "int64")):
        ops.relu_forward(stand_in.arange(3))
    _, cache = ops.relu_forward(logits)
    with pytest.raises(ValueError, match=mentions("dout must have shape", "(3, 2)")):
        ops.relu_backward(stand_in.zeros((3, 2)), cache)
