"""Layers without surprises: each calls one operation's forward and backward and stands out of the way."""

import numpy as np

from senumpy import backend, ops
from senumpy.arguments import as_generator, check_dtype, check_flag, check_number, check_sizes
from senumpy.layers.init import he_normal
from senumpy.layers.layer import Layer
from senumpy.layers.pytorchs_options import refuse_other_options
from senumpy.ops._checks import check_window


class _Op(Layer):
    """A layer without parameters: one pair of operations."""

    def __init__(self, **pytorchs_options):
        super().__init__()
        refuse_other_options(self, pytorchs_options)

    def forward(self, x):
        self.forget()
        out, cache = self._forward(x)
        self.keep(cache)
        return out

    def backward(self, dout):
        return self._backward(dout, self.require_cache())


class ReLU(_Op):
    """``max(x, 0)``, see `senumpy.ops.relu_forward`."""

    _forward, _backward = staticmethod(ops.relu_forward), staticmethod(ops.relu_backward)


class Sigmoid(_Op):
    """``1 / (1 + exp(-x))``, see `senumpy.ops.sigmoid_forward`."""

    _forward, _backward = staticmethod(ops.sigmoid_forward), staticmethod(ops.sigmoid_backward)


class Tanh(_Op):
    """``tanh(x)``, see `senumpy.ops.tanh_forward`."""

    _forward, _backward = staticmethod(ops.tanh_forward), staticmethod(ops.tanh_backward)


class HardSwish(_Op):
    """``x clip(x / 6 + 1/2, 0, 1)``, see `senumpy.ops.hard_swish_forward`."""

    _forward, _backward = staticmethod(ops.hard_swish_forward), staticmethod(ops.hard_swish_backward)


class HardSigmoid(_Op):
    """``clip(slope x + 1/2, 0, 1)``, see `senumpy.ops.hard_sigmoid_forward`.

    In PyTorch, where the slope is always 1/6, the first argument would be ``inplace``: so the slope goes by its name.
    """

    _backward = staticmethod(ops.hard_sigmoid_backward)

    def __init__(self, *, slope=1 / 6, **pytorchs_options):
        super().__init__(**pytorchs_options)
        self.slope = check_number("slope", slope, "above 0", lambda slope: slope > 0)

    def _forward(self, x):
        return ops.hard_sigmoid_forward(x, self.slope)


class GlobalAvgPool(_Op):
    """The mean of each channel, (N, C, H, W) to (N, C), see `senumpy.ops.global_avg_pool_forward`."""

    _forward, _backward = staticmethod(ops.global_avg_pool_forward), staticmethod(ops.global_avg_pool_backward)


class GlobalMaxPool(_Op):
    """The maximum of each channel, (N, C, H, W) to (N, C), see `senumpy.ops.global_max_pool_forward`."""

    _forward, _backward = staticmethod(ops.global_max_pool_forward), staticmethod(ops.global_max_pool_backward)


class MaxPool2d(_Op):
    """The maximum of each window, see `senumpy.ops.max_pool2d_forward`."""

    _backward = staticmethod(ops.max_pool2d_backward)

    def __init__(self, kernel_size, stride=None, padding=0, **pytorchs_options):
        super().__init__(**pytorchs_options)
        check_window(kernel_size, stride, padding)
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def _forward(self, x):
        return ops.max_pool2d_forward(x, self.kernel_size, stride=self.stride, padding=self.padding)


class AvgPool2d(_Op):
    """The mean of each window, see `senumpy.ops.avg_pool2d_forward`.

    ``count_include_pad`` is given by its name only: in PyTorch its place is that of ``ceil_mode``.
    """

    _backward = staticmethod(ops.avg_pool2d_backward)

    def __init__(self, kernel_size, stride=None, padding=0, *, count_include_pad=True, **pytorchs_options):
        super().__init__(**pytorchs_options)
        check_window(kernel_size, stride, padding)
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.count_include_pad = check_flag("count_include_pad", count_include_pad)

    def _forward(self, x):
        options = {"stride": self.stride, "padding": self.padding, "count_include_pad": self.count_include_pad}
        return ops.avg_pool2d_forward(x, self.kernel_size, **options)


class Linear(Layer):
    """``x w^T + b``, see `senumpy.ops.linear_forward`.

    The weight (out_features, in_features) starts as `he_normal`, the bias at zero.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
    rng : numpy.random.Generator, optional
        Without one a new one is made from the operating system's entropy.
    dtype : float32 or float64

    Examples
    --------
    >>> layer = Linear(3, 2, rng=np.random.default_rng(0))
    >>> {name: p.shape for name, p in layer.params.items()}
    {'weight': (2, 3), 'bias': (2,)}
    """

    def __init__(self, in_features, out_features, bias=True, rng=None, dtype=np.float32, **pytorchs_options):
        super().__init__()
        refuse_other_options(self, pytorchs_options)
        check_sizes(in_features=in_features, out_features=out_features)
        check_dtype(dtype)
        rng = as_generator(rng)
        self._params["weight"] = he_normal((out_features, in_features), rng, dtype)
        if check_flag("bias", bias):
            self._params["bias"] = backend.current().zeros(out_features, dtype=dtype)
        self._grads = dict.fromkeys(self._params)

    def forward(self, x):
        self.forget()
        out, cache = ops.linear_forward(x, self._params["weight"], self._params.get("bias"))
        self.keep(cache)
        return out

    def backward(self, dout):
        dx, dw, db = ops.linear_backward(dout, self.require_cache())
        self._grads["weight"] = dw
        if "bias" in self._params:
            self._grads["bias"] = db
        return dx
