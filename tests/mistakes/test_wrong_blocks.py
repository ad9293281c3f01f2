"""Wrong blocks pass a gradient check, as they must; their values, shapes or vanishing gradients give them away."""

import numpy as np
import pytest

from senumpy.gradcheck import check
from senumpy.mistakes import WRONG_BLOCKS

ZERO_GRADIENTS = {"never_called": ("w1", "b1", "w2", "b2"), "squeeze_feeds_both_layers": ("w1", "b1")}


def run(name, **changed):
    block = WRONG_BLOCKS[name]
    return block.forward(**{**block.probe, **changed})[0]


@pytest.mark.parametrize("name", WRONG_BLOCKS)
def test_the_gradients_are_right(name):
    block = WRONG_BLOCKS[name]
    report = check(block.forward, block.backward, block.probe)
    wrong = [tensor.name for tensor in report.tensors.values() if tensor.status == "FAIL"]
    assert not wrong and not report.failures, report
    assert report.status == ("INCONCLUSIVE" if name in ZERO_GRADIENTS else "PASS")
    for weights in ZERO_GRADIENTS.get(name, ()):
        assert any(f"gradient of {weights} is zero everywhere" in spot for spot in report.blind_spots)


@pytest.mark.parametrize("name", WRONG_BLOCKS)
def test_the_values_are_not(name):
    block = WRONG_BLOCKS[name]
    right, _ = block.right[0](**block.right_probe)
    assert np.array_equal(block.probe["x"], block.right_probe["x"])
    assert right.shape == run(name).shape
    assert np.abs(run(name) - right).max() > 0.01
    assert check(*block.right, block.right_probe, max_entries=20).status != "FAIL"


def test_reduction_taken_as_a_width():
    block = WRONG_BLOCKS["reduction_as_width"]
    assert block.probe["w1"].shape == (2, 6)
    assert block.right_probe["w1"].shape == (3, 6)
    assert block.source.startswith("def make_weights(channels, reduction, rng):")


def test_no_hidden_units():
    """C // r is 0: whatever the image, the gates are one half."""
    x = np.random.default_rng(0).standard_normal((2, 6, 3, 3))
    assert np.array_equal(run("no_hidden_units", x=x), x / 2)
    assert not np.allclose(run("no_hidden_units", x=x, reduction=3), x / 2)


def gates(name):
    return run(name) / WRONG_BLOCKS[name].probe["x"]


def test_one_gate_for_all():
    s = gates("one_gate_for_all")
    assert np.allclose(s, s[:, :1, :1, :1])
    assert np.ptp(s[:, 0, 0, 0]) > 0.01


def test_pooling_never_called():
    block = WRONG_BLOCKS["pooling_never_called"]
    x = block.probe["x"]
    shuffled = x[:, :, ::-1, ::-1]
    for forward, same in ((block.forward, False), (block.right[0], True)):
        before, after = (forward(**{**block.probe, "x": image})[0] / image for image in (x, shuffled))
        assert np.allclose(before, after) == same


def test_broadcasting_needs_coinciding_sizes():
    x = WRONG_BLOCKS["accidental_broadcast"].probe["x"]
    with pytest.raises(ValueError, match="broadcast"):
        run("accidental_broadcast", x=x[:3])


@pytest.mark.parametrize("name", WRONG_BLOCKS)
def test_entries_are_complete(name):
    block = WRONG_BLOCKS[name]
    assert block.name == name and name in repr(block)
    assert block.what.endswith(".") and block.story.endswith(".") and block.tell.endswith(".")
    assert name not in block.source
    compile(block.source, name, "exec")
