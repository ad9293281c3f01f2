"""Learning curves: the numbers of the history, and every word inside the figure."""

import pytest

from senumpy.pictures.learning_curves import plot_learning_curves
from senumpy.training import Epoch, History

HISTORY = History(epochs=[Epoch(k, 2.0 / k, 0.2 * k, 1.0, 2.5 / k, 0.15 * k) for k in (1, 2, 3)])


def test_the_lines_are_the_history():
    figure = plot_learning_curves({"digits": HISTORY, 40: HISTORY})
    loss, accuracy = figure.axes
    assert [list(line.get_ydata()) for line in loss.lines[:2]] == [[2.0, 1.0, 2.0 / 3], [2.5, 1.25, 2.5 / 3]]
    assert list(accuracy.lines[1].get_xdata()) == [1, 2, 3]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "digits, training", "digits, test", "40, training", "40, test"
    ]  # fmt: skip


@pytest.mark.parametrize("slip", [HISTORY, [HISTORY], {"SE": HISTORY.to_dict()}, None])
def test_what_is_no_dictionary_of_histories_is_refused(slip):
    with pytest.raises(ValueError, match="needs histories by name"):
        plot_learning_curves(slip)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_legend_lies_inside_the_figure(count):
    figure = plot_learning_curves({f"reduction {k}, learning rate 0.2": HISTORY for k in range(count)})
    figure.draw_without_rendering()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1
    inches = [ax.get_window_extent().height / figure.dpi for ax in figure.axes]
    assert min(inches) > 2.5, "a longer legend must not take its room from the curves"


@pytest.mark.parametrize("count", [0, 5])
def test_no_history_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"1 to 4 histories, got {count}"):
        plot_learning_curves({str(k): HISTORY for k in range(count)})
