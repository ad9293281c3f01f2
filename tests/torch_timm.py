"""timm's SE layers in PyTorch, as they are found in its files: other names, 1 x 1 convolutions, rounded widths."""

import torch
import torch_modules
import torch_resnet
from torch import nn


class SEModule(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        hidden = max(8, int(channels / reduction + 4) // 8 * 8)
        self.fc1, self.fc2 = nn.Conv2d(channels, hidden, 1), nn.Conv2d(hidden, channels, 1)

    def forward(self, x):
        s = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.fc2(torch.relu(self.fc1(s))))


def network(name, num_classes):
    """The network that timm calls so."""
    options = {"groups": 32, "width_per_group": 4} if "resnext" in name else {}
    net = torch_resnet.ResNet(50 if "50" in name else 18, num_classes=num_classes, **options)
    for module in list(net.modules()):
        if isinstance(getattr(module, "se", None), torch_modules.SELayer):
            module.se = SEModule(module.se.fc[0].in_features)
    return net
