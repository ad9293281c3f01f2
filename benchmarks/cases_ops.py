"""Every op beside its counterpart in PyTorch, and each convolution beside the bare matrix products that it needs."""

import numpy as np
import torch
from torch.nn import functional

from benchmarks.op_shapes import make_dout
from benchmarks.timing import check_agreement
from senumpy import ops

TOLERANCE = 1e-4  # float32: sums of some ten thousand products, in another order

LAYOUTS = {"PyTorch": torch.contiguous_format, "PyTorch channels-last": torch.channels_last}


def _se(x, w1, b1, w2, b2):
    gates = functional.linear(torch.relu(functional.linear(x.mean((2, 3)), w1, b1)), w2, b2)
    return x * torch.sigmoid(gates)[:, :, None, None]


def _batch_norm(x, gamma, beta, mean, var, training):
    return functional.batch_norm(x, mean, var, gamma, beta, training)


TORCH_OPS = {
    "conv2d": functional.conv2d,
    "batch_norm": _batch_norm,
    "relu": torch.relu,
    "max_pool2d": functional.max_pool2d,
    "avg_pool2d": functional.avg_pool2d,
    "global_avg_pool": lambda x: x.mean((2, 3)),
    "se": _se,
    "linear": functional.linear,
    "softmax_cross_entropy": functional.cross_entropy,
}


def op_sides(case, peer=None):
    """Return the sides of a race for one op, ready to run, after checking that they compute the same numbers.

    Parameters
    ----------
    case : OpCase
    peer : module, optional
        Another NumPy library, as a module of functions that are named and called like `senumpy.ops`.

    Raises
    ------
    DisagreementError
        Where two sides differ.
    """
    rng = np.random.default_rng(0)
    arrays = case.make_arrays(rng)
    out, _ = getattr(ops, f"{case.op}_forward")(*_copies(arrays), **case.options)
    dout = make_dout(rng, out)

    sides = {"senumpy": _numpy_side(case, arrays, dout, ops, as_channels_last)}
    for name, layout in LAYOUTS.items():
        sides[name] = _torch_side(case, arrays, dout, layout)
    if case.op == "conv2d" and case.options.get("groups", 1) == 1:
        sides["BLAS"] = _blas_side(case, arrays, dout)
    if peer is not None and hasattr(peer, f"{case.op}_forward"):
        sides[peer.__name__] = _numpy_side(case, arrays, dout, peer, np.ascontiguousarray)

    expected = sides["senumpy"].pop("values")()
    for name, side in sides.items():
        if name != "senumpy":
            values = side.pop("values")()
            check_agreement(f"{case.name}, {name}", values, {k: expected[k] for k in values}, TOLERANCE)
    return sides


def as_channels_last(array):
    """Return an image batch with the same shape and channels-last memory, as our convolutions hand it on."""
    if array.ndim != 4:
        return array
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def _numpy_side(case, arrays, dout, library, lay_out):
    forward, backward = getattr(library, f"{case.op}_forward"), getattr(library, f"{case.op}_backward")
    x, *others = _copies(arrays)
    # The first layer gets the images as they come: channels first.
    x, dout = x if case.first_layer else lay_out(x), lay_out(dout)
    options = {"need_dx": False} if case.first_layer else {}

    def run_forward():
        return forward(x, *others, **case.options)

    def run_both():
        out, cache = run_forward()
        return out, backward(dout, cache, **options)

    def values():
        out, gradients = run_both()
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        names = [name for name in arrays if name != "labels" and not name.startswith("running_")]
        named = {f"d{name}": g for name, g in zip(names, gradients, strict=True) if g is not None}
        return {"out": np.asarray(out), **named}

    _, cache = run_forward()
    run_backward = lambda: backward(dout, cache, **options)  # noqa: E731
    return {"forward": run_forward, "backward": run_backward, "both": run_both, "values": values}


def _torch_side(case, arrays, dout, layout):
    tensors = {}
    for name, array in arrays.items():
        tensors[name] = None if array is None else torch.from_numpy(array.copy())
        if array is not None and array.ndim == 4:
            tensors[name] = tensors[name].contiguous(memory_format=layout)
    dout = torch.from_numpy(np.array(dout))
    dout = dout.contiguous(memory_format=layout) if dout.ndim == 4 else dout
    wanted = [
        name for name, t in tensors.items()
        if t is not None and t.is_floating_point() and not name.startswith("running_")
        and not (case.first_layer and name == "x")
    ]  # fmt: skip
    leaves = [tensors[name].requires_grad_() for name in wanted]

    def run_forward():
        return TORCH_OPS[case.op](*tensors.values(), **case.options)

    def run_both():
        out = run_forward()
        return out, torch.autograd.grad(out, leaves, dout)

    def values():
        out, gradients = run_both()
        named = {f"d{name}": g.numpy() for name, g in zip(wanted, gradients, strict=True)}
        return {"out": out.detach().numpy(), **named}

    out = run_forward()
    run_backward = lambda: torch.autograd.grad(out, leaves, dout, retain_graph=True)  # noqa: E731
    return {"forward": run_forward, "backward": run_backward, "both": run_both, "values": values}


def _blas_side(case, arrays, dout):
    """The matrix products alone: all patches lie ready, which a real convolution would have to gather first.

    dx takes a product of ``(N OH OW, F KH KW)`` by ``(F KH KW, C)``. Its numbers are drawn at random here, since only
    its size matters for the time; the other two are checked against the convolution.
    """
    x, w = arrays["x"], arrays["w"]
    F, C, KH, KW = w.shape
    S, P = case.options["stride"], case.options["padding"]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), axis=(2, 3))[:, :, ::S, ::S]
    patches = np.ascontiguousarray(windows.transpose(0, 2, 3, 4, 5, 1)).reshape(-1, KH * KW * C)  # (N OH OW, KH KW C)
    kernels = w.transpose(2, 3, 1, 0).reshape(-1, F)  # (KH KW C, F)
    dout_rows = np.ascontiguousarray(dout.transpose(0, 2, 3, 1)).reshape(-1, F)  # (N OH OW, F)
    rng = np.random.default_rng(0)
    dout_patches = rng.random((len(patches), F * KH * KW), dtype=np.float32)
    flipped_kernels = rng.random((F * KH * KW, C), dtype=np.float32)

    def run_forward():
        return patches @ kernels

    def run_backward():
        dw = dout_rows.T @ patches
        return dw, None if case.first_layer else dout_patches @ flipped_kernels

    def values():
        N, _, OH, OW = dout.shape
        out = run_forward().reshape(N, OH, OW, F).transpose(0, 3, 1, 2)
        return {"out": out, "dw": run_backward()[0].reshape(F, KH, KW, C).transpose(0, 3, 1, 2)}

    both = lambda: (run_forward(), run_backward())  # noqa: E731
    return {"forward": run_forward, "backward": run_backward, "both": both, "values": values}


def _copies(arrays):
    return [None if array is None else array.copy() for array in arrays.values()]
