"""One table of all ops at awkward shapes; every general test of the ops runs down this list.

A case knows how to draw its arrays, run forward and run backward::

    case = CASES[0]
    arrays = case.make(rng, np.float32)       # {"x": ..., "w": ..., "b": ...}; an absent bias is left out
    out, cache = case.forward(**arrays)
    dout = case.make_dout(rng, out)
    gradients = case.gradients(dout, cache)   # {"x": dx, "w": dw, "b": db}; case.backward gives what the op gives

Inputs stay away from kinks and ties, so that a derivative exists wherever a test asks for one.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from senumpy import ops

OPS = [name.removesuffix("_forward") for name in ops.__all__ if name.endswith("_forward")]


def arguments_of(op):
    """The names of forward's arrays, in the order of its signature."""
    parameters = inspect.signature(getattr(ops, f"{op}_forward")).parameters.values()
    return tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "kernel_size")


ARGUMENTS = {op: arguments_of(op) for op in OPS}
ENTRYWISE = [op for op in OPS if "x : array of any shape" in getattr(ops, f"{op}_forward").__doc__]
STATE = ("running_mean", "running_var")  # updated in place by a training step, always real, no gradient
CONSTANT = (*STATE, "labels")


@dataclass(frozen=True)
class OpCase:
    """One op, the options it is called with, and a recipe (a function of rng) for each of its arrays."""

    name: str
    op: str
    recipes: dict[str, Callable]
    options: dict = field(default_factory=dict)

    def make(self, rng, dtype=np.float64):
        """Draw the arrays; labels keep their integers and running statistics stay real whatever the dtype."""
        arrays = {name: np.asarray(recipe(rng)) for name, recipe in self.recipes.items()}
        real = np.zeros((), dtype).real.dtype
        return {
            name: array if name == "labels" else array.astype(real if name in STATE else dtype)
            for name, array in arrays.items()
        }

    def make_dout(self, rng, out):
        """A random upstream gradient. Never ones: those hide mistakes (softmax and batch norm give zero for them)."""
        return np.asarray(rng.standard_normal(np.shape(out))).astype(out.dtype)

    def forward(self, **arrays):
        """Call the op with its arrays in the order of the signature and None for an absent bias."""
        function = getattr(ops, f"{self.op}_forward")
        return function(*(arrays.get(name) for name in ARGUMENTS[self.op]), **self.options)

    def backward(self, dout, cache):
        return getattr(ops, f"{self.op}_backward")(dout, cache)

    def gradients(self, dout, cache):
        """The gradients by the name of their array, after checking that an absent array got None and no other did."""
        result = self.backward(dout, cache)
        names = self.differentiable
        result = (result,) if len(names) == 1 else result
        assert isinstance(result, tuple) and len(result) == len(names), f"{self.op}: one gradient for each of {names}"
        for name, gradient in zip(names, result, strict=True):
            assert (gradient is None) == (name not in self.recipes), f"{self.op}: d{name} is {type(gradient)}"
        return {name: gradient for name, gradient in zip(names, result, strict=True) if gradient is not None}

    @property
    def differentiable(self):
        """The names of all arrays with a gradient, absent ones included."""
        return tuple(name for name in ARGUMENTS[self.op] if name not in CONSTANT)

    @property
    def state(self):
        """The names of the arrays that forward may change."""
        return STATE if self.options.get("training") else ()


def normal(*shape):
    return lambda rng: rng.standard_normal(shape)


def distinct(*shape):
    """No two entries closer than 0.1: no ties, and a maximum stays where it is when an entry moves a little."""
    return lambda rng: 0.1 * (rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) / 2 + 0.25)


def away_from(*kinks, shape, spread=1.0):
    """Normal numbers, those within 0.05 of a kink pushed 0.1 upwards."""

    def recipe(rng):
        x = spread * rng.standard_normal(shape)
        return x + 0.1 * sum(np.abs(x - kink) < 0.05 for kink in kinks)

    return recipe


def uniform(low, high, *shape):
    return lambda rng: rng.uniform(low, high, shape)


def labels(n, k):
    return lambda rng: rng.integers(0, k, n)


def convolution(x, w, bias=True, **options):
    recipes = {"x": normal(*x), "w": normal(*w), "b": normal(w[0])}
    name = f"conv2d {x} {w}" + "".join(f" {key}={value}" for key, value in options.items()) + " no bias" * (not bias)
    return OpCase(name, "conv2d", recipes if bias else {"x": recipes["x"], "w": recipes["w"]}, options)


def pooling(op, x, kernel_size, **options):
    name = f"{op} {x} {kernel_size}" + "".join(f" {key}={value}" for key, value in options.items())
    return OpCase(name, op, {"x": distinct(*x)}, {"kernel_size": kernel_size, **options})


def squeeze_excite(x, hidden, bias):
    C = x[1]
    recipes = {"x": normal(*x), "w1": normal(hidden, C), "w2": normal(C, hidden)}
    biases = {"b1": normal(hidden), "b2": normal(C)} if bias else {}
    return OpCase(f"se {x} hidden={hidden}" + " no bias" * (not bias), "se", {**recipes, **biases})


def normalization(x, **options):
    C = x[1]
    recipes = {
        "x": lambda rng: 3 + 2 * rng.standard_normal(x),
        "gamma": uniform(0.5, 2, C),
        "beta": normal(C),
        "running_mean": normal(C),
        "running_var": uniform(0.5, 2, C),
    }
    return OpCase(f"batch_norm {x}" + "".join(f" {k}={v}" for k, v in options.items()), "batch_norm", recipes, options)


def cross_entropy(n, k, **options):
    recipes = {"logits": lambda rng: 2 * rng.standard_normal((n, k)), "labels": labels(n, k)}
    return OpCase(f"softmax_cross_entropy {n}x{k} {options}", "softmax_cross_entropy", recipes, options)


CASES = [
    OpCase("linear", "linear", {"x": normal(3, 4), "w": normal(5, 4), "b": normal(5)}),
    OpCase("linear no bias", "linear", {"x": normal(3, 4), "w": normal(5, 4)}),
    OpCase("linear of one number", "linear", {"x": normal(1, 1), "w": normal(1, 1), "b": normal(1)}),
    OpCase("relu", "relu", {"x": away_from(0, shape=(2, 3, 5, 4))}),
    *(
        OpCase(f"{op} of one number", op, {"x": lambda rng: 0.7 + rng.random((1, 1, 1, 1))})
        for op in ("relu", "sigmoid", "tanh", "hard_sigmoid")
    ),
    OpCase("relu of rows", "relu", {"x": away_from(0, shape=(3, 7))}),
    OpCase("sigmoid", "sigmoid", {"x": away_from(shape=(2, 3, 5, 4), spread=4)}),
    OpCase("sigmoid of rows", "sigmoid", {"x": away_from(shape=(3, 7), spread=4)}),
    OpCase("tanh", "tanh", {"x": normal(2, 3, 5, 4)}),
    OpCase("hard_sigmoid", "hard_sigmoid", {"x": away_from(-3, 3, shape=(2, 3, 5, 4), spread=3)}),
    OpCase("global_avg_pool", "global_avg_pool", {"x": normal(2, 3, 5, 4)}),
    OpCase("global_avg_pool of one pixel", "global_avg_pool", {"x": normal(2, 3, 1, 1)}),
    OpCase("global_avg_pool of one column", "global_avg_pool", {"x": normal(1, 1, 5, 1)}),
    OpCase("global_max_pool", "global_max_pool", {"x": distinct(2, 3, 5, 4)}),
    OpCase("global_max_pool of one pixel", "global_max_pool", {"x": distinct(2, 3, 1, 1)}),
    OpCase("global_max_pool of one row", "global_max_pool", {"x": distinct(1, 1, 1, 6)}),
    *(
        pooling(op, *arguments, **options)
        for op in ("max_pool2d", "avg_pool2d")
        for *arguments, options in (
            ((2, 3, 6, 4), 2, {}),
            ((2, 3, 7, 5), 2, {}),
            ((1, 1, 3, 5), 1, {}),
            ((2, 1, 1, 6), (1, 2), {}),
            ((1, 2, 1, 3), (4, 2), {"stride": (1, 2), "padding": (2, 1)}),
            ((1, 3, 5, 1), (3, 1), {"stride": (2, 1), "padding": (1, 0)}),
            ((2, 3, 5, 4), 3, {"stride": 2, "padding": 1}),
            ((2, 2, 5, 6), (3, 2), {"stride": (1, 2), "padding": (1, 0)}),
            ((2, 2, 5, 6), (2, 3), {"stride": 1, "padding": (1, 1)}),
            ((1, 2, 7, 8), 2, {"stride": 3}),
            ((2, 1, 4, 6), (2, 3), {"stride": (2, 3)}),
        )
    ),
    pooling("avg_pool2d", (2, 3, 5, 4), 3, stride=2, padding=1, count_include_pad=False),
    pooling("avg_pool2d", (2, 2, 5, 6), (2, 3), stride=1, padding=(1, 1), count_include_pad=False),
    OpCase("scale", "scale", {"x": normal(2, 3, 5, 4), "s": normal(2, 3)}),
    OpCase("scale of one row", "scale", {"x": normal(1, 3, 1, 5), "s": normal(1, 3)}),
    OpCase("scale of one column", "scale", {"x": normal(3, 1, 4, 1), "s": normal(3, 1)}),
    OpCase("scale of equal sizes", "scale", {"x": normal(3, 3, 3, 3), "s": normal(3, 3)}),
    squeeze_excite((3, 6, 4, 3), hidden=2, bias=True),
    squeeze_excite((3, 6, 4, 3), hidden=3, bias=False),
    squeeze_excite((1, 3, 1, 2), hidden=3, bias=True),
    squeeze_excite((2, 1, 3, 1), hidden=1, bias=True),
    convolution((2, 3, 5, 4), (4, 3, 3, 3), padding=1),
    convolution((2, 3, 5, 4), (4, 3, 3, 3), bias=False),
    convolution((2, 3, 7, 6), (2, 3, 3, 3), stride=2, padding=1),
    convolution((2, 2, 8, 7), (3, 2, 2, 3), stride=(3, 2), padding=(0, 2)),
    convolution((1, 2, 6, 5), (2, 2, 3, 1), stride=(1, 2), padding=(2, 0)),
    convolution((2, 2, 7, 8), (2, 2, 2, 2), stride=3),
    convolution((2, 3, 4, 5), (4, 3, 1, 1)),
    convolution((2, 3, 4, 5), (4, 3, 1, 1), stride=2, bias=False),
    convolution((1, 2, 3, 4), (2, 2, 1, 1), padding=2),
    convolution((2, 2, 3, 4), (3, 2, 3, 4)),
    convolution((1, 1, 3, 3), (1, 1, 2, 2), padding=2),
    convolution((2, 3, 1, 6), (2, 3, 1, 3), padding=(0, 1)),
    convolution((2, 1, 6, 1), (3, 1, 2, 1), stride=(2, 1), bias=False),
    convolution((2, 4, 5, 4), (6, 2, 3, 3), padding=1, groups=2),
    convolution((2, 4, 5, 4), (4, 1, 3, 3), padding=1, groups=4, bias=False),
    convolution((2, 3, 5, 4), (6, 1, 3, 2), stride=2, padding=(1, 0), groups=3),
    convolution((2, 4, 3, 3), (4, 2, 1, 1), groups=2),
    normalization((2, 3, 5, 4), training=True),
    normalization((2, 3, 5, 4), training=False),
    normalization((5, 3), training=True, momentum=0.3),
    normalization((5, 3), training=False, eps=1e-2),
    normalization((1, 4, 2, 3), training=True, eps=1e-2),
    normalization((3, 1, 1, 5), training=True),
    normalization((3, 2, 4, 1), training=True),
    normalization((2, 1), training=True),
    normalization((1, 2), training=False),
    cross_entropy(4, 5),
    cross_entropy(3, 4, label_smoothing=0.1),
    cross_entropy(2, 3, label_smoothing=1.0),
    cross_entropy(1, 2),
    cross_entropy(3, 1, label_smoothing=0.1),
]
