"""The same layer in PyTorch, with the same weights: an independent judge for outputs and gradients."""

import numpy as np

from senumpy import backend, layers
from senumpy.arguments import as_generator, check_plain
from senumpy.gradcheck.against.comparison import Comparison, compare
from senumpy.gradcheck.against.se_twin import se_layer
from senumpy.gradcheck.arrays import plain
from senumpy.gradcheck.modules import copy_of
from senumpy.gradcheck.pairs import random_dout
from senumpy.layers.layer import require_layer


def against_torch(layer, x, *, rng=None):
    """Run a layer forward and backward here and in PyTorch, in float64 with the same weights, and compare.

    Compared are the output, the gradient of the input and of every parameter, and the buffers after the pass. The work
    is done on a copy, the layer stays as it is.

    Parameters
    ----------
    layer : Layer
        A layer of senumpy, or a Sequential of them (TinyCNN is one), in training or evaluation as it stands.
    x : array
    rng : numpy.random.Generator, optional
        Draws the upstream gradient. The same every time by default.

    Returns
    -------
    Comparison
        With the lines "out", "x", and the names of the parameters (their gradients) and buffers.

    Raises
    ------
    ImportError
        Where PyTorch is not installed; `golden` then still compares with gradients that it made before.
    ValueError
        For something that is not a layer, or one that PyTorch has no counterpart of.
    """
    torch = import_torch()
    ours = copy_of(require_layer(layer, "layer"))
    check_plain("x", x)
    x = plain("x", backend.to_numpy(x)).astype(np.float64)
    for _, part in ours.named_layers():
        for arrays in (part._params, part._buffers):  # from outside, an array keeps its type
            arrays.update({name: array.astype(np.float64) for name, array in arrays.items()})

    theirs = build_twin(torch, ours).double()
    for name, part in ours.named_layers():  # from the outside in: the modes may be mixed
        theirs.get_submodule(name).train(part.training)
    # gammas and running statistics included; PyTorch's own count of batches has no part in any number
    theirs.load_state_dict({name: torch.from_numpy(a) for name, a in ours.state_dict().items()}, strict=False)
    their_x = torch.from_numpy(x.copy()).requires_grad_()
    their_out = theirs(their_x)

    out = ours.forward(x)
    dout = random_dout(out, as_generator(rng, seed=0))
    dx = ours.backward(dout)
    their_out.backward(torch.from_numpy(dout))
    state = {name: a for name, a in theirs.named_buffers() if not name.endswith("num_batches_tracked")}
    their_grads = {"x": their_x.grad, **{name: p.grad for name, p in theirs.named_parameters()}}
    sides = (
        ({"out": out}, {"out": their_out}),
        ({"x": dx, **ours.grads}, their_grads),  # what is zero to rounding is so beside other gradients
        (ours.buffers, state),
    )
    return Comparison({name: line for mine, other in sides for name, line in compare(mine, other).lines.items()})


def import_torch():
    """Return the torch module, or raise an ImportError that says what to do."""
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            "PyTorch is not installed. Install it (python -m pip install torch), or compare with the gradients that "
            "it made before: senumpy.gradcheck.golden"
        ) from error
    return torch


def build_twin(torch, layer):
    """Return the PyTorch module with the structure and the parameter names of a layer; its weights are its own."""
    nn, p = torch.nn, layer.params
    known = next(kind for kind in type(layer).__mro__ if kind.__module__.startswith("senumpy.layers"))
    if type(layer).forward is not known.forward:
        raise ValueError(
            f"{type(layer).__name__} has a forward pass of its own, so {known.__name__}'s counterpart in PyTorch is "
            "not its own: use compare with one that you write"
        )
    if isinstance(layer, layers.Sequential):
        twins = {name: build_twin(torch, child) for name, child in layer.children.items()}
        module = nn.Sequential()
        for name, twin in twins.items():
            module.add_module(name, twin)
        return module
    if isinstance(layer, layers.ResidualUnit):
        return _residual_unit(torch, layer)
    if isinstance(layer, layers.PaddedShortcut):
        return _padded_shortcut(torch, layer)
    if isinstance(layer, layers.Linear):
        return nn.Linear(*p["weight"].shape[::-1], bias="bias" in p)
    if isinstance(layer, layers.Conv2d):
        F, C, *kernel_size = p["weight"].shape
        options = {"stride": layer.stride, "padding": layer.padding, "groups": layer.groups, "bias": "bias" in p}
        return nn.Conv2d(C * layer.groups, F, tuple(kernel_size), **options)
    if isinstance(layer, layers.BatchNorm2d):
        return _batch_norm(torch, layer)
    if isinstance(layer, layers.SEBlock):
        return se_layer(torch, layer)
    if isinstance(layer, layers.MaxPool2d):
        return nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding)
    if isinstance(layer, layers.AvgPool2d):
        options = {"padding": layer.padding, "count_include_pad": layer.count_include_pad}
        return nn.AvgPool2d(layer.kernel_size, layer.stride, **options)
    simple = {
        layers.ReLU: nn.ReLU,
        layers.Sigmoid: nn.Sigmoid,
        layers.Tanh: nn.Tanh,
        layers.HardSigmoid: lambda: _hard_sigmoid(torch, layer.slope),
        layers.HardSwish: nn.Hardswish,
        layers.GlobalAvgPool: lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        layers.GlobalMaxPool: lambda: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()),
    }
    for kind, make in simple.items():
        if isinstance(layer, kind):
            return make()
    raise ValueError(f"no counterpart of {type(layer).__name__} in PyTorch is known here: use compare with your own")


def _batch_norm(torch, layer):
    """PyTorch has one batch norm for images and another for rows; ours takes both."""

    class BatchNorm(torch.nn.BatchNorm2d):
        def forward(self, x):
            return super().forward(x[:, :, None, None])[:, :, 0, 0] if x.ndim == 2 else super().forward(x)

    return BatchNorm(layer.params["weight"].size, eps=layer.eps, momentum=layer.momentum)


def _hard_sigmoid(torch, slope):
    """PyTorch's own multiplies by 1/6 rounded to float32, even in float64."""

    class HardSigmoid(torch.nn.Module):
        def forward(self, x):
            return torch.clamp(slope * x + 0.5, 0, 1)

    return HardSigmoid()


def _residual_unit(torch, layer):
    """The same children under the same names; which of them are the branch is the layer's to say."""

    class ResidualUnit(torch.nn.Module):
        def __init__(self):
            super().__init__()
            for name, child in layer.children.items():
                self.add_module(name, build_twin(torch, child))

        def through(self, part, x):
            for name in layer.parts[part]:
                x = getattr(self, name)(x)
            return x

        def forward(self, x):
            return self.through("after", self.through("branch", x) + self.through("shortcut", x))

    return ResidualUnit()


def _padded_shortcut(torch, layer):
    class PaddedShortcut(torch.nn.Module):
        def forward(self, x):
            x = x[:, :, :: layer.stride, :: layer.stride]
            return torch.nn.functional.pad(x, (0, 0, 0, 0, 0, layer.out_channels - x.shape[1]))

    return PaddedShortcut()
