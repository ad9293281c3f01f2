"""A forward and its backward, with named inputs: who gets a gradient, and in which order the gradients come back."""

import numpy as np

from senumpy.arguments import check_plain
from senumpy.gradcheck.arrays import require_function


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
        for name, function in (("forward", forward), ("backward", backward)):
            require_function(name, function)
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

    @property
    def is_an_object(self):
        """Whether forward and backward are methods of one object, which may remember its last forward as layers do."""
        owners = [getattr(part, "__self__", None) for part in (self._forward, self._backward)]
        return owners[0] is not None and owners[0] is owners[1]

    def unchecked(self):
        """Say which inputs were passed on unchecked: absent ones, and integers that may have been meant as floats."""
        absent = [name for name, value in self.inputs.items() if value is None]
        notes = [f"{name} is None, so its gradient was not looked at: check once more with an array" for name in absent]
        return notes + [
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
            raise ValueError(f"forward must return a tuple (out, cache), {_instead(result)}")
        if isinstance(result[0], (dict, tuple, list)):
            raise ValueError(
                f"forward's output must be one array, please, got a {type(result[0]).__name__} of {len(result[0])}: "
                "check one output after the other, or join them with np.concatenate"
            )
        check_plain("forward's output", result[0])
        out = np.asarray(result[0])
        if out.dtype.kind not in "fc" or out.size == 0:
            raise ValueError(
                "forward's output must be an array of floating-point numbers, got "
                f"{out.dtype if out.dtype != object else type(result[0]).__name__} of shape {out.shape}"
            )
        return out, result[1]

    def backward(self, dout, cache):
        """Run backward and return ``(gradients by name, what is wrong with their number or None)``.

        The gradients are copies: nothing that is done to one of them later can be seen in them.
        """
        raw, miscounted = self.raw_backward(dout, cache)
        return {name: None if gradient is None else _copied(gradient) for name, gradient in raw.items()}, miscounted

    def raw_backward(self, dout, cache):
        """Do the same with the very arrays that backward hands out."""
        result = self._backward(dout, cache)
        if result is None or isinstance(result, dict):
            words = "None: is the return missing?"
            if result is not None:
                words = f"a dict: return a tuple, please, in the order of the inputs ({', '.join(self.names)})"
            return dict.fromkeys(self.names), f"backward returned {words}"
        result = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        order = next((order for order in self._orders if len(order) == len(result)), None)
        if order is None:
            return dict.fromkeys(self.names), (
                f"backward must return {len(self.names)} gradient{'s' * (len(self.names) > 1)} "
                f"({', '.join(self.names)}), it returned {len(result)}"
            )
        gradients = dict(zip(order, result, strict=True))
        return {name: gradients[name] for name in self.names}, None


def _instead(result):
    if result is None:
        return "got None: is the return missing?"
    if isinstance(result, tuple):
        return f"got {len(result)} things: one array, please, and one cache, which may be a tuple of whatever you need"
    return f"got {type(result).__name__} alone (to check a layer, call check_layer)"


def _copied(gradient):
    """Return a copy as an array; what is no array becomes one of objects, which no input fits."""
    try:
        return np.array(gradient)
    except ValueError:  # rows of unequal length
        return np.array(None)


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
    check_plain(name, value)
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
    if np.isnan(array).any():
        unknown = f"{int(np.isnan(array).sum())} of {array.size} entries"
        raise ValueError(f"{name} holds NaN at {unknown}: nothing has a slope there")
    return array
