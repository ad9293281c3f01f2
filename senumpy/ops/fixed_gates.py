"""Gates that are learned and then fixed: the block still weights its channels, but it no longer looks at the image.

What is left of `se_variants` when W1 and W2 are zero: the bias of the second layer alone decides.
"""

from senumpy.backend import array_module
from senumpy.ops._checks import check_array
from senumpy.ops.fast.pixels import sum_over_batch
from senumpy.ops.gating import apply_gates_backward, apply_gates_forward
from senumpy.ops.se_variants import GATES, gates_of


def fixed_gates_forward(x, b, *, gate="sigmoid", slope=None, combine="product"):
    """Weight the channels by gates that are learned, but the same for every image: the block does not look.

    ``out = s x`` or ``x + s`` with ``s_nc = gate(b_c)``.

    Parameters
    ----------
    x : array (N, C, H, W)
    b : array (C,)
    gate, slope, combine
        As in `se_variant_forward`.

    Returns
    -------
    out : array (N, C, H, W)

    Raises
    ------
    ValueError
        For shapes that do not fit together, or another word.

    Examples
    --------
    >>> import numpy as np
    >>> fixed_gates_forward(np.ones((1, 2, 1, 1)), np.array([0.0, np.log(3.0)]))[0].ravel()
    array([0.5 , 0.75])
    """
    check_array("x", x, "N C H W")
    check_array("b", b, x.shape[1:2], beside=f"x of shape {x.shape}")
    s, cache_gate = gates_of(b, gate, slope)  # (C,)
    s = array_module(s).broadcast_to(s, x.shape[:2])  # (N, C), the same for every image
    out, cache_apply = apply_gates_forward(x, s, combine=combine)  # (N, C, H, W)
    return out, (gate, cache_gate, cache_apply)


def fixed_gates_backward(dout, cache):
    """Return dx and db. Nothing but the direct path leads to x: the gates do not depend on it.

    >>> import numpy as np
    >>> _, cache = fixed_gates_forward(np.ones((3, 1, 2, 2)), np.zeros(1))
    >>> dx, db = fixed_gates_backward(np.ones((3, 1, 2, 2)), cache)
    >>> float(dx[0, 0, 0, 0]), float(db[0])
    (0.5, 3.0)
    """
    gate, cache_gate, cache_apply = cache
    _, gate_backward = GATES[gate]
    dx, ds = apply_gates_backward(dout, cache_apply)  # (N, C, H, W) and (N, C)
    db = gate_backward(sum_over_batch(ds), cache_gate)  # (C,), every image had a share in it
    return dx, db
