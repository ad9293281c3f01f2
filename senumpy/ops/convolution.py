"""A convolution asks the same question everywhere: how much does this patch of the image look like my kernel?"""

from senumpy.backend import array_module
from senumpy.ops import _depthwise, _patches
from senumpy.ops._checks import check_array, output_size, pair
from senumpy.ops._rows import along_row, channels_last, sum_over_height, sum_per_channel, to_rows


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
    cache : tuple for `conv2d_backward`

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
    corner = -padding[0], -padding[1]
    out = _method(w, groups).correlate(x, w, groups, stride=stride, corner=corner, out_size=(OH, OW))  # (N, OH, OW, F)
    if b is not None:
        rows = out.reshape(len(x), OH, -1) + along_row(b, OW)  # (N, OH, OW * F)
        out = rows.reshape(out.shape)
    return out.transpose(0, 3, 1, 2), (x, w, b is not None, stride, padding, groups)


def conv2d_backward(dout, cache, *, need_dx=True):
    """Return the gradients of x, w and b.

    Each output is a sum of products ``x w``, so each factor's gradient is dout times the other, summed over all the
    places where they met: ``dw_fckl = sum_nij dout_nfij x_nc(i S + k - P)(j S + l - P)``, ``db_f = sum_nij dout_nfij``.

    Parameters
    ----------
    dout : array (N, F, OH, OW)
    cache : tuple from `conv2d_forward`
    need_dx : bool
        False saves half of this pass where nobody needs dx: in the first layer of a network.

    Returns
    -------
    dx : array (N, C, H, W), or None where it is not needed
    dw : array (F, C / groups, KH, KW)
    db : array (F,), or None where there was no bias

    Raises
    ------
    ValueError
        Where ``dout`` does not have the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = conv2d_forward(np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[[10.0, 20.0]]]]))
    >>> dx, dw, db = conv2d_backward(np.ones((1, 1, 1, 2)), cache)
    >>> dx, dw, db
    (array([[[[10., 30., 20.]]]]), array([[[[3., 5.]]]]), None)
    """
    x, w, has_bias, stride, padding, groups = cache
    F, _, KH, KW = w.shape
    OH, OW = output_size(x.shape[2:], (KH, KW), stride, padding)
    check_array("dout", dout, (len(x), F, OH, OW))
    dx = _input_gradient(dout, x.shape, w, stride, padding, groups) if need_dx else None
    corner = -padding[0], -padding[1]
    dw = _method(w, groups).kernel_gradient(channels_last(dout), x, w.shape, groups, stride=stride, corner=corner)
    db = sum_per_channel(sum_over_height(to_rows(dout)), F) if has_bias else None  # (F,)
    return dx, dw, db


def _input_gradient(dout, x_shape, w, stride, padding, groups):
    """Correlate dout with the flipped kernels.

    Input i met tap k at output o where ``i = S o + k - P``. So as o grows k shrinks, which is the flip, and pixel i
    only ever met the taps with ``k = i + P (mod S)``: every S-th row of dx is a stride-1 correlation with every S-th
    row of the kernel. A stride of 1 is the simple case of one such phase.
    """
    xp = array_module(dout, w)
    N, C, H, W = x_shape
    (SH, SW), (PH, PW) = stride, padding
    F, CG, KH, KW = w.shape
    flipped = w.reshape(groups, F // groups, CG, KH, KW).swapaxes(1, 2)  # inputs and outputs trade places
    flipped = flipped.reshape(C, F // groups, KH, KW)[:, :, ::-1, ::-1]  # (C, F / G, KH, KW)

    def phase(row, column):
        """Return rows row, row + SH, ... and columns column, column + SW, ... of dx; 0 where they met no tap at all."""
        (oh, kh), (ow, kw) = divmod(row + PH, SH), divmod(column + PW, SW)  # the first output and its tap, per axis
        if kh >= KH or kw >= KW:
            return 0
        kernels = flipped[:, :, (KH - 1 - kh) % SH :: SH, (KW - 1 - kw) % SW :: SW]  # tap k of w is K - 1 - k here
        corner = oh - kernels.shape[2] + 1, ow - kernels.shape[3] + 1
        out_size = len(range(row, H, SH)), len(range(column, W, SW))
        return _method(kernels, groups).correlate(dout, kernels, groups, corner=corner, out_size=out_size)

    if stride == (1, 1):
        dx = phase(0, 0)
    else:
        dx = xp.empty((N, H, W, C), dtype=xp.result_type(dout, w))
        for row in range(min(SH, H)):
            for column in range(min(SW, W)):
                dx[:, row::SH, column::SW] = phase(row, column)
    return dx.transpose(0, 3, 1, 2)


def _method(kernels, groups):
    """Return the module that computes: one group per channel goes tap by tap, all else by patches."""
    return _depthwise if kernels.shape[:2] == (groups, 1) else _patches


def _check_arguments(x, w, b, groups):
    check_array("x", x, "N C H W")
    if not hasattr(groups, "__index__") or groups < 1 or x.shape[1] % groups:
        raise ValueError(f"groups must be an integer that divides C, got groups={groups!r} and C={x.shape[1]}")
    check_array("w", w, ("F", x.shape[1] // groups, "KH", "KW"), beside=f"x (N, C, H, W) = {x.shape}, groups={groups}")
    if len(w) % groups:
        raise ValueError(f"groups must divide the kernels of w, got groups={groups} and F={len(w)}")
    if b is not None:
        check_array("b", b, (len(w),), beside=f"w of shape {w.shape}")
