"""The SE block in PyTorch, with all its switches."""


def se_layer(torch, block):
    """The familiar ``SELayer``: its excitation is called fc, with the two layers at places 0 and 2."""
    nn, fixed = torch.nn, block.fixed
    squeeze = {
        "avg": lambda x: x.mean((2, 3)),
        "max": lambda x: nn.functional.adaptive_max_pool2d(x, 1).flatten(1),  # of equal ones the first, as ours
        "none": lambda x: x,
    }[block.squeeze]
    bias = fixed or "fc.0.bias" in block.params

    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias = nn.Parameter(torch.empty(block.params["fc.2.bias"].shape))

        def forward(self, z):
            return self.bias.expand(len(z), -1)

    def linear(name):
        out_features, in_features, *kernel = block.params[name].shape
        kind, size = (nn.Conv2d, [1]) if kernel else (nn.Linear, [])
        return kind(in_features, out_features, *size, bias=bias)

    class SELayer(nn.Module):
        def __init__(self):
            super().__init__()
            first, second = (nn.Identity(), Constant()) if fixed else (linear("fc.0.weight"), linear("fc.2.weight"))
            self.fc = nn.Sequential(first, nn.ReLU(), second)

        def forward(self, x):
            s = _gate(torch, block)(self.fc(squeeze(x)))
            s = s if s.ndim == 4 else s[:, :, None, None]
            return x + s if block.combine == "sum" else x * s

    return SELayer()


def _gate(torch, block):
    gates = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "hard_sigmoid": lambda e: torch.clamp(block.slope * e + 0.5, 0, 1),
    }
    return gates[block.gate]
