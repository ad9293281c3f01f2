"""The pictures show the numbers of the check: a V for a right gradient, a flat line for a wrong one, red cells."""

import numpy as np
import pytest

from senumpy.gradcheck import check, step_errors
from senumpy.mistakes import MISTAKES
from senumpy.pictures import plot_error_map, plot_v_curve, plot_verdicts

X = np.random.default_rng(0).standard_normal((3, 4))


def forward(x, w):
    return np.sin(x) * w, (x, w)


def backward(dout, cache):
    x, w = cache
    return dout * w * np.cos(x), dout * np.sin(x)


def wrong(dout, cache):
    dx, dw = backward(dout, cache)
    dx[1, 2] *= 3
    return dx, dw


INPUTS = {"x": X, "w": 1 + X**2}


def curves(ax):
    return {line.get_label(): line.get_xydata().T for line in ax.lines}


def test_v_curve_of_a_right_gradient():
    figure = plot_v_curve(step_errors(forward, backward, INPUTS))
    (ax,) = figure.axes
    lines = curves(ax)
    assert list(lines) == ["forward", "central", "five point", "complex step"]
    for method, best in {"forward": 1e-6, "central": 1e-8, "five point": 1e-10}.items():
        h, error = lines[method]
        lowest = np.argmin(error)
        assert error[lowest] < best
        assert error[0] > 1e3 * error[lowest] and error[-1] > 1e3 * error[lowest]  # both branches of the V
    h, error = lines["complex step"]
    assert error[h < 1e-9].max() < 1e-14  # no left branch
    assert figure.canvas.manager is None  # made without pyplot


def test_v_curve_of_a_wrong_gradient_is_flat():
    figure = plot_v_curve(step_errors(forward, backward, INPUTS, wrong=wrong))
    right, flat = figure.axes
    assert curves(right)["central"][1].min() < 1e-8
    report = check(forward, wrong, INPUTS)
    for label, (h, error) in curves(flat).items():
        middle = error[(h > 1e-9) & (h < 1e-2)]
        assert middle.min() > 0.01 and middle.max() < 1.1 * middle.min(), label
    assert 0.3 < middle[0] / report.tensors["x"].error < 3


def test_v_curve_leaves_out_the_complex_step_where_forward_does_not_take_it():
    def real_forward(x):
        out = np.zeros(3)
        out[:] = x * x  # an assignment that would drop the imaginary part
        return out, x

    measured = step_errors(real_forward, lambda dout, x: 2 * x * dout, {"x": np.array([1.0, 2.0, 3.0])})
    (ax,) = plot_v_curve(measured).axes
    assert list(curves(ax)) == ["forward", "central", "five point"]


def test_v_curve_has_a_gap_where_a_step_leaves_the_domain():
    measured = step_errors(lambda x: (np.log(x), x), lambda dout, x: dout / x, {"x": np.array([0.1, 0.2])})
    (ax,) = plot_v_curve(measured).axes
    h, error = curves(ax)["central"]
    assert np.isnan(error[-1]) and np.nanmin(error) < 1e-8


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda dout, cache: (dout[0], dout), r"dx must have the shape of x, \(3, 4\), got shape \(4,\)"),
        (lambda dout, cache: (None, dout), "got None"),
        (lambda dout, cache: dout, "must return 2 gradients"),
    ],
)
def test_what_is_no_gradient_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        step_errors(forward, backward, INPUTS, wrong=wrong)


def cells(figure):
    return np.ma.filled(figure.axes[0].images[0].get_array().astype(float), np.nan)


def test_error_map_shows_the_wrong_entry():
    report = check(forward, wrong, INPUTS)
    figure = plot_error_map(report)
    assert figure.axes[0].get_title() == "dx: FAIL, 1 of 12 entries are wrong"
    error = cells(figure)
    assert error.shape == (3, 4)
    assert error[1, 2] == pytest.approx(report.tensors["x"].error)
    assert np.sum(error > 1e-10) == 1
    assert plot_error_map(report, "w").axes[0].get_title() == "dw: PASS, 0 of 12 entries are wrong"


def test_error_map_lays_images_out_as_tiles():
    x = np.random.default_rng(1).standard_normal((2, 3, 4, 5))

    def wrong_in_one_channel(dout, x):
        dx = 2 * dout * x
        dx[1, 2, 3, 0] += 1
        return dx

    figure = plot_error_map(check(lambda x: (x * x, x), wrong_in_one_channel, {"x": x}))
    error = cells(figure)
    assert error.shape == (2 * 5 - 1, 3 * 6 - 1)  # a gap of one cell between tiles
    assert np.isnan(error[4]).all() and np.isnan(error[:, 5]).all()
    assert np.argwhere(error > 1e-10).tolist() == [[5 + 3, 2 * 6]]
    figure.draw_without_rendering()


@pytest.mark.parametrize("shape", [(), (6,), (2, 3, 4), (2, 2, 2, 3, 4)])
def test_error_map_of_every_rank(shape):
    x = np.asarray(np.random.default_rng(2).standard_normal(shape))
    figure = plot_error_map(check(lambda x: (x * x, x), lambda dout, x: 3 * dout * x, {"x": x}))
    assert np.sum(cells(figure) > 1e-10) == x.size


def test_error_map_leaves_white_what_was_not_checked():
    report = check(forward, wrong, INPUTS, max_entries=5)
    error = cells(plot_error_map(report, "x"))
    assert np.isfinite(error).sum() == 5


def test_error_map_refuses():
    report = check(forward, lambda dout, cache: (dout[0], dout), INPUTS)
    with pytest.raises(ValueError, match=r"entry by entry: dx has shape \(4,\), x has \(3, 4\)"):
        plot_error_map(report, "x")
    with pytest.raises(ValueError, match="one of x, w, got 'b'"):
        plot_error_map(report, "b")


def test_verdicts_show_every_report_once():
    def misshapen(dout, cache):
        return dout[0], dout

    right = {"product": [check(forward, backward, INPUTS, rng=np.random.default_rng(k)) for k in range(3)]}
    blind = check(forward, backward, {**INPUTS, "x": 0 * X})
    relu = MISTAKES["relu_in_place"]  # right numbers, but it writes into dout
    in_place = check(relu.forward, relu.backward, relu.probe)
    planted = {
        "product": [check(forward, wrong, INPUTS), in_place, check(forward, misshapen, INPUTS)],
        "hidden": [blind],
    }
    figure = plot_verdicts(right, planted)
    ax = figure.axes[0]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["3 right pairs: PASS", "1 planted mistake: INCONCLUSIVE", "3 planted mistakes: FAIL"]
    assert [len(points.get_offsets()) for points in ax.collections] == [3, 1, 3]
    fails = ax.collections[2].get_offsets()[:, 0]
    assert fails[0] == pytest.approx(planted["product"][0].worst.error / 1e-10)
    assert fails[1] <= 1 < fails[2]
    assert "right numbers, broken promise" in [text.get_text() for text in ax.texts]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["product", "hidden"]
    figure.draw_without_rendering()
