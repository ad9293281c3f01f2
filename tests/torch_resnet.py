"""The residual networks in PyTorch, as one would write them there: names and structure are torchvision's, SE aside."""

import torch
from torch import nn
from torch_modules import SELayer

UNITS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def conv_norm(C, F, kernel_size, stride=1, groups=1):
    conv = nn.Conv2d(C, F, kernel_size, stride, kernel_size // 2, groups=groups, bias=False)
    return conv, nn.BatchNorm2d(F)


class Pad(nn.Module):
    def __init__(self, F, stride):
        super().__init__()
        self.F, self.stride = F, stride

    def forward(self, x):
        x = x[:, :, :: self.stride, :: self.stride]
        return torch.cat([x, x.new_zeros(len(x), self.F - x.shape[1], *x.shape[2:])], dim=1)


class Unit(nn.Module):
    def __init__(self, C, F, stride, width, se, position, stride_in_1x1, groups, pad):
        super().__init__()
        self.bottleneck, self.position = width is not None, position if se else None
        if self.bottleneck:
            first, second = (stride, 1) if stride_in_1x1 else (1, stride)
            self.conv1, self.bn1 = conv_norm(C, width, 1, first)
            self.conv2, self.bn2 = conv_norm(width, width, 3, second, groups)
            self.conv3, self.bn3 = conv_norm(width, F, 1)
        else:
            self.conv1, self.bn1 = conv_norm(C, F, 3, stride)
            self.conv2, self.bn2 = conv_norm(F, F, 3)
        self.downsample = None
        if stride != 1 or C != F:
            self.downsample = Pad(F, stride) if pad else nn.Sequential(*conv_norm(C, F, 1, stride))
        if se:
            channels = {"pre": C, "inside": width or F}.get(position, F)
            self.se = SELayer(channels, **se)

    def branch(self, x):
        x = self.se(x) if self.position == "pre" else x
        x = torch.relu(self.bn1(self.conv1(x)))
        if not self.bottleneck:
            x = self.se(x) if self.position == "inside" else x
            return self.bn2(self.conv2(x))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = self.se(x) if self.position == "inside" else x
        return self.bn3(self.conv3(x))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.branch(x)
        if self.position == "standard":
            out = self.se(out)
        if self.position == "identity":
            identity = self.se(identity)
        out = torch.relu(out + identity)
        return self.se(out) if self.position == "post" else out


class ResNet(nn.Module):
    """`senumpy.models.ResNet`, or with ``small`` `senumpy.models.SmallResNet`."""

    def __init__(
        self, depth=50, small=False, num_classes=1000, in_channels=3, se=True, reduction=16, stages=None,
        position="standard", bias=False, stride_in_1x1=False, groups=1, width_per_group=64, shortcut="projection",
        widths=(16, 32, 64),
    ):  # fmt: skip
        super().__init__()
        planes = widths if small else (64, 128, 256, 512)
        counts = [(depth - 2) // 6] * 3 if small else UNITS[depth]
        expansion = 4 if not small and depth >= 50 else 1
        C = planes[0]
        self.conv1, self.bn1 = conv_norm(in_channels, C, 3) if small else conv_norm(in_channels, C, 7, 2)
        self.maxpool = nn.Identity() if small else nn.MaxPool2d(3, 2, 1)
        self.stages = len(planes)
        for number, (count, plane) in enumerate(zip(counts, planes, strict=True), start=1):
            block = {"reduction": reduction, "bias": bias} if se and number in (stages or range(1, 5)) else None
            width = int(plane * width_per_group / 64) * groups if expansion > 1 else None
            units, F = [], plane * expansion
            for i in range(count):
                stride = 2 if i == 0 and number > 1 else 1
                units.append(Unit(C, F, stride, width, block, position, stride_in_1x1, groups, shortcut == "pad"))
                C = F
            setattr(self, f"layer{number}", nn.Sequential(*units))
        self.fc = nn.Linear(C, num_classes)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        for number in range(1, self.stages + 1):
            x = getattr(self, f"layer{number}")(x)
        return self.fc(x.mean(dim=(2, 3)))
