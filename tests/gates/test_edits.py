"""Edits of the picture by value; what goes in is never changed."""

import numpy as np
import pytest

from senumpy.gates import GREY, SWAP_RED_BLUE, adjust_brightness, erase, gaussian_blur, mix_channels


def image(shape=(2, 3, 6, 5)):
    return np.random.default_rng(0).random(shape).astype(np.float32)


EDITS = {
    "erase": lambda x: erase(x, 1, 2, 3, 2),
    "mix_channels": lambda x: mix_channels(x, GREY),
    "adjust_brightness": lambda x: adjust_brightness(x, 0.5),
    "gaussian_blur": lambda x: gaussian_blur(x, 1.0),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_batches_and_single_pictures_agree_and_the_input_stays(edit):
    x = image()
    before = x.copy()
    out = edit(x)
    np.testing.assert_array_equal(x, before)
    assert out.dtype == np.float32 and out.shape == x.shape and out.min() >= 0 and out.max() <= 1
    assert not np.shares_memory(out, x) and abs(out - x).max() > 0.01
    np.testing.assert_allclose(edit(x[1]), out[1], rtol=1e-6)


def test_occlude_covers_the_rectangle_and_nothing_else():
    x = image()
    out = erase(x, 1, 2, 3, 2, colour=[1, 0, 0.5])
    np.testing.assert_array_equal(out[1, :, 1:4, 2:4], np.float32([1, 0, 0.5])[:, None, None] * np.ones((3, 3, 2)))
    out[..., 1:4, 2:4] = x[..., 1:4, 2:4]
    np.testing.assert_array_equal(out, x)
    mean = erase(x, 0, 0, 2, 2)
    np.testing.assert_allclose(mean[1, 2, :2, :2], x[1, 2].mean(), rtol=1e-6)


@pytest.mark.parametrize("box", [(0, 0, 7, 1), (0, 4, 1, 2)])
def test_a_rectangle_outside_the_picture_is_refused(box):
    with pytest.raises(ValueError, match="within 6 x 5"):
        erase(image(), *box)


def test_recolour_swaps_mixes_and_casts():
    x = image()
    np.testing.assert_array_equal(mix_channels(x, SWAP_RED_BLUE), x[:, ::-1])
    grey = mix_channels(x, GREY)
    np.testing.assert_allclose(grey, np.repeat(x.mean(axis=1, keepdims=True), 3, axis=1), rtol=1e-6)
    np.testing.assert_allclose(mix_channels(x, [1, 0.5, 0])[0, 1], 0.5 * x[0, 1])
    with pytest.raises(ValueError, match="3, 3"):
        mix_channels(x, np.eye(2))
    with pytest.raises(ValueError, match="3, 3"):
        mix_channels(x[:, :1], GREY)


def test_light_multiplies_and_clips():
    x = image()
    np.testing.assert_allclose(adjust_brightness(x, 3.0), np.minimum(3 * x, 1), rtol=1e-6)
    assert not adjust_brightness(x, 0).any(), "no light at all is a light, too"
    with pytest.raises(ValueError, match="negative"):
        adjust_brightness(x, -1)
    for factor in (np.nan, np.inf):
        with pytest.raises(ValueError, match="a number"):
            adjust_brightness(x, factor)


def test_blur_spreads_a_point_as_a_gaussian_and_keeps_what_is_even():
    x = np.zeros((1, 21, 21))
    x[0, 10, 10] = 1
    out = gaussian_blur(x, 2.0)[0]
    rows = np.arange(21) - 10
    assert out.sum() == pytest.approx(1)
    assert np.sqrt((out.sum(axis=1) * rows**2).sum()) == pytest.approx(2.0, rel=0.03)
    np.testing.assert_allclose(out, out.T, atol=1e-15)
    np.testing.assert_allclose(gaussian_blur(np.full((3, 7, 5), 0.3), 1.5), 0.3)
    with pytest.raises(ValueError, match="above 0"):
        gaussian_blur(x, 0)
    for sigma in (np.nan, np.inf):
        with pytest.raises(ValueError, match="a number"):
            gaussian_blur(x, sigma)


def test_integers_and_single_channels_without_an_axis_are_refused():
    for x in (np.zeros((3, 4, 4), np.uint8), np.zeros((4, 4))):
        with pytest.raises(ValueError, match="floating-point"):
            adjust_brightness(x, 1.0)
