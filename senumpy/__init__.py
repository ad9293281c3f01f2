"""senumpy: Squeeze-and-Excitation Networks (Hu et al., arXiv 1709.01507) written by hand in NumPy, to be learned from.

Read the source in this order; each step needs only the ones before it:

    ops         the maths: every forward pass with its backward pass beside it; `ops/se.py` is the heart
    layers      the same operations with a memory: parameters, gradients, caches
    models      a tiny CNN, with or without squeeze-and-excitation
    training    optimizers, schedules, and a trainer that repeats four lines
    data        the bundled photographs and digits, and three tasks made from them
    gradcheck   is a backward pass right? numerical derivatives, and a check that explains itself
    ledger      parameters and multiply-adds by stage, what SE adds, and the paper's numbers
    mistakes    wrong backward passes that people really write, for practice
    gates       what the SE blocks do with their channels: records, experiments, health
    lab         the same experiment over many seeds, and what an interval allows to say
    pictures    figures of all of it
    backend     the switch between NumPy and CuPy

Conventions. Images are (N, C, H, W), linear weights (out, in), convolution weights (F, C, KH, KW), as in PyTorch.
Capitals are sizes, lower case are arrays: N samples, C channels, H x W pixels, F filters, KH x KW kernel, D in and
M out features. In the SE block stand the paper's letters: z the squeeze, s the gates, w1 and w2 the weights.
``dname`` is the gradient of the loss with respect to ``name``. A comment behind a line gives the shape it makes.
"""

import sys

from senumpy import starting

if starting.is_command(sys.argv, sys.orig_argv):  # before NumPy and matplotlib are first imported
    starting.begin()

from senumpy import backend, data, layers, models, ops, training
from senumpy.models import TinyCNN

__version__ = "0.1.0"
REPOSITORY = ""  # its public address, where it has one

__all__ = ["TinyCNN", "backend", "data", "layers", "models", "ops", "training"]
