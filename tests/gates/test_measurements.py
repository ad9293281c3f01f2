"""The numbers of the health report against numbers worked out by hand, and against ways of their own."""

import numpy as np
import pytest
from gates.planted import FixedGates, NotCalled, TinyForTests, random_images

from senumpy.gates import check_health, constant_gates, gate_values, health_table, override_gates, predict_logits
from senumpy.gates.measurements import _near
from senumpy.gates.passes import effect_of_random_gates
from senumpy.layers import GlobalAvgPool, Layer, Linear, Sequential


class Given(Layer):
    """A model of parameters alone, with gradients that a test chooses; its SE block does not change its input."""

    def __init__(self, gradients, **shapes):
        super().__init__()
        self.add("se", FixedGates(np.array([[0.2, 0.6], [0.4, 0.8]])))
        self.add("rest", Linear(2, 3))
        self.chosen = gradients

    def forward(self, x):
        return self.children["rest"].forward(self.children["se"].forward(x).mean(axis=(2, 3)))

    def backward(self, dout):
        for name, gradient in self.chosen.items():
            layer, _, weight = name.partition(".")
            self.children[layer]._grads[weight] = np.asarray(gradient, dtype=np.float32)


X = np.ones((2, 2, 1, 1), np.float32)


def test_the_gradient_of_a_weight_is_its_root_mean_square_beside_that_of_all_parameters():
    gradients = {
        "se.fc.0.weight": [[3, 4], [0, 0]],  # squares: 25 over 4 entries
        "se.fc.2.weight": [[1, 1], [1, -1]],  # 4 over 4
        "rest.weight": [[2, 0], [0, 2], [2, 0]],  # 12 over 6
        "rest.bias": [0, 5, 0],  # 25 over 3
    }
    block = check_health(Given(gradients), X)["se"]
    typical = np.sqrt((25 + 4 + 12 + 25) / 17)
    assert block.measured.gradients == pytest.approx(
        {"fc.0.weight": np.sqrt(25 / 4) / typical, "fc.2.weight": 1 / typical}
    )
    assert health_table({"se": block}).splitlines()[1].endswith(f"{1 / typical:11.2g}")  # the smaller of the two


def test_gradients_that_are_all_zero_are_zero_beside_each_other():
    zeros = {"se.fc.0.weight": np.zeros((2, 2)), "rest.bias": np.zeros(3)}
    block = check_health(Given(zeros), X)["se"]
    assert block.measured.gradients == {"fc.0.weight": 0.0, "fc.2.weight": 0.0}
    assert "no gradient" in block.diseases


def test_a_gradient_a_million_times_smaller_than_the_usual_one_is_none():
    for size, diseases in ((2e-6, False), (0.5e-6, True)):
        gradients = {"se.fc.0.weight": np.ones((2, 2)), "se.fc.2.weight": np.full((2, 2), size),
                     "rest.weight": np.ones((3, 2)), "rest.bias": np.full(3, (17 - 10) ** 0.5 / 3**0.5)}  # fmt: skip
        block = check_health(Given(gradients), X)["se"]
        assert block.measured.gradients["fc.2.weight"] == pytest.approx(size, rel=1e-5)
        assert ("no gradient" in block.diseases) is diseases


def test_the_gradients_of_a_real_network_by_another_way():
    """The backward pass of a copy, squares added up one by one."""
    model, x = TinyForTests(), random_images(12)
    found = {name: block.measured.gradients for name, block in check_health(model, x).items()}
    twin = TinyForTests().eval(gradients=True)
    logits = twin.forward(x)
    twin.backward(np.random.default_rng(0).standard_normal(logits.shape).astype(np.float32))
    squares = [float(g) ** 2 for array in twin.grads.values() for g in array.ravel()]
    for name, gradients in found.items():
        for weight, size in gradients.items():
            mine = [float(g) ** 2 for g in twin.grads[f"{name}.{weight}"].ravel()]
            assert size == pytest.approx(np.sqrt(np.mean(mine) / np.mean(squares)), rel=1e-5)


def test_a_gradient_of_an_earlier_backward_is_not_taken_for_todays():
    model = NotCalled(num_classes=3, widths=(8, 8), reduction=2)
    model.load_state_dict(TinyForTests().state_dict())
    stale = np.full((4, 8), 7, np.float32)
    model.children["se2"]._grads["fc.0.weight"] = stale
    fresh = NotCalled(num_classes=3, widths=(8, 8), reduction=2)
    fresh.load_state_dict(model.state_dict())
    health = check_health(model, random_images(10))
    assert health["se2"].measured.gradients == {"fc.0.weight": 0.0, "fc.2.weight": 0.0}
    assert health["se1"].measured == check_health(fresh, random_images(10))["se1"].measured  # nor in the typical size
    np.testing.assert_array_equal(model.grads["se2.fc.0.weight"], stale)  # and it is still there afterwards


def test_the_effect_is_the_change_of_the_logits_beside_their_spread():
    model, x = TinyForTests(), random_images(15)
    measured = check_health(model, x)["se2"].measured
    rng = np.random.default_rng(0)  # the gates that measuring tries
    learned = predict_logits(model, x).astype(float)
    with override_gates(model, lambda s: rng.random(s.shape).astype(np.float32), ["se2"]):
        moved = predict_logits(model, x).astype(float)
    assert measured.effect == pytest.approx(np.sqrt(np.mean((moved - learned) ** 2)) / learned.std(), rel=1e-6)
    assert measured.effect > 0.01


def with_linear(gates, weight, bias):
    model = Sequential(se=FixedGates(gates), gap=GlobalAvgPool(), fc=Linear(2, 1))
    model.params["fc.weight"][...] = weight
    model.params["fc.bias"][...] = bias
    model.children["se"].backward = lambda dout: dout
    return model


def test_logits_that_are_all_alike_do_not_make_a_finding_of_rounding():
    alike = np.full((6, 2), 0.5)
    alike[::2] += 1e-5  # beside logits of 100, what rounding does
    model = with_linear(alike, 0.0, 100.0)
    x = np.ones((6, 2, 1, 1), np.float32)
    assert "no effect" in check_health(model, x)["se"].diseases
    model.params["fc.weight"][...] = 2e-5  # moves the logits by the last digit of a float32 of 100
    with override_gates(model, constant_gates(1.0)):
        moved = predict_logits(model, x)
    assert 0 < abs(moved - predict_logits(model, x)).max() < 1e-4
    assert check_health(model, x)["se"].measured.effect == 0.0
    model.params["fc.weight"][...] = 1.0  # and now by as much as anybody can see
    block = check_health(model, x)["se"]
    assert "no effect" not in block.diseases and 0.1 < block.measured.effect < 100


def test_shares_and_means_at_their_thresholds():
    gates = np.float32([[0.0499, 0.0501, 0.4499, 0.4501, 0.5499, 0.5501, 0.9499, 0.9501],
                        [0.0000, 0.1000, 0.4400, 0.5000, 0.5000, 0.5600, 0.9000, 1.0000]])  # fmt: skip
    model = Sequential(se=FixedGates(gates), gap=GlobalAvgPool(), fc=Linear(8, 2))
    model.children["se"].backward = lambda dout: dout
    measured = check_health(model, np.ones((2, 8, 2, 2), np.float32))["se"].measured
    assert (measured.near_zero, measured.near_half, measured.near_one) == (2 / 16, 4 / 16, 2 / 16)
    assert measured.mean == pytest.approx(gates.mean(), rel=1e-6) and measured.channels == 8
    halves = abs(gates[0].astype(float) - gates[1]) / 2  # of two numbers, the standard deviation is half the distance
    assert measured.spread == pytest.approx(halves.mean()) and measured.largest_spread == pytest.approx(halves.max())
    assert measured.moving == (halves >= 0.01).sum() == 6


def test_the_table_prints_the_numbers():
    table = health_table(check_health(TinyForTests(), random_images(20))).splitlines()
    measured = check_health(TinyForTests(), random_images(20))["se1"].measured
    words = table[1].split()
    assert words[:3] == ["se1", f"{measured.mean:.2f}", f"{measured.spread:.3f}"]
    assert words[3:6] == [f"{share:.0%}" for share in (measured.near_zero, measured.near_half, measured.near_one)]
    assert words[6:] == [f"{measured.effect:.2g}", f"{min(measured.gradients.values()):.2g}"]
    assert table[0].split() == "block mean spread near 0 near 1/2 near 1 effect gradient".split()


def test_gates_held_by_somebody_else_are_measured_as_they_are():
    model, x = TinyForTests(), random_images(8)
    with override_gates(model, constant_gates(0.25), ["se1"]):
        gates = gate_values(model, x)["se1"]
        assert (gates == 0.25).all()
        with pytest.raises(ValueError, match="overridden gates"):  # there is no right gradient then
            check_health(model, x)
    assert check_health(model, x)["se1"].diseases == ()


def test_a_gate_without_ends_is_near_none():
    s = np.array([[0.0, 0.5], [0.98, 1.0]])
    assert _near(s) == 0 and _near(s, 0.5) == 0.25 and _near(s, 0.0, 1.0) == 0.75


def test_one_logit_has_no_spread_so_its_move_is_the_effect():
    model, x = TinyForTests(num_classes=1), random_images(1)
    logits = predict_logits(model, x)
    drawn = np.random.default_rng(0).random((1, 8))
    with override_gates(model, lambda s: drawn.astype(s.dtype), ["se2"]):
        moved = predict_logits(model, x)
    assert effect_of_random_gates(model, "se2", x, logits) == pytest.approx(float(abs(moved - logits)[0, 0]), rel=1e-6)
