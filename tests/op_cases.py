"""One table of all ops at awkward shapes; every general test of the ops runs down this list.

A case knows how to draw its arrays, run forward and run backward::

    case = CASES[0]
    arrays = case.make(rng, np.float32)       # {"x": ..., "w": ..., "b": ...}; an absent bias is left out
    out, cache = case.forward(**arrays)
    dout = case.make_dout(rng, out)
    gradients = case.gradients(dout, cache)   # {"x": dx, "w": dw, "b": db}; case.backward gives what the op gives
"""

from op_recipes import (
    OpCase,
    away_from,
    convolution,
    cross_entropy,
    distinct,
    normal,
    normalization,
    pooling,
    squeeze_excite,
)

CASES = [
    OpCase("linear", "linear", {"x": normal(3, 4), "w": normal(5, 4), "b": normal(5)}),
    OpCase("linear no bias", "linear", {"x": normal(3, 4), "w": normal(5, 4)}),
    OpCase("linear of one number", "linear", {"x": normal(1, 1), "w": normal(1, 1), "b": normal(1)}),
    OpCase("relu", "relu", {"x": away_from(0, shape=(2, 3, 5, 4))}),
    *(
        OpCase(f"{op} of one number", op, {"x": lambda rng: 0.7 + rng.random((1, 1, 1, 1))})
        for op in ("relu", "sigmoid", "tanh", "hard_sigmoid")
    ),
    OpCase("relu of rows", "relu", {"x": away_from(0, shape=(3, 7))}),
    OpCase("sigmoid", "sigmoid", {"x": away_from(shape=(2, 3, 5, 4), spread=4)}),
    OpCase("sigmoid of rows", "sigmoid", {"x": away_from(shape=(3, 7), spread=4)}),
    OpCase("tanh", "tanh", {"x": normal(2, 3, 5, 4)}),
    OpCase("hard_sigmoid", "hard_sigmoid", {"x": away_from(-3, 3, shape=(2, 3, 5, 4), spread=3)}),
    OpCase("global_avg_pool", "global_avg_pool", {"x": normal(2, 3, 5, 4)}),
    OpCase("global_avg_pool of one pixel", "global_avg_pool", {"x": normal(2, 3, 1, 1)}),
    OpCase("global_avg_pool of one column", "global_avg_pool", {"x": normal(1, 1, 5, 1)}),
    OpCase("global_max_pool", "global_max_pool", {"x": distinct(2, 3, 5, 4)}),
    OpCase("global_max_pool of one pixel", "global_max_pool", {"x": distinct(2, 3, 1, 1)}),
    OpCase("global_max_pool of one row", "global_max_pool", {"x": distinct(1, 1, 1, 6)}),
    *(
        pooling(op, *arguments, **options)
        for op in ("max_pool2d", "avg_pool2d")
        for *arguments, options in (
            ((2, 3, 6, 4), 2, {}),
            ((2, 3, 7, 5), 2, {}),
            ((1, 1, 3, 5), 1, {}),
            ((2, 1, 1, 6), (1, 2), {}),
            ((1, 2, 1, 3), (4, 2), {"stride": (1, 2), "padding": (2, 1)}),
            ((1, 3, 5, 1), (3, 1), {"stride": (2, 1), "padding": (1, 0)}),
            ((2, 3, 5, 4), 3, {"stride": 2, "padding": 1}),
            ((2, 2, 5, 6), (3, 2), {"stride": (1, 2), "padding": (1, 0)}),
            ((2, 2, 5, 6), (2, 3), {"stride": 1, "padding": (1, 1)}),
            ((1, 2, 7, 8), 2, {"stride": 3}),
            ((2, 1, 4, 6), (2, 3), {"stride": (2, 3)}),
        )
    ),
    pooling("avg_pool2d", (2, 3, 5, 4), 3, stride=2, padding=1, count_include_pad=False),
    pooling("avg_pool2d", (2, 2, 5, 6), (2, 3), stride=1, padding=(1, 1), count_include_pad=False),
    OpCase("scale", "scale", {"x": normal(2, 3, 5, 4), "s": normal(2, 3)}),
    OpCase("scale of one row", "scale", {"x": normal(1, 3, 1, 5), "s": normal(1, 3)}),
    OpCase("scale of one column", "scale", {"x": normal(3, 1, 4, 1), "s": normal(3, 1)}),
    OpCase("scale of equal sizes", "scale", {"x": normal(3, 3, 3, 3), "s": normal(3, 3)}),
    squeeze_excite((3, 6, 4, 3), hidden=2, bias=True),
    squeeze_excite((3, 6, 4, 3), hidden=3, bias=False),
    squeeze_excite((1, 3, 1, 2), hidden=3, bias=True),
    squeeze_excite((2, 1, 3, 1), hidden=1, bias=True),
    convolution((2, 3, 5, 4), (4, 3, 3, 3), padding=1),
    convolution((2, 3, 5, 4), (4, 3, 3, 3), bias=False),
    convolution((2, 3, 7, 6), (2, 3, 3, 3), stride=2, padding=1),
    convolution((2, 2, 8, 7), (3, 2, 2, 3), stride=(3, 2), padding=(0, 2)),
    convolution((1, 2, 6, 5), (2, 2, 3, 1), stride=(1, 2), padding=(2, 0)),
    convolution((2, 2, 7, 8), (2, 2, 2, 2), stride=3),
    convolution((2, 3, 4, 5), (4, 3, 1, 1)),
    convolution((2, 3, 4, 5), (4, 3, 1, 1), stride=2, bias=False),
    convolution((1, 2, 3, 4), (2, 2, 1, 1), padding=2),
    convolution((2, 2, 3, 4), (3, 2, 3, 4)),
    convolution((1, 1, 3, 3), (1, 1, 2, 2), padding=2),
    convolution((2, 3, 1, 6), (2, 3, 1, 3), padding=(0, 1)),
    convolution((2, 1, 6, 1), (3, 1, 2, 1), stride=(2, 1), bias=False),
    convolution((2, 4, 5, 4), (6, 2, 3, 3), padding=1, groups=2),
    convolution((2, 4, 5, 4), (4, 1, 3, 3), padding=1, groups=4, bias=False),
    convolution((2, 3, 5, 4), (6, 1, 3, 2), stride=2, padding=(1, 0), groups=3),
    convolution((2, 4, 3, 3), (4, 2, 1, 1), groups=2),
    normalization((2, 3, 5, 4), training=True),
    normalization((2, 3, 5, 4), training=False),
    normalization((5, 3), training=True, momentum=0.3),
    normalization((5, 3), training=False, eps=1e-2),
    normalization((1, 4, 2, 3), training=True, eps=1e-2),
    normalization((3, 1, 1, 5), training=True),
    normalization((3, 2, 4, 1), training=True),
    normalization((2, 1), training=True),
    normalization((1, 2), training=False),
    cross_entropy(4, 5),
    cross_entropy(3, 4, label_smoothing=0.1),
    cross_entropy(2, 3, label_smoothing=1.0),
    cross_entropy(1, 2),
    cross_entropy(3, 1, label_smoothing=0.1),
]
