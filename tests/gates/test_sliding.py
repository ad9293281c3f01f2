"""The sliding window looks where it says it looks."""

import numpy as np
import pytest
from gates.planted import TinyForTests, random_images

from senumpy.data import read_image
from senumpy.gates import CAT_REGIONS, SlidingGates, gate_values, predict_logits, region_contrast, sliding_gates
from senumpy.models import load_tiny_cnn
from senumpy.pictures import plot_sliding_gates


def test_every_place_holds_the_gates_of_the_window_cut_out_there():
    model, image = TinyForTests(), random_images(1, size=20)[0, :, :, :17]
    sliding = sliding_gates(model, image, window=8, stride=3)
    assert sliding.tops.tolist() == [0, 3, 6, 9, 12] and sliding.lefts.tolist() == [0, 3, 6, 9]
    for i, top in enumerate(sliding.tops):
        for j, left in enumerate(sliding.lefts):
            window = image[None, :, top : top + 8, left : left + 8]
            np.testing.assert_allclose(sliding.gates["se2"][i, j], gate_values(model, window)["se2"][0], rtol=1e-5)
            np.testing.assert_allclose(sliding.logits[i, j], predict_logits(model, window)[0], rtol=1e-4, atol=1e-5)


def test_a_window_as_large_as_the_picture_has_one_place():
    assert sliding_gates(TinyForTests(), random_images(1)[0], window=8).gates["se1"].shape == (1, 1, 8)


def test_a_window_is_as_large_as_the_networks_pictures_unless_told():
    sliding = sliding_gates(TinyForTests(), random_images(1, size=50)[0])
    assert sliding.window == 32 and sliding.tops.tolist() == sliding.lefts.tolist() == [0, 8, 16]


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        sliding_gates(TinyForTests(), random_images(1)[0], window=9, stride=1)


def known(s):
    """Gates at tops and lefts 0, 10, 20 under a window of 10: centres at 5, 15, 25."""
    places = np.array([0, 10, 20])
    return SlidingGates({"se": np.asarray(s, dtype=float)[..., None]}, np.zeros((3, 3, 2)), places, places, 10)


def test_contrast_by_value():
    s = np.zeros((3, 3))
    s[1, 1] = 0.9
    contrast = region_contrast(known(s), "se", (12, 12, 6, 6))  # the centre (15, 15) only
    np.testing.assert_allclose(contrast, [0.9 / np.std(s)])
    np.testing.assert_allclose(region_contrast(known(-s), "se", (12, 12, 6, 6)), [-0.9 / np.std(s)])
    np.testing.assert_array_equal(region_contrast(known(np.full((3, 3), 0.5)), "se", (12, 12, 6, 6)), [0.0])


def test_gates_that_move_by_rounding_or_hardly_at_all_have_no_contrast():
    rng = np.random.default_rng(0)
    ulp = np.nextafter(np.float32(0.5), np.float32(1)) - np.float32(0.5)
    region = (12, 12, 6, 6)
    for still in (0.5 + ulp * rng.integers(-1, 2, (3, 3)), 0.9995 + 0.0004 * rng.random((3, 3)), np.full((3, 3), 0.3)):
        np.testing.assert_array_equal(region_contrast(known(still), "se", region), [0.0])
    small = np.zeros((3, 3))
    small[1, 1] = 0.005  # moves by 0.0016: little, and no rounding
    np.testing.assert_allclose(region_contrast(known(small), "se", region), [0.005 / np.std(small)])


def test_a_map_of_a_still_gate_is_of_one_colour():
    rng = np.random.default_rng(0)
    still = known(0.5 + 1e-7 * rng.random((3, 3)))
    figure = plot_sliding_gates(random_images(1, size=30)[0], still, "se")
    low, high = figure.axes[1].images[0].get_clim()
    assert high - low >= 1e-3 and low <= 0.5 <= high


@pytest.mark.parametrize("region", [(6, 6, 2), (6, 6, 2, 2, 2), 6])
def test_a_region_has_four_numbers(region):
    with pytest.raises(ValueError, match=r"region must be \(top, left, height, width\) in pixels"):
        region_contrast(known(np.zeros((3, 3))), "se", region)


def test_a_region_that_holds_no_centre_or_all_of_them_is_refused():
    for region in ((6, 6, 2, 2), (0, 0, 30, 30)):
        with pytest.raises(ValueError, match="centre in the region"):
            region_contrast(known(np.zeros((3, 3))), "se", region)


def test_the_shipped_network_notices_the_eyes_of_the_cat():
    sliding = sliding_gates(load_tiny_cnn("photos"), read_image("cat"), stride=12)
    left, right = (region_contrast(sliding, "se2", CAT_REGIONS[eye]) for eye in ("left eye", "right eye"))
    assert left.max() > 1 and right[left.argmax()] > 0
