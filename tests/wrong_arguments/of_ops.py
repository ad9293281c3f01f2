"""What the ops answer."""

import math

import numpy as np

from senumpy import ops
from wrong_arguments.table import FINE, array, asked, count, flag, generator, labels, normal, number

IMAGES, ROWS = (2, 3, 4, 4), (2, 3)
ANY_SHAPE = {"one_axis_fewer": FINE, "one_axis_more": FINE}
BIAS = {"nothing": FINE, "no_entries": "{} must have shape"}
CACHE = "the tuple that forward returned: nobody makes one"


def backward(name, *arrays, **options):
    """Ask a backward function what it answers to other things than the gradient of its forward's output."""

    def fitting():
        out, cache = getattr(ops, f"{name}_forward")(*arrays, **options)
        return {"dout": np.ones_like(out), "cache": cache}

    return asked(getattr(ops, f"{name}_backward"), fitting, dout=array(no_entries="{} must have shape"), cache=CACHE)


def entrywise(function):
    return asked(function, lambda: {"x": normal(*IMAGES)}, x=array(**ANY_SHAPE))


C, X = np.ones(3), normal(*IMAGES)
SE = lambda: {"x": normal(*IMAGES), "w1": normal(2, 3), "b1": normal(2), "w2": normal(3, 2), "b2": normal(3)}  # noqa: E731

ASKED = [
    asked(
        ops.linear_forward,
        lambda: {"x": normal(2, 3), "w": normal(4, 3), "b": normal(4)},
        x=array(),
        w=array(),
        b=array(**BIAS),
    ),
    asked(
        ops.conv2d_forward,
        lambda: {"x": normal(*IMAGES), "w": normal(2, 3, 3, 3), "b": normal(2), "stride": 1, "padding": 0, "groups": 1},
        x=array(),
        w=array(),
        b=array(**BIAS),
        stride=count(),
        padding=count(zero=FINE),
        groups=count(),
    ),
    asked(
        ops.batch_norm_forward,
        lambda: {
            "x": normal(*IMAGES),
            "gamma": C + 0,
            "beta": C + 0,
            "running_mean": C + 0,
            "running_var": C + 0,
            "training": False,
            "momentum": 0.1,
            "eps": 1e-5,
        },
        x=array(),
        gamma=array(no_entries="{} must have shape"),
        beta=array(no_entries="{} must have shape"),
        running_mean=array(no_entries="{} must have shape"),
        running_var=array(no_entries="{} must have shape"),
        training=flag(),
        momentum=number(),
        eps=number(),
        all_sums="for those who share a batch between processes",
    ),
    asked(ops.global_avg_pool_forward, lambda: {"x": normal(*IMAGES)}, x=array()),
    asked(ops.global_max_pool_forward, lambda: {"x": normal(*IMAGES)}, x=array()),
    asked(
        ops.max_pool2d_forward,
        lambda: {"x": normal(*IMAGES), "kernel_size": 2, "stride": 2, "padding": 0},
        x=array(),
        kernel_size=count(),
        stride=count(nothing=FINE),
        padding=count(zero=FINE),
    ),
    asked(
        ops.avg_pool2d_forward,
        lambda: {"x": normal(*IMAGES), "kernel_size": 2, "stride": 2, "padding": 0, "count_include_pad": True},
        x=array(),
        kernel_size=count(),
        stride=count(nothing=FINE),
        padding=count(zero=FINE),
        count_include_pad=flag(),
    ),
    asked(
        ops.scale_forward,
        lambda: {"x": normal(*IMAGES), "s": normal(*ROWS)},
        x=array(),
        s=array(no_entries="{} must have shape"),
    ),
    asked(
        ops.se_forward,
        SE,
        x=array(),
        w1=array(),
        b1=array(**BIAS),
        w2=array(no_entries="{} must have shape"),
        b2=array(**BIAS),
    ),
    asked(
        ops.softmax_cross_entropy_forward,
        lambda: {"logits": normal(3, 4), "labels": np.array([0, 1, 3]), "label_smoothing": 0.0},
        logits=array(),
        labels=labels(masked="{} is a masked array"),
        label_smoothing=number("{} must be a number between 0 and 1"),
    ),
    *map(entrywise, (ops.relu_forward, ops.sigmoid_forward, ops.tanh_forward)),
    backward("linear", normal(2, 3), normal(4, 3), normal(4)),
    asked(
        ops.conv2d_backward,
        lambda: {"dout": normal(2, 2, 2, 2), "cache": ops.conv2d_forward(X, normal(2, 3, 3, 3))[1], "need_dx": True},
        dout=array(no_entries="{} must have shape"),
        cache=CACHE,
        need_dx=flag(),
    ),
    backward("batch_norm", X, C, C, C + 0, C + 0, training=True),
    backward("global_avg_pool", X),
    backward("global_max_pool", X),
    backward("max_pool2d", X, 2),
    backward("avg_pool2d", X, 2),
    backward("scale", X, normal(*ROWS)),
    backward("se", *SE().values()),
    asked(
        ops.softmax_cross_entropy_backward,
        lambda: {"dout": 1.0, "cache": ops.softmax_cross_entropy_forward(normal(3, 4), np.array([0, 1, 3]))[1]},
        dout={
            "one axis": (np.ones(1), "must have shape ()"),
            "integers": (np.array(1), "floating-point"),
            "a list": ([1.0], "must be an array"),
            "a word": ("word", "must be an array"),
            "nothing": (None, "must be an array"),
            "a generator": (generator(), "must be an array"),
            "NaN": (math.nan, FINE),
        },
        cache=CACHE,
    ),
    backward("relu", X),
    backward("sigmoid", X),
    backward("tanh", X),
    backward("hard_sigmoid", X),
]
