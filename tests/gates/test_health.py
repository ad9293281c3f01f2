"""Each disease is planted in one block and found there, in no other block, and in no healthy model."""

import numpy as np
import pytest
from gates.planted import ForgetsTheGate, NotCalled, ThrownAway, TinyForTests, random_images, transplant

from senumpy.gates import check_health, health_table
from senumpy.gates.health import _some
from senumpy.models import TinyCNN, load_tiny_cnn
from senumpy.training import RECIPES


def not_called():
    healthy = TinyForTests()
    model = NotCalled(num_classes=3, widths=(8, 8), reduction=2)
    model.load_state_dict(healthy.state_dict())
    return model


def saturated():
    model = TinyForTests()
    w1, w2 = model.params["se2.fc.0.weight"], model.params["se2.fc.2.weight"]
    w1[:] = abs(w1)  # all hidden units alive, far out on the sigmoid: half of the gates open, half closed
    w2[:] = 300 * np.where(np.arange(8) % 2, 1, -1)[:, None]
    return model


def dead_units():
    model = TinyForTests()
    model.params["se2.fc.0.weight"][:] = -1  # the inputs of the block come from a ReLU: every hidden unit is below zero
    return model


def constant():
    """Weights so that the hidden units see hardly anything, and biases, through the override, hold the gates at 0.8."""
    model = TinyForTests()
    block = model.children["se2"]
    block.__class__ = HeldAt08
    return model


class HeldAt08(type(TinyForTests().children["se2"])):
    """A collapsed block: the same gates for all pictures, neither at 1/2 nor saturated, with gradient alive."""

    def forward(self, x):
        super().forward(x)
        *others, (x, s) = self.cache
        s = np.tile(np.linspace(0.6, 0.9, s.shape[1], dtype=s.dtype), (len(s), 1))
        self.cache, self.s = (*others, (x, s)), s
        if self.override is not None:
            self.s = self.override(s)
        return self.s[:, :, None, None] * x


PLANTED = {
    "not called": (not_called, ("not called",)),
    "no effect": (lambda: transplant(TinyForTests(), "se2", ThrownAway), ("no effect", "no gradient")),
    "saturated": (saturated, ("saturated",)),
    "stuck": (dead_units, ("stuck near 1/2", "no gradient")),
    "constant": (constant, ("constant",)),
    "no gradient": (lambda: transplant(TinyForTests(), "se2", ForgetsTheGate), ("no gradient",)),
}


@pytest.mark.parametrize("disease", PLANTED)
def test_each_planted_disease_is_found_in_its_block_and_only_there(disease):
    plant, expected = PLANTED[disease]
    health = check_health(plant(), random_images(40))
    found = health["se2"].diseases
    assert found[: len(expected)] == expected
    assert set(found) - set(expected) <= {"no gradient"}  # a flat sigmoid stops the gradient as well
    assert health["se2"].verdict.lower().startswith(expected[0])
    assert health["se1"].diseases == ()


def test_a_healthy_model_has_none():
    for seed in range(5):
        for name, health in check_health(TinyForTests(seed), random_images(40)).items():
            assert health.diseases == (), (seed, name, health.verdict)
            assert health.verdict.startswith("Healthy")


def test_a_trained_network_is_healthy_and_one_that_switches_channels_is_not_called_saturated():
    photos = check_health(load_tiny_cnn("photos"), RECIPES["photos"].task(test_per_class=8).x_test)
    assert all(block.diseases == () for block in photos.values())
    switch = TinyForTests()
    switch.params["se2.fc.2.weight"] *= 1000
    block = check_health(switch, random_images(40))["se2"]
    assert block.measured.near_zero + block.measured.near_one > 0.5
    assert "saturated" not in block.diseases


def test_the_second_block_of_the_cued_digits_is_seen_to_stay_at_one_half():
    task = RECIPES["cued-digits"].task(n_train=1, n_test=60)
    health = check_health(load_tiny_cnn("cued-digits"), task.x_test)
    assert health["se1"].diseases == () and health["se2"].diseases == ("stuck near 1/2",)


def test_measurements_by_value():
    model = TinyForTests()
    with pytest.raises(ValueError, match="at least two"):
        check_health(model, random_images(1))
    measured = check_health(model, random_images(30))["se1"].measured
    from senumpy.gates import gate_values

    s = gate_values(model, random_images(30))["se1"].astype(np.float64)
    assert measured.mean == pytest.approx(s.mean())
    assert measured.spread == pytest.approx(s.std(axis=0).mean())
    assert measured.near_half == pytest.approx(((s > 0.45) & (s < 0.55)).mean())
    assert measured.near_zero == (s < 0.05).mean() and measured.near_one == (s > 0.95).mean()


def test_the_examination_leaves_no_trace():
    model = TinyForTests()
    model.forward(random_images(4))
    model.backward(np.ones((4, 3), np.float32))
    before, grads = model.state_dict(), {name: g.copy() for name, g in model.grads.items()}
    check_health(model, random_images(20))
    assert model.training and all(model.children[name].override is None for name in ("se1", "se2"))
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    for name, g in model.grads.items():
        np.testing.assert_array_equal(g, grads[name])


def test_a_plain_model_is_refused_and_the_table_has_every_verdict():
    with pytest.raises(ValueError, match="no SE blocks"):
        check_health(TinyCNN(widths=(4,), se=False), random_images(3))
    table = health_table(check_health(not_called(), random_images(20)))
    assert "Not called" in table and "Healthy" in table and "se1" in table


def test_three_names_are_all_of_three():
    assert _some(list("abc")) == "a, b, c" and _some(list("abcde")) == "a, b, c and 2 more"


@pytest.mark.parametrize("health", [{"se1": 0.5}, [], "se1"], ids=["a number", "a list", "a word"])
def test_only_what_the_check_returns_becomes_a_table(health):
    with pytest.raises(ValueError, match="health must be what check_health returns"):
        health_table(health)
