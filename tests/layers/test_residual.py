"""The residual unit: two paths, three where an SE block stands at the head of the branch."""

import numpy as np
import pytest
from comparing import assert_close

from senumpy.layers import Conv2d, PaddedShortcut, ReLU, ResidualUnit, SEBlock


def conv(F=3, **options):
    return Conv2d(3, F, 3, padding=1, bias=False, dtype=np.float64, **options)


def test_the_paths_add_up():
    """Every path alone, as a unit without the other; together the sum."""
    branch = conv()
    x, dout = np.random.default_rng(0).standard_normal((2, 2, 3, 5, 4))
    unit = ResidualUnit({"conv": branch})
    assert_close(unit.forward(x), branch.forward(x) + x)
    assert_close(unit.backward(dout), branch.backward(dout) + dout)


def test_three_paths_lead_back_where_se_stands_at_the_head():
    x, dout = np.random.default_rng(1).standard_normal((2, 2, 3, 5, 4))
    se, after = SEBlock(3, 1, dtype=np.float64), conv()
    unit = ResidualUnit({"se": se, "conv": after})
    unit.forward(x)
    dx = unit.backward(dout)
    d_scaled = after.backward(dout)  # of the branch behind the block
    through_scale = d_scaled * se.s[:, :, None, None]
    through_gate = se.backward(d_scaled) - through_scale
    assert np.ptp(through_gate, axis=(2, 3)).max() < 1e-12 < np.abs(through_gate).max(), "one number a channel"
    assert_close(dx, dout + through_scale + through_gate)


def test_shapes_that_cannot_be_added_are_named():
    x = np.zeros((2, 3, 5, 4))
    with pytest.raises(ValueError, match=r"branch gives \(2, 1, 5, 4\).*shortcut \(2, 3, 5, 4\).*projection"):
        ResidualUnit({"conv": conv(F=1)}).forward(x)  # (1 channel would broadcast)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (({},), "no layers"),
        (([conv()],), "branch must be a dictionary.*list"),
        (({"conv": conv()}, {"conv": conv()}), "'conv' is there twice"),
        (({"relu": ReLU},), "class ReLU itself"),
    ],
)
def test_what_is_no_unit_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        ResidualUnit(*arguments)


@pytest.mark.parametrize("size", [(5, 4), (4, 7), (1, 1)])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_the_padded_shortcut_is_a_convolution_with_ones_on_the_diagonal(stride, size):
    layer, twin = PaddedShortcut(5, stride), Conv2d(3, 5, 1, stride, bias=False, dtype=np.float64)
    twin.params["weight"] = np.eye(5, 3)[:, :, None, None]
    x = np.random.default_rng(0).standard_normal((2, 3, *size))
    out = layer.forward(x)
    dout = np.random.default_rng(1).standard_normal(out.shape)
    np.testing.assert_array_equal(out, twin.forward(x))
    np.testing.assert_array_equal(layer.backward(dout), twin.backward(dout))
    with pytest.raises(ValueError, match="dout must have shape"):
        layer.backward(dout[:, :3])


def test_the_padded_shortcut_cannot_take_channels_away():
    with pytest.raises(ValueError, match="x has 3.*out_channels is 2"):
        PaddedShortcut(2).forward(np.zeros((1, 3, 2, 2)))
