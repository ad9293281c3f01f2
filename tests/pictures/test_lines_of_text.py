"""A line that is drawn, and the gates of a picture beside those of the same picture turned."""

import numpy as np
import pytest

from senumpy import pictures


def test_a_line_is_as_wide_as_its_text_and_never_cut():
    short, long = (pictures.draw_line_of_text(text) for text in ("to", "to be or not to be, $5 a_b"))
    assert short.dtype == np.uint8 and short.shape[0] == long.shape[0] == 48
    assert short.shape[1] < long.shape[1] / 3
    for line in (short, long):
        ink = line.min(axis=(0, 2)) < 100
        assert ink.any() and not ink[:4].any() and not ink[-4:].any(), "there is paper before and behind"
        assert not (line[[0, -1]] < 100).any()


def test_colours_height_and_font_are_the_callers():
    line = pictures.draw_line_of_text("ink", family="DejaVu Serif", ink="white", paper="black", height=24)
    assert line.shape[0] == 24 and line.max() > 200 and line[0].max() == 0
    assert not np.array_equal(line, pictures.draw_line_of_text("ink", ink="white", paper="black", height=24))


@pytest.mark.parametrize("text, height", [("", 48), ("  ", 48), ("two\nlines", 48), ("low", 7)])
def test_what_cannot_be_drawn_is_refused(text, height):
    with pytest.raises(ValueError, match="one line|at least 8"):
        pictures.draw_line_of_text(text, height=height)


IMAGES = np.zeros((2, 3, 4, 9))


def test_dots_stand_where_the_turned_pictures_gates_are():
    first, second = np.array([0.2, 0.9, 0.5]), np.array([0.3, 0.7, 0.5])
    figure = pictures.plot_turned_gates(IMAGES, {"_a": (first, second), "b": (first, first)}, ("$x$", "y"))
    left, right, ax, still = figure.axes
    assert left.get_title() == r"\$x\$" and right.get_title() == "y"
    line, dots = ax.lines
    np.testing.assert_array_equal(line.get_ydata(), [0.9, 0.5, 0.2])
    np.testing.assert_array_equal(dots.get_ydata(), [0.7, 0.5, 0.3])
    assert ax.get_title().strip() == "_a: 3 channels, apart by 0.100"
    assert still.get_title() == "b: 3 channels, apart by 0.000"


@pytest.mark.parametrize(
    "gates, captions",
    [
        ({}, [*"ab"]),
        ({"a": [np.ones(3)]}, [*"ab"]),
        ({"a": np.ones((2, 3))}, ["a"]),
        ({"a": [np.ones(3), np.ones(2)]}, [*"ab"]),
    ],
)
def test_two_of_each_are_needed(gates, captions):
    with pytest.raises(ValueError, match="two pictures|for each of 2"):
        pictures.plot_turned_gates(IMAGES, gates, captions)
