"""The convolution layer: kernels that are learned."""

import numpy as np

from senumpy import backend, ops
from senumpy.arguments import as_generator, check_dtype, check_flag, check_sizes
from senumpy.layers.init import he_normal
from senumpy.layers.layer import Layer
from senumpy.layers.pytorchs_options import refuse_other_options
from senumpy.ops._checks import pair
from senumpy.ops.fast.pixels import channels_last


class Conv2d(Layer):
    """Slide learned kernels over the image, see `senumpy.ops.conv2d_forward`.

    The weight (out_channels, in_channels / groups, KH, KW) starts as `he_normal`, the bias at zero.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding : int or (height, width)
    groups : int
        By its name only, as what follows: in PyTorch the place after the padding is the dilation's.
    bias : bool
        Of no use before a batch norm, which subtracts it again.
    rng : numpy.random.Generator, optional
        Without one a new one is made from the operating system's entropy.
    dtype : float32 or float64

    Raises
    ------
    ValueError
        Where groups do not divide both channel numbers, or for numbers and options that make no convolution here.

    Examples
    --------
    >>> Conv2d(3, 16, 3, padding=1).forward(np.zeros((2, 3, 8, 8), np.float32)).shape
    (2, 16, 8, 8)
    """

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, *, groups=1, bias=True, rng=None,
        dtype=np.float32, **pytorchs_options,
    ):  # fmt: skip
        super().__init__()
        refuse_other_options(self, pytorchs_options)
        check_sizes(in_channels=in_channels, out_channels=out_channels, groups=groups)
        check_dtype(dtype)
        bias = check_flag("bias", bias)
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"groups must divide in_channels and out_channels, got {groups} for {in_channels}, {out_channels}"
            )
        pair("stride", stride, 1)
        _check_padding(padding)
        rng = as_generator(rng)
        self.stride, self.padding, self.groups = stride, padding, groups
        shape = (out_channels, in_channels // groups, *pair("kernel_size", kernel_size, 1))
        # In memory the channels of a tap lie side by side: the convolution multiplies them so, and would copy others.
        self._params["weight"] = channels_last(he_normal(shape, rng, dtype)).transpose(0, 3, 1, 2)
        if bias:
            self._params["bias"] = backend.current().zeros(out_channels, dtype=dtype)
        self._grads = dict.fromkeys(self._params)

    def forward(self, x):
        self.forget()
        options = {"stride": self.stride, "padding": self.padding, "groups": self.groups}
        out, cache = ops.conv2d_forward(x, self._params["weight"], self._params.get("bias"), **options)
        self.keep(cache)
        return out

    def backward(self, dout):
        return self._backward(dout, need_dx=True)

    def backward_params(self, dout):
        self._backward(dout, need_dx=False)

    def _backward(self, dout, need_dx):
        dx, dw, db = ops.conv2d_backward(dout, self.require_cache(), need_dx=need_dx)
        self._grads["weight"] = dw
        if "bias" in self._params:
            self._grads["bias"] = db
        return dx


def _check_padding(padding):
    if isinstance(padding, str):
        raise ValueError(
            f"padding must be a number of pixels, got {padding!r}: 'valid' is padding=0, and 'same' is "
            "padding=kernel_size // 2 for an odd kernel of stride 1"
        )
    pair("padding", padding, 0)
