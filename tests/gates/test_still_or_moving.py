"""Whether a block looks at the picture is not decided by how many channels stand still beside those that move."""

import numpy as np
import pytest
from gates.planted import FixedGates, TinyForTests, random_images

from senumpy.gates import check_health, gate_values
from senumpy.layers import GlobalAvgPool, Linear, Sequential

HALVES = np.repeat([0.0, 1.0], 20)  # 20 pictures of one kind and 20 of another


def of_gates(table):
    """Return the health of a block with these gates (pictures, channels); its weights get a gradient of 1."""
    N, C = table.shape
    model = Sequential(se=FixedGates(table), gap=GlobalAvgPool(), fc=Linear(C, 2, rng=np.random.default_rng(0)))
    block = model.children["se"]

    def backward(dout):
        block._grads = {name: np.ones_like(p) for name, p in block._params.items()}
        return dout

    block.backward = backward
    return check_health(model, np.random.default_rng(1).random((N, C, 2, 2), np.float32))["se"]


def table(channels, still_at, moving=()):
    """Return gates that stand still but for the first few, which go from one number to another at half of the time."""
    gates = np.full((40, channels), still_at)
    for c, (low, high) in enumerate(moving):
        gates[:, c] = low + (high - low) * HALVES
    return gates


@pytest.mark.parametrize("channels", [2, 3, 16, 32, 128, 1024])
@pytest.mark.parametrize("still_at", [0.5, 0.02, 0.98, 0.7])
def test_one_gate_that_switches_is_enough_at_any_width(channels, still_at):
    block = of_gates(table(channels, still_at, [(0.5, 1.0)]))
    assert block.diseases == ()
    assert f"1 of {channels} channels moves" in block.verdict and "the liveliest by 0.25" in block.verdict


def test_a_few_switching_gates_among_many():
    block = of_gates(table(128, 0.5, [(0.5, 0.0), (0.5, 1.0), (0.0, 1.0)]))
    assert block.diseases == () and "3 of 128 channels move" in block.verdict


def test_a_gate_that_switches_for_one_picture_of_a_hundred_is_seen():
    gates = np.full((100, 32), 0.5)
    gates[17, 4] = 1.0
    assert of_gates(gates).diseases == ()


def test_the_liveliest_gate_of_a_real_block_is_seen_when_all_others_stop():
    model, x = TinyForTests(), random_images(40)
    liveliest = gate_values(model, x)["se2"].std(axis=0).argmax()
    model.params["se2.fc.2.weight"][np.arange(8) != liveliest] = 0  # sigmoid(0) from now on
    block = check_health(model, x)["se2"]
    assert block.diseases == () and "1 of 8 channels moves" in block.verdict


@pytest.mark.parametrize("channels", [1, 2, 32, 1024])
@pytest.mark.parametrize(
    ("still_at", "disease", "words"),
    [(0.5, "stuck near 1/2", "100% of the gates are within 0.05 of 1/2"), (0.02, "saturated", "100% of the gates are"),
     (0.98, "saturated", "100% near 1"), (0.7, "constant", "stay as they are")],
)  # fmt: skip
def test_gates_that_move_by_rounding_stand_still(channels, still_at, disease, words):
    gates = np.float32(table(channels, still_at))
    gates[::2] = np.nextafter(gates[::2], np.float32(1))  # one step of rounding up, for every other picture
    block = of_gates(gates)
    assert block.diseases == (disease,)
    assert words in block.verdict and f"0 of {channels} channels move" in block.verdict
    assert "nothing" not in block.verdict


def test_the_threshold_of_a_single_gate_does_not_depend_on_its_neighbours():
    for channels in (2, 32, 1024):
        assert of_gates(table(channels, 0.5, [(0.48, 0.518)])).diseases == ("stuck near 1/2",)  # moves by 0.019
        assert of_gates(table(channels, 0.5, [(0.48, 0.522)])).diseases == ()  # by 0.021


def test_the_threshold_of_gates_that_all_move():
    """The standard deviation is half of the distance: 0.009 is still, 0.0125 is not."""
    for half, diseases in ((0.009, ("stuck near 1/2",)), (0.0125, ())):
        block = of_gates(table(8, 0.5, [(0.5 - half, 0.5 + half)] * 8))
        assert block.diseases == diseases
        assert block.measured.spread == pytest.approx(half, rel=1e-5) and block.measured.moving == 8 * (not diseases)


def test_most_gates_at_a_place_make_the_picture_of_the_block():
    for low, expected in ((38, "constant"), (39, "saturated")):  # of 40 channels: 95 % are not more than 95 %
        gates = np.full((40, 40), 0.7)
        gates[:, :low] = 0.01
        assert of_gates(gates).diseases == (expected,)
        gates[:, :low] = 0.54
        assert of_gates(gates).diseases == (expected.replace("saturated", "stuck near 1/2"),)
