"""Optimizers: PyTorch's update rules step by step, in place, and only with all gradients at hand."""

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy.training import SGD, Adam

SHAPES = {"conv.weight": (4, 3, 2, 2), "fc.weight": (5, 4), "fc.bias": (5,), "scalar": ()}
RULES = {
    "SGD": (SGD, {}),
    "SGD, weight decay": (SGD, {"weight_decay": 0.1}),
    "momentum": (SGD, {"momentum": 0.9}),
    "momentum, weight decay": (SGD, {"momentum": 0.5, "weight_decay": 0.1}),
    "Nesterov": (SGD, {"momentum": 0.9, "nesterov": True}),
    "Nesterov, weight decay": (SGD, {"momentum": 0.5, "nesterov": True, "weight_decay": 0.1}),
    "Adam": (Adam, {}),
    "Adam, options": (Adam, {"betas": (0.5, 0.9), "eps": 1e-2}),
    "Adam, weight decay": (Adam, {"weight_decay": 0.1}),
    "Adam without memory": (Adam, {"betas": (0.0, 0.0), "eps": 1e-3}),
}
each_rule = pytest.mark.parametrize("rule, options", RULES.values(), ids=RULES)


def draw(rng, dtype=np.float64):
    return {name: np.asarray(rng.standard_normal(shape), dtype) for name, shape in SHAPES.items()}


@each_rule
def test_every_step_is_that_of_pytorch(rule, options):
    """Twelve steps, gradients of several sizes, a learning rate that changes, and one gradient of zero."""
    torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    rng = np.random.default_rng(1)
    params = draw(rng)
    twins = {name: torch.tensor(p, requires_grad=True) for name, p in params.items()}
    optimizer = rule(params, lr=0.05, **options)
    twin = getattr(torch.optim, rule.__name__)(twins.values(), lr=0.05, **options)
    for step in range(12):
        optimizer.lr = twin.param_groups[0]["lr"] = 0.05 / (1 + step)
        grads = draw(rng)
        for g in grads.values():
            g *= 10.0 ** (step % 3 - 1) * (step != 4)
        optimizer.step(grads)
        for name, p in twins.items():
            p.grad = torch.tensor(grads[name])
        twin.step()
        for name, p in params.items():
            assert_close(p, twins[name].detach().numpy(), 1e-14, f"{name} after step {step}")


@each_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_parameters_are_updated_in_place_and_nothing_else_is_touched(rule, options, dtype):
    rng = np.random.default_rng(2)
    params = draw(rng, dtype)
    held, before = dict(params), {name: p.copy() for name, p in params.items()}
    optimizer = rule(params, lr=0.1, **options)
    for _ in range(3):
        grads = draw(rng, dtype)
        copies = {name: g.copy() for name, g in grads.items()}
        optimizer.step({**grads, "of somebody else": None})
        for name, g in grads.items():
            np.testing.assert_array_equal(g, copies[name])
    for name, p in params.items():
        assert p is held[name] and p.dtype == dtype
        assert (p != before[name]).all(), name


@each_rule
def test_gradients_may_be_overwritten_afterwards(rule, options):
    """Momentum is a copy: a model that reuses its gradient arrays must not rewrite the past."""
    results = []
    for scribble in (False, True):
        rng = np.random.default_rng(3)
        params = draw(rng)
        optimizer = rule(params, lr=0.1, **options)
        for _ in range(3):
            grads = draw(rng)
            optimizer.step(grads)
            for g in grads.values():
                g += scribble
        results.append(params)
    for name, p in results[0].items():
        np.testing.assert_array_equal(results[1][name], p)


@each_rule
@pytest.mark.parametrize("absent", ["None", "no entry"])
def test_a_missing_gradient_is_named_and_nothing_happens(rule, options, absent):
    """Not even inside the optimizer: the next step is its first."""
    rng = np.random.default_rng(4)
    params = draw(rng)
    copies = {name: p.copy() for name, p in params.items()}
    grads = draw(rng)
    optimizer, fresh = rule(params, lr=0.1, **options), rule(copies, lr=0.1, **options)
    bad = {**grads, "fc.bias": None} if absent == "None" else {n: g for n, g in grads.items() if n != "fc.bias"}
    with pytest.raises(ValueError, match=mentions("fc.bias", "backward")) as error:
        optimizer.step(bad)
    assert "fc.weight" not in str(error.value)
    for name, p in params.items():
        np.testing.assert_array_equal(p, copies[name])
    optimizer.step(grads)
    fresh.step(grads)
    for name, p in params.items():
        np.testing.assert_array_equal(p, copies[name])


BAD = {
    "a negative rate": (SGD, {"lr": -0.1}, ["lr", -0.1]),
    "a rate that is no number": (SGD, {"lr": float("nan")}, ["lr", "nan"]),
    "negative decay": (SGD, {"lr": 0.1, "weight_decay": -1e-4}, ["weight_decay", -1e-4]),
    "momentum of one": (SGD, {"lr": 0.1, "momentum": 1.0}, ["momentum", 1.0]),
    "negative momentum": (SGD, {"lr": 0.1, "momentum": -0.5}, ["momentum", -0.5]),
    "Nesterov without momentum": (SGD, {"lr": 0.1, "nesterov": True}, ["nesterov", "momentum"]),
    "Adam, a negative rate": (Adam, {"lr": -1e-3}, ["lr", -1e-3]),
    "Adam, negative decay": (Adam, {"weight_decay": -1.0}, ["weight_decay", -1.0]),
    "Adam, first beta": (Adam, {"betas": (1.0, 0.999)}, ["betas", 1.0]),
    "Adam, second beta": (Adam, {"betas": (0.9, 1.0)}, ["betas", 1.0]),
    "Adam, negative beta": (Adam, {"betas": (-0.1, 0.999)}, ["betas", -0.1]),
    "Adam, negative eps": (Adam, {"eps": -1e-8}, ["eps", -1e-8]),
}


@pytest.mark.parametrize("rule, options, words", BAD.values(), ids=BAD)
def test_numbers_out_of_range_are_refused(rule, options, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        rule({"w": np.ones(2)}, **options)


def test_a_gradient_of_another_shape_is_refused_instead_of_broadcast():
    params = {"w": np.ones((2, 3))}
    with pytest.raises(ValueError, match=r"w .*\(3,\).*\(2, 3\)"):
        SGD(params, 0.1).step({"w": np.ones(3)})
    np.testing.assert_array_equal(params["w"], 1.0)
