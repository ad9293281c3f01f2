"""Layers: operations with a memory. Each holds parameters, gradients and the cache between forward and backward."""

from senumpy.layers.basic import (
    AvgPool2d,
    GlobalAvgPool,
    GlobalMaxPool,
    HardSigmoid,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
)
from senumpy.layers.convolution import Conv2d
from senumpy.layers.layer import Layer
from senumpy.layers.modes import evaluation_mode
from senumpy.layers.normalization import BatchNorm2d
from senumpy.layers.se import SEBlock
from senumpy.layers.sequential import Sequential

__all__ = [
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "HardSigmoid",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "SEBlock",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "evaluation_mode",
]
