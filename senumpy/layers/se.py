"""The squeeze-and-excitation layer: it remembers the gates it chose, so that one can look at them."""

from threading import current_thread

import numpy as np

from senumpy import ops
from senumpy.arguments import as_generator, check_dtype, check_flag, check_sizes
from senumpy.backend import array_module
from senumpy.layers.layer import Layer
from senumpy.layers.left_behind import LeftBehind
from senumpy.layers.se_options import check_variant, first_fixed_gates, first_weights, hidden_units
from senumpy.ops._checks import check_array

WEIGHTS = ("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias")  # w1, b1, w2, b2


class SEBlock(Layer):
    """Weight the channels of each image by gates computed from the image, see `senumpy.ops.se_forward`.

    With a word for ``squeeze``, ``gate`` or ``combine`` it is one of the block's variants, see
    `senumpy.ops.se_variant_forward`.

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
    hidden : int, optional
        The units of the hidden layer, in place of ``channels // reduction``.
    squeeze : "avg", "max" or "none"
        Without a squeeze the two layers are 1 x 1 convolutions, and every pixel has a gate of its own.
    gate : "sigmoid", "tanh", "relu" or "hard_sigmoid"
    slope : float, optional
        Of the hard sigmoid: 1/6 by default.
    combine : "product" or "sum"
    fixed : bool
        Gates that are learned, but the same for every image: the block holds ``fc.2.bias`` and nothing else, whatever
        ``reduction`` and ``bias`` are.

    Attributes
    ----------
    s : array (N, C) or None
        The gates of the last forward pass, for the thread that ran it; (N, C, H, W) without a squeeze. Backward needs
        them as they are: look, and change a copy.
    override : callable or None
        A function from gates to gates, used in place of the block's own choice; of gates of pixels it may return one
        for each channel, (N, C). For experiments in evaluation: while
        it is set, backward is refused, since it would be the gradient of another function.
        `senumpy.gates.override_gates` sets it for one ``with`` block; the last one that this thread entered counts.

    Raises
    ------
    ValueError
        Where ``channels < reduction``: the hidden layer would have no units, and every gate would stay at 1/2. For
        words that are not listed here, and options that do not go together.

    Examples
    --------
    >>> block = SEBlock(8, reduction=4)
    >>> {name: p.shape for name, p in block.params.items()}
    {'fc.0.weight': (2, 8), 'fc.2.weight': (8, 2)}
    >>> {name: p.shape for name, p in SEBlock(8, squeeze="none", hidden=2).params.items()}
    {'fc.0.weight': (2, 8, 1, 1), 'fc.2.weight': (8, 2, 1, 1)}
    """

    s = LeftBehind()
    _left_behind = ("cache", "s")

    def __init__(
        self, channels, reduction=16, bias=False, rng=None, dtype=np.float32, *, hidden=None, squeeze="avg",
        gate="sigmoid", slope=None, combine="product", fixed=False,
    ):  # fmt: skip
        super().__init__()
        check_sizes(channels=channels)
        check_dtype(dtype)
        bias = check_flag("bias", bias)
        self.slope = check_variant(squeeze, gate, slope, combine, fixed, hidden)
        self.squeeze, self.gate, self.combine, self.fixed = squeeze, gate, combine, bool(fixed)
        self._override, self.overrides = None, []  # set by hand; and (thread, rule) of each ``override_gates`` in force
        self._overridden = False
        rng = as_generator(rng)
        units = hidden_units(channels, reduction, 1 if fixed else hidden)
        if fixed:
            self._params = first_fixed_gates(channels, gate, dtype)
        else:
            kernel = (1, 1) if squeeze == "none" else ()
            self._params = first_weights(channels, units, bias, kernel, rng, dtype)
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
        forward, _, names, words = self._operation()
        out, cache = forward(x, *(self._params.get(name) for name in names), **words)
        self.keep(cache)
        *_, (_, self.s, *_) = cache  # the last step's cache begins with x and s
        if override is not None:
            self.s = _gates_like(self.s, override(self.s))
            out, _ = ops.apply_gates_forward(x, self.s, combine=self.combine)
        return out

    def backward(self, dout):
        if self.override is not None or self._overridden:
            raise ValueError(
                "SEBlock.backward with overridden gates would be a wrong gradient: set override to None and call "
                "forward again"
            )
        _, backward, names, _ = self._operation()
        dx, *gradients = backward(dout, self.require_cache())
        for name, gradient in zip(names, gradients, strict=True):
            if gradient is not None:
                self._grads[name] = gradient
        return dx

    def _operation(self):
        """Return the two passes, the names of the weights that they take, and the words that choose their lines."""
        words = {"gate": self.gate, "slope": self.slope, "combine": self.combine}
        if self.fixed:
            return ops.fixed_gates_forward, ops.fixed_gates_backward, WEIGHTS[3:], words
        if (self.squeeze, self.gate, self.combine) == ("avg", "sigmoid", "product"):
            return ops.se_forward, ops.se_backward, WEIGHTS, {}
        return ops.se_variant_forward, ops.se_variant_backward, WEIGHTS, {"squeeze": self.squeeze, **words}

    def __getstate__(self):
        return {**super().__getstate__(), "_override": self.override, "overrides": []}  # a copy is in no ``with`` block


def _gates_like(own, s):
    """Return the gates of a rule in the shape of the block's own; one for each channel is spread over its pixels."""
    check_array("s, the gates of the override,", s, own.shape[: getattr(s, "ndim", 2)])
    return s if s.shape == own.shape else array_module(s, own).broadcast_to(s[:, :, None, None], own.shape)
