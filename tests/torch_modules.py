"""The same layers and the same tiny network, made of PyTorch's modules: weights move between the two by name."""

import torch
from torch import nn
from torch_ops import tensor


class SELayer(nn.Module):
    """The block as it is found, under this name, in countless repositories."""

    def __init__(self, channels, reduction=16, bias=False):
        super().__init__()
        hidden = channels // reduction
        self.fc = nn.Sequential(
            nn.Linear(channels, hidden, bias=bias), nn.ReLU(), nn.Linear(hidden, channels, bias=bias), nn.Sigmoid()
        )

    def forward(self, x):
        N, C, _, _ = x.shape
        s = self.fc(x.mean(dim=(2, 3)))
        return x * s.view(N, C, 1, 1)


class TinyCNN(nn.Module):
    """`senumpy.models.TinyCNN`, written as one would in PyTorch."""

    def __init__(self, in_channels=3, num_classes=10, widths=(16, 32, 32), se=True, reduction=4):
        super().__init__()
        self.stages = len(widths)
        for i, (C, width) in enumerate(zip((in_channels, *widths[:-1]), widths, strict=True), start=1):
            setattr(self, f"conv{i}", nn.Conv2d(C, width, 3, padding=1, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(width))
            setattr(self, f"se{i}", SELayer(width, reduction) if se else nn.Identity())
        self.fc = nn.Linear(widths[-1], num_classes)

    def forward(self, x):
        for i in range(1, self.stages + 1):
            conv, bn, se = (getattr(self, f"{name}{i}") for name in ("conv", "bn", "se"))
            x = nn.functional.max_pool2d(se(torch.relu(bn(conv(x)))), 2)
        return self.fc(x.mean(dim=(2, 3)))


def load(module, layer):
    """Copy a layer's whole state into the module; PyTorch raises where one name or shape differs. Return the module."""
    module.double().load_state_dict({name: tensor(array) for name, array in layer.state_dict().items()}, strict=True)
    return module


def state(module):
    """The module's state as NumPy arrays, ``num_batches_tracked`` and all."""
    return {name: t.numpy().copy() for name, t in module.state_dict().items()}


def run(module, x, dout):
    """Run forward and backward: (out, dx, gradients of the parameters by name)."""
    x = tensor(x).requires_grad_()
    module.zero_grad()
    out = module(x)
    out.backward(tensor(dout))
    return out.detach().numpy(), x.grad.numpy(), {name: p.grad.numpy() for name, p in module.named_parameters()}
