"""A forward and its backward, with named inputs: who gets a gradient, and in which order the gradients come back."""

import numpy as np


class Pair:
    """Call a pair by the names of its inputs.

    Parameters
    ----------
    forward : callable
        ``forward(**inputs) -> (out, cache)``
    backward : callable
        ``backward(dout, cache)`` returns the gradients in the order of the inputs, as a tuple, or bare where there is
        one. Inputs that are None, integers or booleans may have a None in the tuple, or no place at all.
    inputs : dict of str to array
    """

    def __init__(self, forward, backward, inputs):
        if not isinstance(inputs, dict):
            kind = type(inputs).__name__
            raise ValueError(f'inputs must be a dict of arrays by name, such as {{"x": x}}, got {kind}')
        self._forward, self._backward = forward, backward
        self.inputs = {name: _as_input(name, value) for name, value in inputs.items()}
        self.names = [name for name, value in self.inputs.items() if _is_real(value)]
        if not self.names:
            raise ValueError("there is nothing to check: no input is an array of floating-point numbers")
        absent = [name for name, value in self.inputs.items() if value is None]
        self._orders = [
            list(self.inputs),
            [name for name in self.inputs if name in self.names or name in absent],
            self.names,
        ]

    def unchecked(self):
        """Say which arrays of integers were passed on unchecked: somebody may have meant floating-point numbers."""
        return [
            f"{name} holds {value.dtype} and was passed on unchecked; for a check use {name}.astype(float)"
            for name, value in self.inputs.items()
            if getattr(value, "ndim", 0) and value.dtype.kind in "iu"
        ]

    def cast(self, dtype):
        """Return fresh copies of all inputs, those with a gradient in ``dtype`` (as they are, for None)."""
        return {
            name: np.array(value, dtype=dtype if name in self.names else None, order="K")
            if isinstance(value, np.ndarray)
            else value
            for name, value in self.inputs.items()
        }

    def forward(self, values):
        """Run forward and return ``(out, cache)``, out as an array."""
        result = self._forward(**values)
        if not isinstance(result, tuple) or len(result) != 2:
            raise ValueError(f"forward must return a tuple (out, cache), got {type(result).__name__}")
        out = np.asarray(result[0])
        if out.dtype.kind not in "fc" or out.size == 0:
            raise ValueError(
                "forward's output must be an array of floating-point numbers, got "
                f"{out.dtype if out.dtype != object else type(result[0]).__name__} of shape {out.shape}"
            )
        return out, result[1]

    def backward(self, dout, cache):
        """Run backward and return ``(gradients by name, what is wrong with their number or None)``.

        The gradients are copies: a backward may hand out the same memory twice.
        """
        result = self._backward(dout, cache)
        result = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        order = next((order for order in self._orders if len(order) == len(result)), None)
        if order is None:
            return dict.fromkeys(self.names), (
                f"backward must return {len(self.names)} gradient{'s' * (len(self.names) > 1)} "
                f"({', '.join(self.names)}), it returned {len(result)}"
            )
        gradients = dict(zip(order, result, strict=True))
        return {name: None if gradients[name] is None else np.array(gradients[name]) for name in self.names}, None


def random_dout(out, rng):
    """Draw an upstream gradient for out: never ones (for them softmax and batch norm give zero), never near zero.

    >>> random_dout(np.zeros((2, 3), np.float32), np.random.default_rng(0)).dtype
    dtype('float32')
    """
    if out.ndim == 0:
        return np.asarray(rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 1.5), dtype=out.dtype)
    return rng.standard_normal(out.shape).astype(out.dtype)


def _is_real(value):
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _as_input(name, value):
    if value is None or isinstance(value, str):
        return value
    if hasattr(value, "get") and hasattr(value, "device"):
        raise ValueError(f"{name} lives on a GPU: the check runs in NumPy, bring it home with senumpy.backend.to_numpy")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if array.dtype.kind in "iub":
        return value  # a label, a flag, a stride: no gradient, passed on as it came
    if array.dtype.kind != "f" or array.size == 0:
        raise ValueError(
            f"{name} must be an array of real floating-point numbers to be checked, or None, integers or booleans "
            f"to be passed on; got {value!r}. Bind anything else with a closure."
        )
    return array
