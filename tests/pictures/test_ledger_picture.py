"""The ledger's picture: bars as long as the numbers, one colour for a kind in both panels, and what SE adds hatched."""

import io

import numpy as np
import pytest

from senumpy.ledger import build_empty, count
from senumpy.pictures import plot_ledger

LEDGER = count(build_empty("se-resnet8", reduction=2), (3, 32, 32))
HELD, WORK = LEDGER.table("held"), LEDGER.table("work")


def bars(ax):
    """By kind: the lengths of its bars from the top, in the axis's unit."""
    return {bar.get_label().strip(): [patch.get_width() for patch in bar] for bar in ax.containers}


def test_the_bars_are_the_numbers():
    figure = plot_ledger(HELD, WORK, "se-resnet8")
    for ax, numbers, unit in zip(figure.axes, (HELD, WORK), (1e3, 1e6), strict=True):
        for kind, lengths in bars(ax).items():
            np.testing.assert_allclose(lengths, [stage.get(kind, 0) / unit for stage in numbers.values()])
        assert set(bars(ax)) == {kind for stage in numbers.values() for kind in stage}
    left, right = figure.axes
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["conv1", "layer1", "layer2", "layer3", "fc"]
    assert left.yaxis_inverted() and right.yaxis_inverted()
    assert left.get_xlabel() == f"parameters, thousands: {LEDGER.parameters:,} in all"
    assert right.get_xlabel() == f"multiply-adds, millions: {LEDGER.multiply_adds:,} in all"
    shares = [float(text.get_text().strip(" %")) for text in left.texts]
    assert sum(shares) == pytest.approx(100, abs=0.3) and max(shares) == shares[3]
    figure.savefig(io.BytesIO(), dpi=30)


def test_a_kind_has_one_colour_and_se_is_hatched():
    figure = plot_ledger(HELD, WORK)
    styles = {}
    for ax in figure.axes:
        for bar in ax.containers:
            styles.setdefault(bar.get_label(), set()).add((bar[0].get_facecolor(), bar[0].get_hatch()))
    assert all(len(looks) == 1 for looks in styles.values())
    looks = [look for (look,) in styles.values()]
    assert len(set(looks)) == len(looks)
    assert {kind for kind, ((_, hatch),) in styles.items() if hatch} == {"SE: two layers", "SE: squeeze", "SE: scale"}


def test_odd_networks_can_be_drawn():
    one = {"$a$": {"_mine": 3}}
    figure = plot_ledger(one, one)
    figure.savefig(io.BytesIO(), dpi=30)
    assert figure.axes[0].get_xlabel() == "parameters, single ones: 3 in all"
    many = {f"layer {k}": {f"kind {j}": j + k for j in range(12)} for k in range(30)}
    plot_ledger(many, many).savefig(io.BytesIO(), dpi=30)
    nothing = {"relu": {}}
    plot_ledger(nothing, nothing).savefig(io.BytesIO(), dpi=30)


@pytest.mark.parametrize(("held", "work"), [({}, {}), (HELD, {}), (HELD, dict(reversed(WORK.items())))])
def test_what_does_not_belong_together_is_refused(held, work):
    with pytest.raises(ValueError, match="numbers of the same stages"):
        plot_ledger(held, work)
