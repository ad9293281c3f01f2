"""The same ops, by the same names and with the same arguments, made of PyTorch: the second opinion.

Here are those that PyTorch calls otherwise, or takes in another order; the others are `torch.nn.functional`'s.
"""

import numpy as np
import torch
from torch.nn import functional

torch.set_num_threads(1)  # two wait for each other by spinning: beside another program, up to a hundred times as long


def hard_swish(x):
    """Not ``hardswish``: like PyTorch's hard sigmoid it holds 1/6 as a float32."""
    return x * hard_sigmoid(x)


def hard_sigmoid(x, slope=1 / 6):
    """Not ``hardsigmoid``: its backward holds 1/6 as a float32, wrong in the eighth digit."""
    return torch.clamp(slope * x + 0.5, 0, 1)


def global_avg_pool(x):
    return functional.adaptive_avg_pool2d(x, 1).flatten(1)


def global_max_pool(x):
    return functional.adaptive_max_pool2d(x, 1).flatten(1)


def scale(x, s):
    return x * s[:, :, None, None]


def se(x, w1, b1, w2, b2):
    return scale(x, torch.sigmoid(functional.linear(torch.relu(functional.linear(global_avg_pool(x), w1, b1)), w2, b2)))


def apply_gates(x, s, *, combine="product"):
    s = s if s.ndim == 4 else s[:, :, None, None]
    return x + s if combine == "sum" else x * s


def gates_of(e, gate, slope=None):
    if slope is not None:
        return hard_sigmoid(e, slope)
    return {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "hard_sigmoid": hard_sigmoid}[gate](e)


def se_variant(x, w1, b1, w2, b2, *, squeeze="avg", gate="sigmoid", slope=None, combine="product"):
    layer = functional.conv2d if squeeze == "none" else functional.linear
    z = {"avg": global_avg_pool, "max": global_max_pool, "none": lambda x: x}[squeeze](x)
    return apply_gates(x, gates_of(layer(torch.relu(layer(z, w1, b1)), w2, b2), gate, slope), combine=combine)


def fixed_gates(x, b, *, gate="sigmoid", slope=None, combine="product"):
    return apply_gates(x, gates_of(b, gate, slope).expand(len(x), -1), combine=combine)


def batch_norm(x, gamma, beta, running_mean, running_var, *, training, momentum=0.1, eps=1e-5):
    return functional.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)


softmax_cross_entropy = functional.cross_entropy


def tensor(array):
    """A copy in C order: where W is 1 and the strides of x and dout differ, PyTorch 2.13's batch norm errs in dx."""
    return torch.from_numpy(np.array(array, order="C"))


def run(op, arrays, options, dout):
    """Run one op forward and backward: (out, gradients by name, the arrays as they are afterwards)."""
    tensors = {name: None if array is None else tensor(array) for name, array in arrays.items()}
    wanted = [
        name
        for name, t in tensors.items()
        if t is not None and t.is_floating_point() and not name.startswith("running_")
    ]
    for name in wanted:
        tensors[name].requires_grad_()
    function = globals().get(op) or getattr(functional, op)
    out = function(*tensors.values(), **options)
    gradients = torch.autograd.grad(out, [tensors[name] for name in wanted], tensor(dout))
    after = {name: t.detach().numpy() for name, t in tensors.items() if t is not None}
    return out.detach().numpy(), {n: g.numpy() for n, g in zip(wanted, gradients, strict=True)}, after
