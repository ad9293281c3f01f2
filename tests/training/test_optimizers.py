"""Optimizers: PyTorch's update rules step by step, in place, and only with all gradients at hand."""

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy.layers import Linear
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
    "Adam, three betas": (Adam, {"betas": (0.9, 0.9, 0.9)}, ["betas", "two numbers"]),
    "Adam, one beta": (Adam, {"betas": 0.9}, ["betas", "two numbers"]),
    "Adam, one beta in an array": (Adam, {"betas": np.array(0.9)}, ["betas", "two numbers"]),
    "Adam, eps that is no number": (Adam, {"eps": float("nan")}, ["eps", "nan"]),
    "a rate in text": (SGD, {"lr": "0.1"}, ["lr", "'0.1'"]),
    "no rate": (SGD, {"lr": None}, ["lr", "None"]),
    "several rates": (SGD, {"lr": np.array([0.1, 0.2])}, ["lr", "0.1", "0.2"]),
    "an infinite rate": (Adam, {"lr": float("inf")}, ["lr", "inf"]),
    "momentum that is no number": (SGD, {"lr": 0.1, "momentum": float("nan")}, ["momentum", "nan"]),
    "nesterov in text": (SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": "False"}, ["nesterov", "True or False"]),
}


@pytest.mark.parametrize("rule, options, words", BAD.values(), ids=BAD)
def test_numbers_out_of_range_are_refused(rule, options, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        rule({"w": np.ones(2)}, **options)


@pytest.mark.parametrize("name", ["lr", "weight_decay", "momentum"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), "0.1", None, np.array([0.1])])
def test_numbers_are_looked_at_when_they_are_set_later_too(name, value):
    """By a schedule of one's own, or a loop."""
    optimizer = SGD({"w": np.ones(2)}, 0.1, momentum=0.5)
    before = getattr(optimizer, name)
    with pytest.raises(ValueError, match=f"^{name} must be a number"):
        setattr(optimizer, name, value)
    assert getattr(optimizer, name) == before


@each_rule
@pytest.mark.parametrize("number", [np.float64, np.float32, np.array], ids=["float64", "float32", "0-d array"])
def test_numpys_numbers_give_the_bits_of_pythons(rule, options, number):
    """A float64 scalar must not turn the float32 arithmetic into float64. (Halves, which float32 holds exactly.)"""
    ends = []
    for convert in (float, number):
        options = {n: convert(0.5) if type(o) is float else o for n, o in options.items()}
        params = draw(np.random.default_rng(6), np.float32)
        optimizer = rule(params, convert(0.25), **options)
        for step in range(3):
            optimizer.lr = convert(0.25 / 2**step)
            optimizer.step(draw(np.random.default_rng(7 + step), np.float32))
        assert type(optimizer.lr) is type(optimizer.weight_decay) is float
        ends.append({name: p.tobytes() for name, p in params.items()})
    assert ends[0] == ends[1]


w = np.ones((2, 3))
SLIPS = {
    "no parameters": ({}, ["empty parameter list", "(model.params, lr=...)"]),
    "values": ({"w": w}.values(), ["dictionary", "dict_values", "(model.params, lr=...)"]),
    "a list": ([w], ["dictionary", "list", "(model.params, lr=...)"]),
    "a generator": ((p for p in [w]), ["dictionary", "generator", "(model.params, lr=...)"]),
    "a model": (Linear(2, 2), ["dictionary", "Linear", "(model.params, lr=...)"]),
    "one array": (w, ["dictionary", "ndarray"]),
    "a layer among them": ({"fc": Linear(2, 2)}, ["'fc'", "Linear"]),
    "a list among them": ({"w": [1.0]}, ["'w'", "list"]),
    "integers": ({"w": np.arange(3)}, ["'w'", "floating-point", "int64"]),
    "masked": ({"w": np.ma.ones(3)}, ["'w'", "MaskedArray"]),
    "one array under two names": ({"a": w, "b": np.ones(2), "tied": w}, ["'a'", "'tied'", "share memory"]),
    "a view of another": ({"a": w, "tied": w.T}, ["'a'", "'tied'", "share memory"]),
    "a row of another": ({"a": w, "row": w[1]}, ["'a'", "'row'", "share memory"]),
}


@pytest.mark.parametrize("rule", [SGD, Adam])
@pytest.mark.parametrize("params, words", SLIPS.values(), ids=SLIPS)
def test_what_is_no_dictionary_of_arrays_is_refused_at_once(rule, params, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        rule(params, 0.1)


def test_parts_of_one_array_that_do_not_overlap_are_welcome():
    whole = np.ones((4, 6))
    params = {"left": whole[:, ::2], "right": whole[:, 1::2]}
    SGD(params, 0.1).step({name: np.ones((4, 3)) for name in params})
    np.testing.assert_array_equal(whole, 0.9)


# The second of three parameters meets something that cannot be: the first must not have moved.
REFUSED = {
    "complex": (lambda g: g * 1j, ["complex128"]),
    "objects": (lambda g: g.astype(object), ["object"]),
    "integers": (lambda g: g.astype(int), ["int64"]),
    "text": (lambda g: g.astype(str), ["<U"]),
    "a list": (lambda g: g.tolist(), ["list"]),
    "a number": (lambda g: 1.0, ["float"]),
    "masked": (np.ma.asarray, ["MaskedArray"]),
    "another shape": (lambda g: g[:1], ["(1, 4)", "(5, 4)"]),
    "none": (lambda g: None, ["no gradient"]),
}


@each_rule
@pytest.mark.parametrize("make, words", [*REFUSED.values(), (None, ["read-only"])], ids=[*REFUSED, "read-only"])
def test_a_step_that_is_refused_changes_nothing(rule, options, make, words):
    params = draw(np.random.default_rng(8))
    twin = {name: p.copy() for name, p in params.items()}
    optimizer, fresh = rule(params, 0.1, **options), rule(twin, 0.1, **options)
    good = [draw(np.random.default_rng(9 + step)) for step in range(2)]
    optimizer.step(good[0])
    fresh.step(good[0])
    bad = {**good[1], "fc.weight": make(good[1]["fc.weight"])} if make else good[1]
    params["fc.weight"].flags.writeable = make is not None
    with pytest.raises(ValueError, match=mentions("fc.weight", *words)):
        optimizer.step(bad)
    params["fc.weight"].flags.writeable = True
    assert optimizer.steps == fresh.steps == 1
    optimizer.step(good[1])
    fresh.step(good[1])
    for name, p in params.items():
        np.testing.assert_array_equal(p, twin[name], err_msg=name)


@pytest.mark.parametrize("grads", [None, [w], Linear(2, 2)])
def test_gradients_come_by_name(grads):
    with pytest.raises(ValueError, match=mentions("step(model.grads)", type(grads).__name__)):
        SGD({"w": w}, 0.1).step(grads)


def test_a_gradient_of_another_shape_is_refused_instead_of_broadcast():
    params = {"w": np.ones((2, 3))}
    with pytest.raises(ValueError, match=r"w .*\(3,\).*\(2, 3\)"):
        SGD(params, 0.1).step({"w": np.ones(3)})
    np.testing.assert_array_equal(params["w"], 1.0)
