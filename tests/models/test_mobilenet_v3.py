"""The text direction network: the numbers of the original, gradients beside PyTorch's, and what would be wrong."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from gradients import along_one_direction

from senumpy import gates
from senumpy.data import read_line
from senumpy.gradcheck import against_torch, check_layer
from senumpy.layers import HardSwish, ResidualUnit, SEBlock, Sequential
from senumpy.models import LINES_OF_TEXT, TextDirection, build_model, load_text_direction, mobilenet_v3

REFERENCE = Path(__file__).with_name("text_direction_reference.npz")  # ONNX Runtime's answers, see shipped_weights
TOLERANCE = 2e-6


@pytest.fixture(scope="module")
def reference():
    with np.load(REFERENCE) as arrays:
        return dict(arrays)


def probabilities(model, x):
    logits = gates.predict_logits(model, x)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def normalised(x):
    """From bytes in the order blue, green, red, as `LINES_OF_TEXT` does it from colours in ours."""
    how = replace(LINES_OF_TEXT, width=x.shape[-1])  # the noise is wider
    return np.stack([how(line[::-1].astype(np.float32) / 255) for line in x])


@pytest.mark.parametrize("kind", ["text", "noise"])
def test_it_gives_the_probabilities_of_the_original(kind, reference):
    ours = probabilities(load_text_direction(), normalised(reference[kind]))
    np.testing.assert_allclose(ours, reference[f"{kind}_probabilities"], rtol=0, atol=TOLERANCE)
    if kind == "text":
        np.testing.assert_array_equal(ours.argmax(axis=1), reference["text_labels"])


def far_off(model, x, reference):
    return abs(probabilities(model, x) - reference["noise_probabilities"]).max() > 1000 * TOLERANCE


def test_another_slope_of_the_gates_would_be_noticed(reference):
    model = load_text_direction()
    for block in gates.se_blocks(model).values():
        assert block.slope == 0.2
        block.slope = 1 / 6
    assert far_off(model, normalised(reference["noise"]), reference)


def test_another_order_of_the_colours_would_be_noticed(reference):
    assert far_off(load_text_direction(), normalised(reference["noise"][:, ::-1]), reference)


def test_it_is_the_same_network_in_pytorch():
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    model = load_text_direction()
    x = np.random.default_rng(0).standard_normal((3, 3, 35, 41))
    for mode in (model.eval(gradients=True), model.train()):
        comparison = against_torch(mode, x)
        assert {"out", "x", "block11.se.fc.0.weight", "fc.bias"} <= set(comparison.lines)
        assert comparison.close, comparison


@pytest.mark.parametrize("stride, kind", [(1, ResidualUnit), pytest.param((2, 1), Sequential, marks=pytest.mark.slow)])
def test_a_narrow_units_gradients_are_the_numerical_ones(stride, kind):
    rng = np.random.default_rng(1)
    conv_norm = partial(mobilenet_v3._conv_norm_act, rng=rng, dtype=np.float64)
    unit = mobilenet_v3._unit(4, mobilenet_v3.Row(8, 4, 3, True, HardSwish, stride), conv_norm, rng, np.float64)
    assert type(unit) is kind
    report = check_layer(unit, rng.standard_normal((2, 4, 5, 6)), rng=rng, max_entries=6)
    assert all(tensor.status == "PASS" for tensor in report.tensors.values()), report


@pytest.mark.slow
def test_the_gradients_of_all_of_it():
    rng = np.random.default_rng(2)
    model, x = TextDirection(rng=rng, dtype=np.float64), rng.standard_normal((3, 3, 33, 5))
    for name, slope, backward, largest in along_one_direction(model, x, rng.standard_normal((3, 2)), rng):
        assert abs(slope - backward) < 1e-11 * largest, name


def test_nine_of_its_eleven_units_have_blocks_and_seven_go_around():
    model = load_text_direction()
    assert list(gates.se_blocks(model)) == [f"block{i}.se" for i in (1, 4, 5, 6, 7, 8, 9, 10, 11)]
    units = [type(layer).__name__ for name, layer in model.children.items() if name.startswith("block")]
    assert units.count("ResidualUnit") == 7
    assert model.count_parameters() == 129_356
    assert sum(a.size for a in model.state_dict().values()) == 133_628


def test_an_image_that_is_too_small_is_refused_in_words():
    model = TextDirection()
    assert model.forward(np.zeros((1, 3, 33, 3), np.float32)).shape == (1, 2)
    for size in ((32, 192), (48, 2)):
        with pytest.raises(ValueError, match=f"too small.*{size[0]} x {size[1]} pixels.*least is 33 x 3"):
            model.forward(np.zeros((1, 3, *size), np.float32))


def test_its_name_builds_it_untrained():
    model = build_model("text-direction", rng=np.random.default_rng(0))
    assert isinstance(model, TextDirection) and model.training
    assert all(isinstance(block, SEBlock) for block in gates.se_blocks(model).values())


def test_what_its_weights_want_is_said_in_words_and_done():
    assert "blue, green, red" in str(LINES_OF_TEXT) and "48 pixels" in str(LINES_OF_TEXT)
    x = LINES_OF_TEXT(np.array([1.0, 0.5, 0.0], np.float32).reshape(3, 1, 1).repeat(48, axis=1))
    assert x.shape == (3, 48, 192) and x.dtype == np.float32
    np.testing.assert_array_equal(x[:, 7, 0], [-1, 0, 1])
    assert not x[:, :, 1:].any(), "what is left of the width is zero after the mean is taken off"


@pytest.mark.parametrize("shape", [(3, 47, 10), (3, 48, 193), (2, 3, 1, 9)], ids=str)
def test_what_is_no_line_of_that_height_is_refused(shape):
    with pytest.raises(ValueError, match="48 pixels high and at most 192 wide.*read_line"):
        LINES_OF_TEXT(np.zeros(shape, np.float32))


@pytest.mark.parametrize("option, value", [("height", 0), ("width", 1.5), ("resample", "nearest"), ("std", (0, 1, 1))])
def test_a_preprocessing_of_no_size_is_refused(option, value):
    with pytest.raises(ValueError, match=option):
        replace(LINES_OF_TEXT, **{option: value})


def test_reader_and_preprocessing_make_the_very_input_of_the_reference(reference):
    """Its lines are as high and as wide as the network wants them, so nothing is resized: the same bits."""
    pictures = reference["text"].transpose(0, 2, 3, 1)[..., ::-1]  # blue, green, red -> red, green, blue
    x = np.stack([LINES_OF_TEXT(read_line(picture)) for picture in pictures])
    given = (reference["text"].astype(np.float32) / 255 - np.float32(0.5)) / np.float32(0.5)
    assert x.dtype == np.float32 and x.tobytes() == given.tobytes()


def test_the_lines_of_the_reference_too_would_notice_the_order_and_the_slope(reference):
    """They are coloured, each of them. (The answers stay right; the probabilities do not.)"""
    text, right = reference["text"], reference["text_probabilities"]
    assert abs(text[:, 0].astype(int) - text[:, 2]).max(axis=(1, 2)).min() > 10
    model = load_text_direction()
    assert abs(probabilities(model, normalised(text[:, ::-1])) - right).max() > 1e-3
    for block in gates.se_blocks(model).values():
        block.slope = 1 / 6
    assert abs(probabilities(model, normalised(text)) - right).max() > 0.05


def test_se_stands_behind_the_activation():
    """By numbers of two channels of two pixels, identity layers inside the block, slope 1/6."""
    unit = Sequential(act=HardSwish(), se=SEBlock(2, hidden=2, gate="hard_sigmoid", dtype=np.float64))
    for name in ("fc.0.weight", "fc.2.weight"):
        unit.params[f"se.{name}"] = np.eye(2)
    u = np.array([[-6.0, 2.0], [1.0, 1.0]]).reshape(1, 2, 1, 2)
    np.testing.assert_allclose(unit.forward(u).ravel(), [0, 1.064815, 0.407407, 0.407407], atol=1e-6)
    for row, unit in zip(mobilenet_v3.ROWS, list(load_text_direction().children.values())[1:12], strict=True):
        assert list(unit.children) == ["expand", "depthwise", *(["se"] if row.se else []), "project"]
        assert list(unit.children["depthwise"].children) == ["conv", "bn", "act"]
