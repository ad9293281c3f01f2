"""Layers: operations with a memory. Each holds parameters, gradients and the cache between forward and backward.

In reading order; whoever only wants to use them can stop after `residual`:

==================  ================================================================
`layer`             `Layer`: parameters and gradients by name, and children
`memory`            its cache, its mode, and whose thread it is
`basic`             each calls one operation: `Linear`, `ReLU`, `Sigmoid`, the pools
`convolution`       `Conv2d`
`normalization`     `BatchNorm2d`, which remembers running statistics
`se`                `SEBlock`, which remembers its gates
`se_options`        what a block can be made of
`sequential`        `Sequential`: backward is forward read in reverse
`residual`          `ResidualUnit`: two paths into one input, added; `PaddedShortcut`
`modes`             `evaluation_mode`, and one thread at a time
`init`              where weights begin
`left_behind`       what a forward pass left belongs to its thread
`not_a_layer`       what people pass in place of one
`named`             `params`, `grads` and `buffers`: one dictionary over many layers
`state`             weights out of a layer and into it, all of them or none
`foreign_names`     what other programs put around a state
`se_names`          what other programs call the layers of an SE block
`traits`            what a network is beyond its arrays
`pytorchs_options`  options that PyTorch has and we have not
==================  ================================================================
"""

from senumpy.layers.basic import (
    AvgPool2d,
    GlobalAvgPool,
    GlobalMaxPool,
    HardSigmoid,
    HardSwish,
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
from senumpy.layers.residual import PaddedShortcut, ResidualUnit
from senumpy.layers.se import SEBlock
from senumpy.layers.sequential import Sequential

__all__ = [
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "HardSigmoid",
    "HardSwish",
    "Layer",
    "Linear",
    "MaxPool2d",
    "PaddedShortcut",
    "ReLU",
    "ResidualUnit",
    "SEBlock",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "evaluation_mode",
]
