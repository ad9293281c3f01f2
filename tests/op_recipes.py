"""How a case of an op is written: which op, with what options, and a recipe (a function of rng) for each array.

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
    numbers = "kernel_size", "slope"
    return tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in numbers)


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


def se_variant(x, hidden, bias, **options):
    """Without a squeeze the weights are kernels of one pixel; with the maximum, none is tied or near."""
    C, kernel = x[1], (1, 1) if options.get("squeeze") == "none" else ()
    draw = distinct if options.get("squeeze") == "max" else normal
    recipes = {"x": draw(*x), "w1": normal(hidden, C, *kernel), "w2": normal(C, hidden, *kernel)}
    biases = {"b1": normal(hidden), "b2": normal(C)} if bias else {}
    name = (
        f"se_variant {x} hidden={hidden}" + "".join(f" {k}={v}" for k, v in options.items()) + " no bias" * (not bias)
    )
    return OpCase(name, "se_variant", {**recipes, **biases}, options)


def fixed_gates(*x, **options):
    name = f"fixed_gates {x}" + "".join(f" {key}={value}" for key, value in options.items())
    return OpCase(name, "fixed_gates", {"x": normal(*x), "b": normal(x[1])}, options)


def gates_on(x, s, **options):
    name = f"apply_gates {x} {s}" + "".join(f" {key}={value}" for key, value in options.items())
    return OpCase(name, "apply_gates", {"x": normal(*x), "s": normal(*s)}, options)


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
