"""A line of text keeps its height and its proportions, as far as the width allows."""

import numpy as np
import pytest

from senumpy.data import read_line

SIZES = [((48, 100), 100), ((96, 100), 50), ((20, 50), 120), ((10, 400), 192), ((7, 9), 62)]


@pytest.mark.parametrize("size, width", SIZES)
def test_the_height_is_given_and_the_width_follows(size, width):
    line = read_line(np.full((*size, 3), 51, np.uint8))
    assert line.shape == (3, 48, width) and line.dtype == np.float32
    np.testing.assert_allclose(line, 0.2)


def test_it_averages_over_what_becomes_one_pixel():
    checks = np.indices((96, 192)).sum(0) % 2 * np.uint8(255)
    assert abs(read_line(checks.astype(np.uint8)) - 0.5).max() < 0.01


def test_what_is_no_line_is_refused(tmp_path):
    with pytest.raises(ValueError, match="resample must be one of"):
        read_line(np.zeros((5, 5), np.uint8), resample="nearest")
    with pytest.raises(ValueError, match="height must be an integer of at least 1"):
        read_line(np.zeros((5, 5), np.uint8), height=0)
    with pytest.raises(FileNotFoundError):
        read_line(tmp_path / "none.png")
