"""The squeeze-and-excitation layer: it remembers the gates it chose, so that one can look at them."""

from threading import current_thread

import numpy as np

from senumpy import backend, ops
from senumpy.arguments import as_generator, check_dtype, check_flag, check_sizes
from senumpy.layers.init import he_normal, normal
from senumpy.layers.layer import Layer
from senumpy.layers.left_behind import LeftBehind


class SEBlock(Layer):
    """Weight the channels of each image by gates computed from the image, see `senumpy.ops.se_forward`.

    W1 starts as `he_normal`, for the ReLU behind it; W2 with standard deviation ``1 / sqrt(C // r)``, so that the
    sigmoid starts where it is steep; biases at zero.

    Parameters
    ----------
    channels : int
        C, the channels of the input and of the output.
    reduction : int
        The paper's ratio r: the hidden layer has C // r units.
    bias : bool
        The paper's ablations and the widely used ``SELayer`` have none.
    rng : numpy.random.Generator, optional
        Without one a new one is made from the operating system's entropy.
    dtype : float32 or float64

    Attributes
    ----------
    s : array (N, C) or None
        The gates of the last forward pass, for the thread that ran it. Backward needs them as they are: look, and
        change a copy.
    override : callable or None
        A function from gates to gates, used in place of the block's own choice. For experiments in evaluation: while
        it is set, backward is refused, since it would be the gradient of another function.
        `senumpy.gates.override_gates` sets it for one ``with`` block; the last one that this thread entered counts.

    Raises
    ------
    ValueError
        Where ``channels < reduction``: the hidden layer would have no units, and every gate would stay at 1/2.

    Examples
    --------
    >>> block = SEBlock(8, reduction=4)
    >>> {name: p.shape for name, p in block.params.items()}
    {'fc.0.weight': (2, 8), 'fc.2.weight': (8, 2)}
    """

    s = LeftBehind()
    _left_behind = ("cache", "s")

    def __init__(self, channels, reduction=16, bias=False, rng=None, dtype=np.float32):
        super().__init__()
        check_sizes(channels=channels)
        check_dtype(dtype)
        if not hasattr(reduction, "__index__") or not 1 <= reduction <= channels:
            raise ValueError(
                f"reduction must be an integer from 1 to the number of channels, got reduction={reduction} for "
                f"{channels} channels: the hidden layer has channels // reduction units; use a smaller reduction"
            )
        rng = as_generator(rng)
        hidden, bias = channels // reduction, check_flag("bias", bias)
        self._override, self.overrides = None, []  # set by hand; and (thread, rule) of each ``override_gates`` in force
        self._overridden = False
        self._params["fc.0.weight"] = he_normal((hidden, channels), rng, dtype)
        if bias:
            self._params["fc.0.bias"] = backend.current().zeros(hidden, dtype=dtype)
        self._params["fc.2.weight"] = normal((channels, hidden), hidden**-0.5, rng, dtype)
        if bias:
            self._params["fc.2.bias"] = backend.current().zeros(channels, dtype=dtype)
        self._grads = dict.fromkeys(self._params)

    @property
    def override(self):
        mine = [rule for thread, rule in self.overrides if thread is current_thread()]
        return mine[-1] if mine else self._override

    @override.setter
    def override(self, rule):
        self._override = rule

    def forward(self, x):
        self.forget()
        override = self.override
        self._overridden = override is not None
        p = self._params
        out, cache = ops.se_forward(x, p["fc.0.weight"], p.get("fc.0.bias"), p["fc.2.weight"], p.get("fc.2.bias"))
        self.keep(cache)
        *_, (_, self.s) = cache  # the scale's cache, the last one, is (x, s)
        if override is not None:
            self.s = override(self.s)
            out, _ = ops.scale_forward(x, self.s)
        return out

    def backward(self, dout):
        if self.override is not None or self._overridden:
            raise ValueError(
                "SEBlock.backward with overridden gates would be a wrong gradient: set override to None and call "
                "forward again"
            )
        dx, *gradients = ops.se_backward(dout, self.require_cache())
        for name, gradient in zip(("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias"), gradients, strict=True):
            if gradient is not None:
                self._grads[name] = gradient
        return dx

    def __getstate__(self):
        return {**super().__getstate__(), "_override": self.override, "overrides": []}  # a copy is in no ``with`` block
