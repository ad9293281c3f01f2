"""The list of ops to race, at the sizes they have inside the tiny CNN, with the work that each cannot avoid."""

from dataclasses import dataclass, field
from math import prod

import numpy as np

# How often each pass must at least read or write an array the size of x and one the size of out, weights aside.
# Batch norm, for example, reads x for its statistics, reads it again to normalise it, and writes out.
TRAFFIC = {  # op: forward (x, out), backward (x, out)
    "conv2d": ((1, 1), (2, 2)),
    "batch_norm": ((2, 1), (3, 2)),
    "relu": ((1, 1), (1, 2)),
    "max_pool2d": ((1, 1), (1, 2)),
    "avg_pool2d": ((1, 1), (1, 1)),
    "global_avg_pool": ((1, 1), (1, 1)),
    "se": ((2, 1), (2, 2)),
    "linear": ((1, 1), (2, 2)),
    "softmax_cross_entropy": ((1, 0), (1, 0)),
}


@dataclass
class OpCase:
    """One op with its shapes. ``shapes`` lists the arrays in the order of the arguments, None for an absent one."""

    name: str
    op: str
    shapes: dict
    out_shape: tuple
    options: dict = field(default_factory=dict)
    first_layer: bool = False  # then nobody needs the gradient of x

    def make_arrays(self, rng):
        """Draw the arrays, float32, at the sizes that numbers have inside a network."""
        arrays = {}
        for name, shape in self.shapes.items():
            if shape is None:
                arrays[name] = None
            elif name == "labels":
                arrays[name] = rng.integers(0, self.shapes["logits"][1], shape)
            elif name.startswith("w"):
                arrays[name] = (rng.standard_normal(shape) / prod(shape[1:]) ** 0.5).astype(np.float32)
            else:
                arrays[name] = rng.standard_normal(shape).astype(np.float32)
        if "running_var" in arrays:
            arrays["running_var"] = np.ones(self.shapes["running_var"], np.float32)
        return arrays

    def work(self):
        """Return by pass the operations (a multiplication and an addition are two) and the bytes moved at least."""
        x = prod(next(iter(self.shapes.values())))
        w = sum(prod(shape) for name, shape in self.shapes.items() if name.startswith("w") and shape)
        products = 2 if self.first_layer else 3
        out, flops = prod(self.out_shape), 0
        if self.op in ("conv2d", "linear"):
            flops = 2 * out * prod(self.shapes["w"][1:])
        (forward_x, forward_out), (backward_x, backward_out) = TRAFFIC[self.op]
        if self.first_layer:
            backward_x, backward_out = 1, 1
        forward = {"flops": flops, "bytes": 4 * (forward_x * x + forward_out * out + w)}
        backward = {
            "flops": (products - 1) * flops,
            "bytes": 4 * (backward_x * x + backward_out * out + (products - 1) * w),
        }
        return {"forward": forward, "backward": backward, "both": {k: forward[k] + backward[k] for k in forward}}


def make_dout(rng, out):
    """Draw the gradient that comes from above; the loss gets 1, as at the end of a network."""
    return rng.standard_normal(out.shape).astype(out.dtype) if out.ndim else np.ones((), out.dtype)


def op_cases(batch=64):
    """Return all cases for a batch size."""
    conv_sizes = [  # C, F, pixels, kernel, stride, groups
        (3, 16, 32, 3, 1, 1), (16, 32, 16, 3, 1, 1), (32, 32, 8, 3, 1, 1), (32, 64, 16, 3, 1, 1),
        (64, 128, 8, 3, 1, 1), (16, 32, 32, 3, 2, 1), (64, 64, 16, 3, 2, 1),
        (16, 32, 16, 1, 1, 1), (64, 64, 16, 1, 1, 1), (32, 64, 16, 1, 2, 1),
        (16, 16, 32, 3, 1, 16), (64, 64, 16, 3, 1, 64), (64, 64, 16, 3, 2, 64),
    ]  # fmt: skip
    maps = [(16, 32), (32, 16), (64, 16), (128, 8)]  # channels, pixels
    return [
        *(_conv(batch, *sizes) for sizes in conv_sizes),
        *(_batch_norm(batch, C, size) for C, size in maps),
        *(_on_map("relu", batch, C, size) for C, size in maps),
        *(_on_map("max_pool2d", batch, C, size, kernel_size=2) for C, size in maps),
        _on_map("max_pool2d", batch, 16, 32, kernel_size=3, stride=2, padding=1),
        *(_on_map("avg_pool2d", batch, C, size, kernel_size=2) for C, size in maps),
        *(_on_map("global_avg_pool", batch, C, size) for C, size in maps),
        *(_se(batch, C, size) for C, size in [*maps, (256, 8)]),
        *(_linear(batch, D, M) for D, M in [(32, 10), (512, 512)]),
        *(_loss(batch, M) for M in [10, 1000]),
    ]


def _conv(N, C, F, size, kernel, stride, groups):
    padding, first = kernel // 2, C == 3
    side = (size + 2 * padding - kernel) // stride + 1
    kind = f"conv {kernel}x{kernel}" + (f" stride {stride}" if stride > 1 else "")
    kind = f"depthwise {kind}" if groups > 1 else kind
    shapes = {"x": (N, C, size, size), "w": (F, C // groups, kernel, kernel), "b": None}
    options = {"stride": stride, "padding": padding, "groups": groups}
    name = f"{kind}, {C} to {F} channels, {size} px" + (", first layer" if first else "")
    return OpCase(name, "conv2d", shapes, (N, F, side, side), options, first)


def _batch_norm(N, C, size):
    shape = (N, C, size, size)
    shapes = {"x": shape, **dict.fromkeys(("gamma", "beta", "running_mean", "running_var"), (C,))}
    return OpCase(f"batch norm, {C} channels, {size} px", "batch_norm", shapes, shape, {"training": True})


def _on_map(op, N, C, size, **options):
    out_shape = (N, C, size, size)
    name = op.removesuffix("2d").replace("_", " ")
    if options:
        kernel, stride, padding = options["kernel_size"], options.get("stride"), options.get("padding", 0)
        side = (size + 2 * padding - kernel) // (stride or kernel) + 1
        out_shape = (N, C, side, side)
        name += f" {kernel}x{kernel}" + (f" stride {stride}" if stride else "")
    elif op == "global_avg_pool":
        out_shape = (N, C)
    return OpCase(f"{name}, {C} channels, {size} px", op, {"x": (N, C, size, size)}, out_shape, options)


def _se(N, C, size):
    hidden, shape = C // 16, (N, C, size, size)
    shapes = {"x": shape, "w1": (hidden, C), "b1": None, "w2": (C, hidden), "b2": None}
    return OpCase(f"SE block, {C} channels, {size} px", "se", shapes, shape)


def _linear(N, D, M):
    return OpCase(f"linear, {D} to {M}", "linear", {"x": (N, D), "w": (M, D), "b": (M,)}, (N, M))


def _loss(N, M):
    shapes = {"logits": (N, M), "labels": (N,)}
    return OpCase(f"softmax cross-entropy, {M} classes", "softmax_cross_entropy", shapes, ())
