"""A probe for every layer and for the tiny CNN, parameters spread so that no factor is 1 and no bias is 0."""

import numpy as np

from senumpy import layers
from senumpy.gradcheck.inside import judge_insides
from senumpy.gradcheck.modules import check_layer, check_model, copy_of
from senumpy.gradcheck.suite.draws import beside, distinct, images, sizes
from senumpy.models import SmallResNet, TinyCNN


def spread(layer, rng):
    """Move every parameter off its initial value, and return the layer, in NumPy: this is no work for a GPU."""
    for parameter in layer.to("numpy").params.values():
        parameter += 0.3 * rng.standard_normal(parameter.shape)
    return layer


def _entrywise(make, *kinks):
    def case(rng, **options):
        return check_layer(make(), beside(rng, sizes(rng, 4), *kinks), rng=rng, **options)

    return case


def _pooling(make, low=2):
    def case(rng, **options):
        return check_layer(make(), distinct(rng, sizes(rng, 4, low, 7)), rng=rng, **options)

    return case


def _linear(rng, **options):
    N, D, M = sizes(rng, 3)
    layer = spread(layers.Linear(D, M, rng=rng, dtype=np.float64), rng)
    return check_layer(layer, rng.standard_normal((N, D)), rng=rng, **options)


def _conv2d(rng, **options):
    N, C, F, H, W = sizes(rng, 5, 3, 7)
    kernel_size = sizes(rng, 2, 1, 3)
    padding = [int(rng.integers(0, K)) for K in kernel_size]
    layer = layers.Conv2d(C, F, kernel_size, int(rng.integers(1, 3)), padding, rng=rng, dtype=np.float64)
    return check_layer(spread(layer, rng), rng.standard_normal((N, C, H, W)), rng=rng, **options)


def _batch_norm(training):
    def case(rng, **options):
        x = 1 + 2 * images(rng)
        layer = spread(layers.BatchNorm2d(x.shape[1], dtype=np.float64), rng)
        layer.forward(x)  # running statistics of its own
        return check_layer(layer.train() if training else layer.eval(), x, rng=rng, **options)

    return case


def _se(**switches):
    def case(rng, **options):
        def draw():
            x = distinct(rng, sizes(rng, 4, 3, 6)) if switches.get("squeeze") == "max" else images(rng, low=3)
            return spread(layers.SEBlock(x.shape[1], 2, **switches, rng=rng, dtype=np.float64), rng), x

        return check_layer(*_seeing(draw), rng=rng, **options)

    return case


def _residual_unit(rng, **options):
    def draw():
        x = images(rng, low=3)
        C, F = x.shape[1], x.shape[1] + 2

        def conv(C, kernel_size, padding):
            return layers.Conv2d(C, F, kernel_size, padding=padding, bias=False, rng=rng, dtype=np.float64)

        head = {"se": layers.SEBlock(C, 2, rng=rng, dtype=np.float64)}  # three paths lead back to x
        branch = {**head, "conv1": conv(C, 3, 1), "relu1": layers.ReLU(), "conv2": conv(F, (3, 1), (1, 0))}
        unit = layers.ResidualUnit(branch, {"projection": conv(C, 1, 0)}, {"relu": layers.ReLU()})
        return spread(unit, rng), x

    return check_layer(*_seeing(draw), rng=rng, **options)


def _padded_shortcut(rng, **options):
    x = images(rng, low=3)
    return check_layer(layers.PaddedShortcut(x.shape[1] + 2, stride=2), x, rng=rng, **options)


def _sequential(rng, **options):
    def draw():
        x = images(rng, low=3)
        C = x.shape[1]
        rows = [layers.Conv2d(C, 4, 3, padding=1, rng=rng, dtype=np.float64), layers.ReLU(), layers.GlobalAvgPool()]
        model = layers.Sequential(*rows, layers.Linear(4, 3, rng=rng, dtype=np.float64), layers.Sigmoid())
        return spread(model, rng), x

    return check_layer(*_seeing(draw), rng=rng, **options)


def _tiny_cnn(se):
    def case(rng, **options):
        def draw():
            N, classes, H, W = 3, *sizes(rng, 3, 4, 7)
            widths = (int(rng.integers(4, 6)), int(rng.integers(6, 9)))
            model = TinyCNN(2, classes, widths=widths, se=se, reduction=2, rng=rng, dtype=np.float64)
            spread(model, rng)
            return model, rng.standard_normal((N, 2, H, W)), rng.integers(0, classes, N)

        options["max_entries"] = min(12, options.get("max_entries") or 12)  # each entry costs a pass through the model
        return check_model(*_seeing(draw), rng=rng, **options)

    return case


def _small_resnet(position):
    def case(rng, **options):
        def draw():
            N, classes, H, W = 3, *sizes(rng, 3, 5, 8)
            se = {"se": position is not None, "position": position or "standard", "reduction": 2}
            size = {"num_classes": classes, "in_channels": 2, "widths": (4, 6, 8)}
            model = SmallResNet(8, **size, **se, rng=rng, dtype=np.float64)
            spread(model, rng)
            return model, rng.standard_normal((N, 2, H, W)), rng.integers(0, classes, N)

        options["max_entries"] = min(6, options.get("max_entries") or 6)  # each entry costs a pass through the model
        return check_model(*_seeing(draw), rng=rng, **options)

    return case


def _seeing(draw):
    """Draw probes until one has masks that are all partly open, no ties, and no square weights."""
    while True:
        layer, *probe = draw()
        square = any(p.ndim == 2 and p.shape[0] == p.shape[1] for p in layer.params.values())
        if not square and not any(judge_insides(copy_of(layer), probe[0])):
            return layer, *probe


LAYERS = {
    "Linear": _linear,
    "ReLU": _entrywise(layers.ReLU, 0.0),
    "Sigmoid": _entrywise(layers.Sigmoid),
    "Tanh": _entrywise(layers.Tanh),
    "HardSwish": _entrywise(layers.HardSwish, -3.0, 3.0),
    "HardSigmoid": _entrywise(layers.HardSigmoid, -3.0, 3.0),
    "HardSigmoid_steep": _entrywise(lambda: layers.HardSigmoid(slope=0.5), -1.0, 1.0),
    "GlobalAvgPool": _pooling(layers.GlobalAvgPool),
    "GlobalMaxPool": _pooling(layers.GlobalMaxPool),
    "MaxPool2d": _pooling(lambda: layers.MaxPool2d((2, 3), padding=(1, 0)), low=3),
    "AvgPool2d": _pooling(lambda: layers.AvgPool2d((3, 2), stride=1, padding=1), low=3),
    "Conv2d": _conv2d,
    "BatchNorm2d": _batch_norm(training=True),
    "BatchNorm2d_evaluation": _batch_norm(training=False),
    "SEBlock": _se(bias=False),
    "SEBlock_with_biases": _se(bias=True),
    "SEBlock_max": _se(squeeze="max"),
    "SEBlock_without_squeeze": _se(squeeze="none", bias=True),
    "SEBlock_tanh": _se(gate="tanh"),
    "SEBlock_relu": _se(gate="relu", bias=True),
    "SEBlock_hard_sigmoid": _se(gate="hard_sigmoid"),
    "SEBlock_sum": _se(combine="sum", squeeze="none"),
    "SEBlock_fixed": _se(fixed=True),
    "Sequential": _sequential,
    "ResidualUnit": _residual_unit,
    "PaddedShortcut": _padded_shortcut,
}
MODELS = {
    "TinyCNN": _tiny_cnn(se=True),
    "TinyCNN_without_se": _tiny_cnn(se=False),
    "SmallResNet": _small_resnet("standard"),
    "SmallResNet_pre": _small_resnet("pre"),
    "SmallResNet_without_se": _small_resnet(None),
}
