"""What the layers and the models answer."""

import numpy as np

from senumpy import layers
from senumpy.models import TinyCNN, load_tiny_cnn, tiny_cnn_from_state
from wrong_arguments.table import FINE, MISSING, array, asked, count, flag, model, normal, number, path, rng

DTYPE = {
    kind: (lambda _, dtype=dtype: dtype, "dtype must be numpy.float32 or numpy.float64")
    for kind, dtype in {"half": np.float16, "whole": int, "a word": "word", "nothing": None}.items()
}
WINDOW = {"kernel_size": count(), "stride": count(nothing=FINE), "padding": count(zero=FINE)}
PYTORCHS = {
    "inplace": {"as in PyTorch": (True, "knows inplace=False only")},
    "in_place": {"an option nobody knows": (True, "unexpected keyword argument 'in_place'")},
}
PLAIN = (layers.ReLU, layers.Sigmoid, layers.Tanh, layers.HardSwish, layers.GlobalAvgPool, layers.GlobalMaxPool)


STAGES = {
    "a word": ("word", "stages must be"),
    "outside": ((9,), "stages must be"),
    "a number": (3, "stages must be"),
    "words": (("a",), "stages must be"),
}


def small(**options):
    return TinyCNN(3, 4, (4, 6), reduction=2, rng=np.random.default_rng(0), **options)


def images(N=2):
    return normal(N, 3, 8, 8).astype(np.float32)


def passes(make, shape, **but):
    """Ask a layer's two passes; NaN and infinity are numbers like others."""
    x = normal(*shape).astype(np.float32)

    def before_backward():
        layer = make()
        return {"self": layer, "dout": np.ones_like(layer.forward(x))}

    return (
        asked(type(make()).forward, lambda: {"self": make(), "x": x}, x=array(**but)),
        asked(type(make()).backward, before_backward, dout=array(no_entries="dout must have shape")),
    )


def state(**changed):
    return {**small().state_dict(), **changed}


NO_STATE = "a state is a dictionary of arrays by name"
STATE = {
    "a name too few": (lambda of: {k: v for k, v in of.items() if k != "fc.bias"}, "fc.bias"),
    "a name too many": (lambda of: {**of, "more": np.ones(1)}, "more"),
    "another shape": (lambda of: {**of, "fc.bias": np.ones(9)}, "fc.bias"),
    "NaN": (lambda of: {**of, "fc.bias": np.full(4, np.nan)}, "fc.bias"),
    "infinity": (lambda of: {**of, "fc.bias": np.full(4, np.inf)}, "fc.bias"),
    "words": (lambda of: {**of, "fc.bias": np.full(4, "word")}, "fc.bias"),
    "masked": (lambda of: {**of, "fc.bias": np.ma.masked_array(np.ones(4))}, "fc.bias"),
    "a list": (list, NO_STATE),
    "a generator": (iter, NO_STATE),
    "a word": ("word", NO_STATE),
    "nothing": (None, NO_STATE),
}

ASKED = [
    *(asked(cls, dict, **PYTORCHS) for cls in PLAIN),
    asked(layers.HardSigmoid, dict, slope=number(), **PYTORCHS),
    asked(
        layers.Linear,
        lambda: {"in_features": 2, "out_features": 3, "bias": True, "rng": None, "dtype": np.float32},
        in_features=count(),
        out_features=count(),
        bias=flag(),
        rng=rng(),
        dtype=DTYPE,
    ),
    asked(
        layers.Conv2d,
        lambda: {
            "in_channels": 4,
            "out_channels": 2,
            "kernel_size": 3,
            "stride": 1,
            "padding": 1,
            "groups": 2,
            "bias": True,
            "rng": None,
            "dtype": np.float32,
        },
        in_channels=count(),
        out_channels=count(),
        kernel_size=count(),
        stride=count(),
        padding=count(zero=FINE, a_word="padding must be a number of pixels"),
        groups=count(),
        bias=flag(),
        rng=rng(),
        dtype=DTYPE,
    ),
    asked(
        layers.BatchNorm2d,
        lambda: {"num_features": 3, "eps": 1e-5, "momentum": 0.1, "dtype": np.float32},
        num_features=count(),
        eps=number(),
        momentum=number(nothing="momentum=None, a mean over all batches, is not there"),
        dtype=DTYPE,
    ),
    asked(layers.MaxPool2d, lambda: {"kernel_size": 2, "stride": 2, "padding": 0}, **WINDOW),
    asked(
        layers.AvgPool2d,
        lambda: {"kernel_size": 2, "stride": 2, "padding": 0, "count_include_pad": True},
        **WINDOW,
        count_include_pad=flag(),
    ),
    asked(
        layers.Sequential,
        lambda: {"*": (layers.ReLU(), layers.Tanh())},
        **{
            "*": {
                "its class": ((layers.ReLU,), "write ReLU(...), with brackets"),
                "a list": (lambda two: (list(two),), "put layers in a row with senumpy.layers.Sequential"),
                "a function": ((np.tanh,), "must be a layer, got a function"),
                "one twice": (lambda two: two[:1] * 2, "is in the model already"),
                "a generator": (lambda two: (iter(two),), "must be a layer, got tuple_iterator"),
            }
        },
    ),
    asked(layers.evaluation_mode, lambda: {"model": small(), "gradients": False}, model=model(), gradients=flag()),
    asked(layers.Layer, dict, layers={"anything": ([], "unexpected keyword argument")}),
    asked(
        layers.Layer.add,
        lambda: {"self": layers.Layer(), "name": "part", "layer": layers.ReLU()},
        name={
            "no word": ("", "a word without dots"),
            "dots": ("a.b", "a word without dots"),
            "a number": (3, "a word without dots"),
            "nothing": (None, "a word without dots"),
        },
        layer=model("must be a layer, got"),
    ),
    asked(
        layers.Layer.to,
        lambda: {"self": small(), "name": "numpy"},
        name={
            "another word": ("word", "the backend must be one of"),
            "nothing": (None, "the backend must be one of"),
            "a list": (["numpy"], "the backend must be one of"),
        },
    ),
    asked(layers.Layer.load_state_dict, lambda: {"self": small(), "state": state()}, state=STATE),
    asked(TinyCNN.forward, lambda: {"self": small(), "x": images()}, x=array()),
    *passes(lambda: layers.Linear(3, 2), (4, 3)),
    *passes(lambda: layers.Conv2d(3, 2, 3), (2, 3, 5, 5)),
    *passes(lambda: layers.BatchNorm2d(3), (2, 3, 5, 5)),
    *passes(lambda: layers.SEBlock(3, 1), (2, 3, 5, 5)),
    *passes(lambda: layers.ReLU(), (2, 3), one_axis_fewer=FINE, one_axis_more=FINE),
    asked(
        TinyCNN,
        lambda: {
            "in_channels": 3,
            "num_classes": 4,
            "widths": (4, 6),
            "se": True,
            "reduction": 2,
            "rng": None,
            "dtype": np.float32,
        },
        in_channels=count(),
        num_classes=count(),
        se=flag(),
        reduction=count("reduction must be an integer from 1"),
        rng=rng(),
        dtype=DTYPE,
        stages=STAGES,
        widths={
            "none": ((), "widths must be the channels of each stage"),
            "a number": (4, "widths must be the channels of each stage"),
            "a generator": (iter, "widths must be the channels of each stage"),
            "zero": ((4, 0), "must be an integer of at least 1"),
            "a fraction": ((4, 1.5), "must be an integer of at least 1"),
            "a word": ("word", "must be an integer"),
        },
    ),
    asked(tiny_cnn_from_state, lambda: {"state": state()}, state=STATE),
    asked(
        load_tiny_cnn,
        lambda: {"path_or_name": "photos"},
        path_or_name={
            "a missing file": (MISSING, "there is no file of weights"),
            "a folder": ("/tmp", "expected an .npz file of weights"),
            **path("path_or_name must be the path of"),
        },
    ),
]
