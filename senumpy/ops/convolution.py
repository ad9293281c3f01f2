"""A convolution asks the same question everywhere: how much does this patch of the image look like my kernel?"""

from senumpy.arguments import check_count, check_flag
from senumpy.backend import array_module
from senumpy.ops._checks import check_array, output_size, pair
from senumpy.ops.fast.correlation import correlate, kernel_gradient
from senumpy.ops.fast.pixels import new_image, spread, sum_over_batch


def conv2d_forward(x, w, b=None, *, stride=1, padding=0, groups=1):
    """Slide F kernels over each image (a cross-correlation: the kernel is not flipped).

    ``out_nfij = b_f + sum_ckl x_nc(i S + k - P)(j S + l - P) w_fckl``, where padding counts as zeros. With
    ``groups`` the channels are split into equal groups, and each group of outputs sees only its own group of inputs.

    Parameters
    ----------
    x : array (N, C, H, W)
    w : array (F, C / groups, KH, KW)
    b : array (F,), optional
    stride, padding : int or (height, width)
    groups : int
        1 is the ordinary convolution, C the depthwise one.

    Returns
    -------
    out : array (N, F, OH, OW), with ``OH = floor((H + 2 P - KH) / S) + 1``

    Raises
    ------
    ValueError
        For shapes that do not fit together, or a kernel larger than the padded input.

    Examples
    --------
    The difference of horizontal neighbours:

    >>> import numpy as np
    >>> x = np.array([0.0, 0.0, 1.0, 1.0]).reshape(1, 1, 1, 4)
    >>> conv2d_forward(x, np.array([-1.0, 1.0]).reshape(1, 1, 1, 2))[0]
    array([[[[0., 1., 0.]]]])
    """
    stride, padding = pair("stride", stride, 1), pair("padding", padding, 0)
    _check_arguments(x, w, b, groups)
    OH, OW = output_size(x.shape[2:], w.shape[2:], stride, padding)
    start = -padding[0], -padding[1]  # where the first window begins
    out = correlate(x, w, groups, stride=stride, start=start, out_size=(OH, OW))  # (N, F, OH, OW)
    if b is not None:
        out = out + spread(b, OW)
    return out, (x, w, b is not None, stride, padding, groups)


def conv2d_backward(dout, cache, *, need_dx=True):
    """Return the gradients of x, w and b; with ``need_dx=False`` None for x, which a network's first layer can spare.

    Each output is a sum of products ``x w``, so each factor's gradient is dout times the other, summed over all the
    places where they met: ``dw_fckl = sum_nij dout_nfij x_nc(i S + k - P)(j S + l - P)``, ``db_f = sum_nij dout_nfij``.

    >>> import numpy as np
    >>> _, cache = conv2d_forward(np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[[10.0, 20.0]]]]))
    >>> dx, dw, db = conv2d_backward(np.ones((1, 1, 1, 2)), cache)
    >>> dx, dw, db
    (array([[[[10., 30., 20.]]]]), array([[[[3., 5.]]]]), None)
    """
    x, w, has_bias, stride, padding, groups = cache
    OH, OW = output_size(x.shape[2:], w.shape[2:], stride, padding)
    check_array("dout", dout, (len(x), len(w), OH, OW))
    start = -padding[0], -padding[1]
    need_dx = check_flag("need_dx", need_dx)
    dx = _input_gradient(dout, x.shape, w, stride, padding, groups) if need_dx else None  # (N, C, H, W)
    dw = kernel_gradient(dout, x, w.shape, groups, stride=stride, start=start)  # (F, C / groups, KH, KW)
    db = sum_over_batch(dout) if has_bias else None  # (F,)
    return dx, dw, db


def _input_gradient(dout, x_shape, w, stride, padding, groups):
    """Correlate dout with the flipped kernels.

    Input i met tap k at output o where ``i = S o + k - P``. So as o grows k shrinks, which is the flip, and pixel i
    only ever met the taps with ``k = i + P (mod S)``: every S-th row of dx is a stride-1 correlation with every S-th
    row of the kernel. With a stride of 1 there is one such part.
    """
    xp = array_module(dout, w)
    _, C, H, W = x_shape
    (SH, SW), (PH, PW) = stride, padding
    F, CG, KH, KW = w.shape
    flipped = w.reshape(groups, F // groups, CG, KH, KW).swapaxes(1, 2)  # inputs and outputs trade places
    flipped = flipped.reshape(C, F // groups, KH, KW)[:, :, ::-1, ::-1]  # (C, F / G, KH, KW)

    def every_stride_from(row, column):
        """Return rows row, row + SH, ... and columns column, column + SW, ... of dx; 0 where they met no tap at all."""
        (oh, kh), (ow, kw) = divmod(row + PH, SH), divmod(column + PW, SW)  # the first output and its tap, per axis
        if kh >= KH or kw >= KW:
            return 0
        kernels = flipped[:, :, (KH - 1 - kh) % SH :: SH, (KW - 1 - kw) % SW :: SW]  # tap k of w is K - 1 - k here
        start = oh - kernels.shape[2] + 1, ow - kernels.shape[3] + 1
        size = len(range(row, H, SH)), len(range(column, W, SW))
        return correlate(dout, kernels, groups, start=start, out_size=size)

    if stride == (1, 1):
        return every_stride_from(0, 0)
    dx = new_image(xp, x_shape, xp.result_type(dout, w))
    for row in range(min(SH, H)):
        for column in range(min(SW, W)):
            dx[:, :, row::SH, column::SW] = every_stride_from(row, column)
    return dx


def _check_arguments(x, w, b, groups):
    check_array("x", x, "N C H W")
    if x.shape[1] % check_count("groups", groups):
        raise ValueError(f"groups must be an integer that divides C, got groups={groups!r} and C={x.shape[1]}")
    check_array("w", w, ("F", x.shape[1] // groups, "KH", "KW"), beside=f"x (N, C, H, W) = {x.shape}, groups={groups}")
    if len(w) % groups:
        raise ValueError(f"groups must divide the kernels of w, got groups={groups} and F={len(w)}")
    if b is not None:
        check_array("b", b, (len(w),), beside=f"w of shape {w.shape}")
