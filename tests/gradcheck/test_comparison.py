"""Our gradients beside another program's: PyTorch's, live or from the file it once wrote."""

import builtins

import numpy as np
import pytest

from senumpy import layers, ops
from senumpy.gradcheck import against_torch, compare, golden
from senumpy.models import TinyCNN


def test_verdicts():
    a = np.array([[1.0, 2.0], [3.0, -400.0]])
    lines = compare(
        {"same": a, "close": a, "different": a, "mine": a, "shape": a, "nan": a, "none": None, "no": None},
        {"same": a.copy(), "close": a + 1e-11, "different": a + [[0, 0], [2, 0]], "theirs": a, "shape": a.T[:1],
         "nan": a * [[1, np.nan], [1, 1]], "none": None, "no": a},
    ).lines  # fmt: skip
    assert {name: line.verdict for name, line in lines.items()} == {
        "same": "same bits", "close": "close", "different": "different", "mine": "missing", "shape": "different",
        "nan": "different", "none": "same bits", "no": "missing", "theirs": "missing",
    }  # fmt: skip
    assert lines["different"].absolute == 2 and lines["different"].relative == 2 / 400
    assert lines["different"].index == (1, 0) and lines["nan"].index == (0, 1)
    assert lines["theirs"].words == "not in mine" and lines["mine"].words == "not in theirs"
    assert lines["shape"].words == "theirs has shape (1, 2)"


def test_signed_zeros_and_dtypes_are_other_bits():
    assert compare({"a": np.zeros(2)}, {"a": -np.zeros(2)}).lines["a"].verdict == "close"
    assert compare({"a": np.zeros(2)}, {"a": np.zeros(2, np.float32)}).lines["a"].verdict == "close"
    assert compare({"a": np.ones(2)}, {"a": np.zeros(2)}).lines["a"].verdict == "different"


def test_tolerance_follows_the_precision_or_the_caller():
    a, b = np.ones(3), np.full(3, 1 + 1e-6)
    assert not compare({"a": a}, {"a": b}).close
    assert compare({"a": a.astype(np.float32)}, {"a": b}).close
    assert compare({"a": a}, {"a": b}, tolerance=1e-5).close


def test_faces():
    comparison = compare({"w": np.ones((2, 3))}, {"w": np.ones((2, 3)), "b": np.zeros(3)})
    assert "w         2x3  same bits" in str(comparison) and repr(comparison) == str(comparison)
    assert "not in mine" in comparison._repr_html_()
    with pytest.raises(TypeError, match="comparison.close"):
        bool(comparison)


def test_only_numbers_can_be_compared():
    with pytest.raises(ValueError, match="arrays of numbers"):
        compare({"a": np.array(["x"])}, {"a": np.array(["y"])})


@pytest.mark.parametrize(("name", "bias"), [("se", False), ("se_with_biases", True)])
def test_golden_se_block(name, bias):
    g = golden(name)
    x, p = g.inputs["x"], g.parameters
    names = ["fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias"]
    out, cache = ops.se_forward(x, *(p.get(n) for n in names))
    gradients = dict(zip(["x", *names], ops.se_backward(g.inputs["dout"], cache), strict=True))
    mine = {"out": out, **{n: a for n, a in gradients.items() if a is not None}}
    assert len(mine) == (6 if bias else 4)
    assert compare(mine, {**g.outputs, **g.gradients}, tolerance=1e-12).close


def test_golden_cnn():
    g = golden("tiny_cnn")
    model = TinyCNN(in_channels=2, num_classes=5, widths=(4, 6), reduction=2, dtype=np.float64)
    assert {n: a.shape for n, a in model.params.items()} == {n: a.shape for n, a in g.parameters.items()}
    for name, array in g.parameters.items():
        model.params[name][...] = array
    logits = model.forward(g.inputs["x"])
    loss, cache = ops.softmax_cross_entropy_forward(logits, g.inputs["labels"])
    dx = model.backward(ops.softmax_cross_entropy_backward(np.asarray(1.0), cache))
    mine = {"logits": logits, "loss": loss, "x": dx, **model.grads}
    comparison = compare(mine, {**g.outputs, **g.gradients}, tolerance=1e-12)
    assert comparison.close, comparison


def test_golden_by_another_name():
    with pytest.raises(ValueError, match="golden gradients of se, se_with_biases, tiny_cnn, not of 'resnet'"):
        golden("resnet")


MODULES = {
    "Linear": lambda r: (layers.Linear(4, 3, rng=r), r.standard_normal((5, 4))),
    "Linear without bias": lambda r: (layers.Linear(4, 3, bias=False, rng=r), r.standard_normal((5, 4))),
    "Conv2d": lambda r: (layers.Conv2d(4, 6, (3, 2), (1, 2), (1, 0), groups=2, rng=r), r.standard_normal((2, 4, 5, 6))),
    "BatchNorm2d": lambda r: (layers.BatchNorm2d(3, momentum=0.3), r.standard_normal((2, 3, 4, 5))),
    "BatchNorm2d in evaluation": lambda r: (layers.BatchNorm2d(3, eps=0.1).eval(), r.standard_normal((2, 3, 4, 5))),
    "SEBlock": lambda r: (layers.SEBlock(6, 2, rng=r), r.standard_normal((3, 6, 4, 5))),
    "SEBlock with biases": lambda r: (layers.SEBlock(6, 3, bias=True, rng=r), r.standard_normal((3, 6, 4, 5))),
    "MaxPool2d": lambda r: (layers.MaxPool2d((3, 2), 2, (1, 0)), r.standard_normal((2, 3, 6, 7))),
    "AvgPool2d": lambda r: (
        layers.AvgPool2d((3, 2), 2, (1, 0), count_include_pad=False), r.standard_normal((2, 3, 6, 7))
    ),
    "row of activations": lambda r: (
        layers.Sequential(layers.Tanh(), layers.ReLU(), layers.HardSigmoid(), layers.Sigmoid(), layers.GlobalMaxPool()),
        r.standard_normal((2, 3, 4, 5)),
    ),
    "TinyCNN": lambda r: (TinyCNN(2, 5, widths=(4, 6), reduction=2, rng=r), r.standard_normal((3, 2, 8, 9))),
    "TinyCNN without SE": lambda r: (TinyCNN(2, 5, widths=(4, 6), se=False, rng=r), r.standard_normal((3, 2, 8, 9))),
}


@pytest.mark.parametrize("name", MODULES)
def test_against_torch(name):
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    layer, x = MODULES[name](np.random.default_rng(0))
    before = layer.state_dict()
    comparison = against_torch(layer, x)
    assert comparison.close, comparison
    assert list(comparison.lines) == ["out", "x", *layer.params, *layer.buffers]
    assert compare(before, layer.state_dict()).close


def test_against_torch_with_some_layers_in_evaluation():
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    rng = np.random.default_rng(0)
    frozen = layers.Sequential(layers.BatchNorm2d(3).eval(), layers.GlobalAvgPool(), layers.Linear(3, 2, rng=rng))
    assert frozen.training
    assert against_torch(frozen, rng.standard_normal((4, 3, 5, 5)) + 2).close


def test_against_torch_sees_a_wrong_backward():
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")

    class Wrong(layers.Linear):
        def backward(self, dout):
            return -super().backward(dout)

    comparison = against_torch(Wrong(4, 3), np.random.default_rng(0).standard_normal((2, 4)))
    assert [line.verdict for name, line in comparison.lines.items() if name == "x"] == ["different"]


def test_a_layer_with_a_forward_pass_of_its_own_has_no_counterpart():
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")

    class HardSEBlock(layers.SEBlock):
        def forward(self, x):
            return x

    with pytest.raises(ValueError, match="HardSEBlock has a forward pass of its own"):
        against_torch(layers.Sequential(HardSEBlock(4, reduction=2)), np.ones((2, 4, 3, 3)))


def test_a_layer_without_a_counterpart():
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")

    class Own(layers.Layer):
        pass

    with pytest.raises(ValueError, match="no counterpart of Own"):
        against_torch(Own(), np.zeros((2, 3)))


def test_without_torch_the_error_says_what_to_do(monkeypatch):
    real_import = builtins.__import__

    def no_torch(name, *args, **kwargs):
        if name == "torch":
            raise ImportError("no torch")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_torch)
    with pytest.raises(ImportError, match="python -m pip install torch"):
        against_torch(layers.ReLU(), np.zeros((2, 3)))


def before_batch_norm(kind, **options):
    draw = np.random.default_rng(0)
    if kind == "convolution":
        parts = layers.Conv2d(2, 4, 3, padding=1, bias=True, rng=draw, **options), layers.BatchNorm2d(4, **options)
        return layers.Sequential(*parts, layers.ReLU()), draw.standard_normal((3, 2, 5, 4))
    parts = layers.Linear(5, 4, rng=draw, **options), layers.BatchNorm2d(4, **options)
    last = layers.Linear(4, 3, rng=draw, **options)
    return layers.Sequential(*parts, layers.ReLU(), last), draw.standard_normal((6, 5))


@pytest.mark.parametrize("kind", ["convolution", "rows"])
def test_a_bias_before_batch_norm_is_zero_to_rounding_on_both_sides(kind):
    pytest.importorskip("torch")
    comparison = against_torch(*before_batch_norm(kind))
    line = comparison.lines["0.bias"]
    assert comparison.close, comparison
    assert line.relative < 1e-13 and "zero to rounding: measured against the largest" in str(comparison)
    assert not any(line.words for name, line in comparison.lines.items() if name != "0.bias")


@pytest.mark.parametrize("kind", ["convolution", "rows"])
@pytest.mark.parametrize("wrong", [1e-6, 1.0])
def test_a_wrong_bias_before_batch_norm_is_different(kind, wrong):
    pytest.importorskip("torch")
    model, x = before_batch_norm(kind)

    class Wrong(type(model.children["0"])):
        def backward(self, dout):
            dx = super().backward(dout)
            self._grads["bias"] = self._grads["bias"] + wrong
            return dx

    model.children["0"].__class__ = Wrong
    comparison = against_torch(model, x)
    assert {name for name, line in comparison.lines.items() if line.verdict == "different"} == {"0.bias"}


@pytest.mark.parametrize(("dtype", "zero"), [(np.float64, 1e-16), (np.float32, 1e-6)])
def test_zeros_of_two_programs(dtype, zero):
    """One gives 0, the other rounding; or both rounding, of other signs."""
    w, b = np.array([3.0, -5.0], dtype), np.array([zero, -zero], dtype)
    assert compare({"w": w, "b": 0 * b}, {"w": w, "b": b}).close
    assert compare({"w": w, "b": -b}, {"w": w, "b": b}).close
    assert compare({"w": w, "b": b}, {"w": w, "b": 0 * b}).close
    assert not compare({"w": w, "b": 0 * b}, {"w": w, "b": b + dtype(1e-3)}).close
    assert not compare({"b": 0 * b}, {"b": b}).close, "there is nothing beside it that is larger"
    assert not compare({"w": w, "b": -b}, {"w": w, "b": b}, tolerance=0).close


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-4), (np.float16, 1e-2)])
def test_the_tolerance_of_each_precision(dtype, tolerance):
    theirs = np.array([1.0, 0.5])
    for part, verdict in ((0.8, "close"), (1.25, "different")):
        mine = theirs + [part * tolerance, 0]
        names = {"a": mine}, {"a": theirs.astype(dtype)}
        assert compare(*names).lines["a"].verdict == verdict, (dtype, part)


def test_long_doubles_are_compared_as_doubles():
    a = np.arange(1, 4, dtype=np.longdouble)
    assert compare({"a": a}, {"a": a * (1 + 1e-12)}).lines["a"].verdict == "close"
    assert compare({"a": a}, {"a": a * (1 + 1e-9)}).lines["a"].verdict == "different"


@pytest.mark.parametrize("tolerance", [-1, -1e-12, float("nan"), float("inf"), "1e-6", [1e-6]])
def test_a_tolerance_must_be_a_number_from_zero_up(tolerance):
    with pytest.raises(ValueError, match="tolerance must be a number from 0 up"):
        compare({"a": np.ones(2)}, {"a": np.ones(2)}, tolerance=tolerance)


@pytest.mark.parametrize(
    ("mine", "words"),
    [
        ([np.ones(2)], "mine must be a dict of arrays by name"),
        (np.ones(2), "mine must be a dict of arrays by name"),
        ({"a": np.ma.masked_less(np.ones(2), 0)}, "a is a masked array"),
        ({"a": np.ones((1, 2)).view(np.matrix)}, "a is a numpy.matrix"),
    ],
)
def test_what_is_not_named_arrays_is_refused(mine, words):
    with pytest.raises(ValueError, match=words):
        compare(mine, {"a": np.ones(2)})


@pytest.mark.parametrize("given", [layers.ReLU, [layers.ReLU()], np.tanh, None])
def test_only_a_layer_has_a_twin(given):
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match="layer must be a layer, got"):
        against_torch(given, np.ones((2, 3)))
