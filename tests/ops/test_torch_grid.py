"""Hundreds of random combinations of shapes and options against PyTorch in float64.

A hand-written table holds the corners somebody thought of; the grid looks for the others. To hunt, raise the number
of cases of each family: ``SENUMPY_GRID_CASES=600 pytest tests/ops/test_torch_grid.py``.
"""

import os

import numpy as np
import pytest
from comparing import assert_close
from op_recipes import ARGUMENTS, OpCase, convolution, cross_entropy, normalization, pooling, se_variant, squeeze_excite

torch_ops = pytest.importorskip("torch_ops", reason="PyTorch is an optional test extra")

CASES_OF_EACH_FAMILY = int(os.environ.get("SENUMPY_GRID_CASES", "80"))


def pick(rng, *values):
    return values[rng.integers(len(values))]


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def int_or_pair(rng, low, high):
    return size(rng, low, high) if rng.random() < 0.5 else (size(rng, low, high), size(rng, low, high))


def image(rng, N, C, kernel_size, padding):
    """An image size that some window fits into, and now and then only one."""
    (kh, kw), (ph, pw) = (v if isinstance(v, tuple) else (v, v) for v in (kernel_size, padding))
    H, W = (max(1, k - 2 * p) + size(rng, 0, 6) for k, p in ((kh, ph), (kw, pw)))
    return N, C, H, W


def random_convolution(rng):
    groups = pick(rng, 1, 1, 2, 3)
    C, F = groups * size(rng, 1, 3), groups * size(rng, 1, 3)
    kernel = (size(rng, 1, 4), size(rng, 1, 4))
    padding = int_or_pair(rng, 0, 2)
    return convolution(
        image(rng, size(rng, 1, 3), C, kernel, padding),
        (F, C // groups, *kernel),
        bias=bool(rng.random() < 0.7),
        stride=int_or_pair(rng, 1, 3),
        padding=padding,
        groups=groups,
    )


def random_pooling(rng):
    kernel = int_or_pair(rng, 1, 4)
    half = kernel // 2 if isinstance(kernel, int) else tuple(k // 2 for k in kernel)
    if isinstance(half, int):
        padding = size(rng, 0, half)
    else:
        padding = tuple(size(rng, 0, h) for h in half)
    options = {"padding": padding}
    if rng.random() < 0.7:
        options["stride"] = int_or_pair(rng, 1, 3)
    op = pick(rng, "max_pool2d", "avg_pool2d")
    if op == "avg_pool2d":
        options["count_include_pad"] = bool(rng.random() < 0.5)
    return pooling(op, image(rng, size(rng, 1, 3), size(rng, 1, 3), kernel, padding), kernel, **options)


def random_normalization(rng):
    shape = (size(rng, 2, 5), size(rng, 1, 4)) + pick(rng, (), (size(rng, 1, 4), size(rng, 1, 5)))
    return normalization(
        shape, training=bool(rng.random() < 0.7), momentum=pick(rng, 0.0, 0.1, 0.7, 1.0), eps=pick(rng, 1e-5, 1e-3, 0.5)
    )


def random_loss(rng):
    return cross_entropy(size(rng, 1, 6), size(rng, 1, 7), label_smoothing=pick(rng, 0.0, 0.1, 0.5, 1.0))


def random_se(rng):
    shape = (size(rng, 1, 4), size(rng, 1, 8), size(rng, 1, 4), size(rng, 1, 4))
    return squeeze_excite(shape, hidden=size(rng, 1, 4), bias=bool(rng.random() < 0.5))


def random_se_variant(rng):
    shape = (size(rng, 1, 4), size(rng, 1, 7), size(rng, 1, 4), size(rng, 1, 4))
    options = {
        "squeeze": pick(rng, "avg", "max", "none"),
        "gate": pick(rng, "sigmoid", "tanh", "relu", "hard_sigmoid"),
        "combine": pick(rng, "product", "sum"),
    }
    if options["gate"] == "hard_sigmoid":
        options["slope"] = pick(rng, None, 0.2, 0.5)
    return se_variant(shape, hidden=size(rng, 1, 4), bias=bool(rng.random() < 0.5), **options)


def random_layout(rng, array):
    """The same values in another memory order, turned round or not."""
    axes = rng.permutation(array.ndim)
    array = np.transpose(np.transpose(array, axes).copy(), np.argsort(axes))
    return np.flip(np.flip(array).copy()) if rng.random() < 0.3 else array


def compare(case, rng):
    arrays = {name: random_layout(rng, array) for name, array in case.make(rng).items()}
    arguments = {name: np.array(arrays[name]) if name in arrays else None for name in ARGUMENTS[case.op]}
    out, cache = case.forward(**arrays)
    dout = random_layout(rng, case.make_dout(rng, out))
    torch_out, torch_gradients, torch_arrays = torch_ops.run(case.op, arguments, case.options, dout)
    assert_close(out, torch_out, what="out")
    for name, gradient in case.gradients(dout, cache).items():
        assert_close(gradient, torch_gradients[name], what=f"d{name}")
    for name in case.state:
        assert_close(arrays[name], torch_arrays[name], what=name)


@pytest.mark.parametrize(
    "draw",
    [random_convolution, random_pooling, random_normalization, random_loss, random_se, random_se_variant],
    ids=lambda draw: draw.__name__,
)
def test_agrees_with_pytorch_on_a_grid(draw):
    rng = np.random.default_rng(20240717)
    failures = []
    for number in range(CASES_OF_EACH_FAMILY):
        case: OpCase = draw(rng)
        try:
            compare(case, rng)
        except Exception as error:
            failures.append(f"case {number}, {case.name}: {type(error).__name__}: {error}")
    assert not failures, f"{len(failures)} of {CASES_OF_EACH_FAMILY} cases fail:\n" + "\n".join(failures[:5])
