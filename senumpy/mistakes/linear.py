"""Mistakes in a linear layer: the formulas have two factors and one sum, and each can be put in the wrong place."""

from functools import partial

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _bias_not_summed(dout, cache):
    dx, dw, _ = ops.linear_backward(dout, cache)
    return dx, dw, dout


def _bias_averaged(dout, cache):
    dx, dw, _ = ops.linear_backward(dout, cache)
    return dx, dw, dout.mean(axis=0)


def _weights_transposed(dout, cache):
    x, w, _ = cache
    dx = dout @ w
    dw = x.T @ dout
    return dx, dw, dout.sum(axis=0)


def _inputs_transposed(dout, cache):
    x, w, _ = cache
    dx = dout @ w.T
    dw = dout.T @ x
    return dx, dw, dout.sum(axis=0)


def _averaged_again(dout, cache):
    x, w, _ = cache
    dx = dout @ w
    dw = dout.T @ x / len(x)
    db = dout.sum(axis=0) / len(x)
    return dx, dw, db


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, what, story, hint="", **sizes):
    right = (ops.linear_forward, ops.linear_backward)
    draw = partial(probes.linear, **sizes)
    return Mistake(f"linear_{name}", "linear", ops.linear_forward, backward, right, draw, seed, what, story, hint)


GALLERY = [
    _mistake(
        "bias_not_summed",
        _bias_not_summed,
        1,
        what="The bias was added to every row, so its gradient is the sum over the rows; here each row keeps its own.",
        story="Broadcasting made the addition easy and the sum invisible. An update `b -= lr * db` stops with a shape "
        "error; `b = b - lr * db` turns b into a matrix without a word.",
        hint="db: not summed over axis 0 (the batch)",
    ),
    _mistake(
        "bias_averaged",
        _bias_averaged,
        2,
        what="The bias gradient is the mean over the batch where the sum belongs.",
        story="A mean feels like the safer choice. It trains, with a learning rate for the bias that is N times lower.",
        hint="db: 3 times too small (N = 3): a mean over the batch stands where a sum belongs",
    ),
    _mistake(
        "weights_transposed",
        _weights_transposed,
        3,
        M=4,
        what="dw is x^T dout, the transpose of dout^T x.",
        story="Textbooks store weights as (in, out), PyTorch as (out, in). Where the two are mixed, square weights "
        "hide the mix: every shape fits.",
        hint="dw: transposed: rows and columns are exchanged",
    ),
    _mistake(
        "inputs_transposed",
        _inputs_transposed,
        4,
        M=4,
        what="dx is dout w^T, where forward has already used w^T and backward needs w.",
        story="The same mix of conventions, seen from the other factor. Square weights hide it, too.",
    ),
    _mistake(
        "averaged_again",
        _averaged_again,
        5,
        what="dw and db are divided by N, although the loss has already done so.",
        story="Old course code averages in the layer, new code in the loss. Put together, they average twice, and only "
        "a learning rate that seems too low gives it away.",
        hint="dw, db: 3 times too small (N = 3): a mean over the batch stands where a sum belongs",
    ),
]
