"""Masked arrays and ``np.matrix`` compute by rules of their own: every op and every layer refuses them in words."""

import numpy as np
import pytest
from device_cases import LAYERS, draw
from op_cases import CASES

from senumpy import gates
from senumpy.models import TinyCNN
from senumpy.training import evaluate

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_layer = pytest.mark.parametrize("make, shape", LAYERS.values(), ids=LAYERS)


def masked(a):
    return np.ma.array(a, mask=np.arange(a.size).reshape(a.shape) == 0)


def nothing_masked(a):
    return np.ma.array(a)


def matrix(a):
    """A matrix has two axes always, so this is for arrays that could become one."""
    return np.atleast_2d(a).view(np.matrix)


def as_subclasses(array):
    """(what it was made to, what the message must say of it), for every kind that exists in this shape."""
    yield masked(array), r"is a masked array: fill the mask first, \w+\.filled\(0\)$"
    yield nothing_masked(array), "is a masked array"
    if array.ndim <= 2:
        yield matrix(array), r"is a numpy\.matrix: make it an ordinary array first, numpy\.asarray\(\w+\)$"


@each_case
def test_every_array_of_forward_is_looked_at(case):
    """Weights, biases, running statistics and labels too, and whatever its shape a matrix is called a matrix."""
    arrays = case.make(np.random.default_rng(1))
    before = {name: array.copy() for name, array in arrays.items()}
    for name, array in arrays.items():
        for wrong, message in as_subclasses(array):
            with pytest.raises(ValueError, match=f"^{name} {message}"):
                case.forward(**{**arrays, name: wrong})
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, before[name], err_msg=f"a refused call changed {name}")


@each_case
def test_the_upstream_gradient_is_looked_at(case):
    rng = np.random.default_rng(2)
    out, cache = case.forward(**case.make(rng))
    for wrong, message in as_subclasses(case.make_dout(rng, out)):
        with pytest.raises(ValueError, match=f"^dout {message}"):
            case.backward(wrong, cache)


@each_layer
def test_every_layer_refuses_them_forward_and_backward(make, shape):
    layer = make(rng=np.random.default_rng(3))
    x = draw(1, shape)
    for wrong, message in as_subclasses(x):
        with pytest.raises(ValueError, match=f"^x {message}"):
            layer.forward(wrong)
    out = layer.forward(x)
    for wrong, message in as_subclasses(out):
        with pytest.raises(ValueError, match=f"^dout {message}"):
            layer.backward(wrong)


def test_other_subclasses_are_arrays_like_any_other():
    """A memory-mapped file, or a subclass that somebody wrote for a label: they mean what their numbers say."""

    class Labelled(np.ndarray):
        pass

    for case in CASES:
        arrays = case.make(np.random.default_rng(4))
        expected, _ = case.forward(**{name: array.copy() for name, array in arrays.items()})
        out, _ = case.forward(**{name: array.view(Labelled) for name, array in arrays.items()})
        np.testing.assert_array_equal(np.asarray(out), expected, err_msg=case.name)


X, LABELS = draw(5, (4, 3, 8, 8)), np.arange(4)
LOOKS = {
    "gate_values": lambda model, x, labels: gates.gate_values(model, x),
    "outputs": lambda model, x, labels: gates.predict_logits(model, x),
    "check_health": lambda model, x, labels: gates.check_health(model, x),
    "slide": lambda model, x, labels: gates.sliding_gates(model, x[0], 4),
    "feature_maps": lambda model, x, labels: gates.feature_maps(model, x[0]),
    "gradient_paths": lambda model, x, labels: gates.gradient_paths(model, x[0], 0),
    "GateRecorder": lambda model, x, labels: gates.GateRecorder(x),
    "compare_gates": gates.compare_gates,
    "class_profiles": lambda model, x, labels: gates.class_profiles({"se1": X[:, :, 0, 0]}, labels),
    "evaluate": evaluate,
}


@pytest.mark.parametrize("look", LOOKS)
def test_whoever_looks_at_pictures_does_not_drop_the_mask(look):
    """`numpy.asarray` would, and what the mask hides would be taken for pixels."""
    model = TinyCNN(widths=(4,), reduction=2, rng=np.random.default_rng(0))
    LOOKS[look](model, X, LABELS)
    refused = 0
    for x, labels in ((masked(X), LABELS), (nothing_masked(X), LABELS), (X, masked(LABELS))):
        try:
            LOOKS[look](model, x, labels)
        except ValueError as error:
            assert "is a masked array: fill the mask first" in str(error)
            refused += 1
    assert refused >= {"class_profiles": 1, "evaluate": 3, "compare_gates": 3}.get(look, 2)
