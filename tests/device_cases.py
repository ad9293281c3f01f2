"""Layers, optimizers and a training run that the stand-in for CuPy and the real one are both asked to go through."""

import inspect

import numpy as np
import strict_cupy

from senumpy import layers
from senumpy.models import TinyCNN
from senumpy.training import SGD, Adam, Trainer, cosine_annealing_lr

IMAGES = (3, 4, 6, 5)


def layers_without_arguments():
    """Those that want nothing from their caller (only PyTorch's options come in, to be refused): no row to write."""
    for name in layers.__all__:
        kind = getattr(layers, name)
        if inspect.isclass(kind) and [p.kind for p in inspect.signature(kind).parameters.values()] == [
            inspect.Parameter.VAR_KEYWORD
        ]:
            yield name, (lambda kind=kind, **_: kind(), IMAGES)


LAYERS = {
    **dict(layers_without_arguments()),
    "HardSigmoid": (lambda **_: layers.HardSigmoid(), IMAGES),
    "HardSigmoid, steep": (lambda **_: layers.HardSigmoid(slope=0.5), IMAGES),
    "Linear": (lambda **kw: layers.Linear(7, 5, **kw), (3, 7)),
    "Linear without bias": (lambda **kw: layers.Linear(7, 5, bias=False, **kw), (3, 7)),
    "MaxPool2d": (lambda **_: layers.MaxPool2d(3, stride=2, padding=1), IMAGES),
    "AvgPool2d": (lambda **_: layers.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), IMAGES),
    "Conv2d": (lambda **kw: layers.Conv2d(4, 6, 3, stride=2, padding=1, **kw), IMAGES),
    "Conv2d in groups": (lambda **kw: layers.Conv2d(4, 4, (3, 2), groups=4, bias=False, **kw), IMAGES),
    "BatchNorm2d": (lambda rng, **kw: layers.BatchNorm2d(4, **kw), IMAGES),
    "SEBlock": (lambda **kw: layers.SEBlock(4, reduction=2, **kw), IMAGES),
    "ResidualUnit": (
        lambda **kw: layers.ResidualUnit({"conv": layers.Conv2d(4, 4, 1, **kw)}, {}, {"relu": layers.ReLU()}),
        IMAGES,
    ),
    "PaddedShortcut": (lambda **_: layers.PaddedShortcut(6, stride=2), IMAGES),
    "SEBlock with bias": (lambda **kw: layers.SEBlock(4, reduction=2, bias=True, **kw), IMAGES),
    **{
        f"SEBlock {words}": (lambda words=words, **kw: layers.SEBlock(4, reduction=2, **words, **kw), IMAGES)
        for words in (
            {"squeeze": "max"},
            {"squeeze": "none", "bias": True},
            {"gate": "tanh"},
            {"gate": "relu"},
            {"gate": "hard_sigmoid"},
            {"combine": "sum"},
            {"fixed": True},
        )
    },
}
OPTIMIZERS = {
    "SGD": lambda params: SGD(params, 0.1, weight_decay=0.01),
    "SGD with momentum": lambda params: SGD(params, 0.1, momentum=0.9),
    "Nesterov": lambda params: SGD(params, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda params: Adam(params, 0.01, weight_decay=0.01),
}


def draw(seed, shape, dtype=np.float32):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def new_cnn(se, seed=0, dtype=np.float32):
    rng = np.random.default_rng(seed)
    return TinyCNN(in_channels=2, num_classes=3, widths=(4, 6), se=se, reduction=2, rng=rng, dtype=dtype)


def train(model, optimizer, *, epochs=2, callback=None, dtype=np.float32):
    """Train on 14 images in batches of 5, the last one smaller: three steps an epoch. Return the trainer."""
    x, labels = draw(1, (14, 2, 8, 9), dtype), np.arange(14) % 3
    trainer = Trainer(model, optimizer(model.params), cosine_annealing_lr(0.1, 3 * epochs), callback, progress=False)
    trainer.fit(x, labels, epochs=epochs, batch_size=5, rng=np.random.default_rng(2))
    return trainer


def same_bits(there, here):
    """Two dicts of arrays: all of the first on the device, and their values those of the second."""
    assert there.keys() == here.keys()
    for name, array in here.items():
        assert type(there[name]) is strict_cupy.ndarray, name
        home = there[name].get()
        assert (home.shape, home.dtype, home.tobytes()) == (array.shape, array.dtype, array.tobytes()), name
