"""What the gates of the text direction network do is measured, on lines of every font and colour."""

import numpy as np
import pytest

from benchmarks import text_direction

pytestmark = pytest.mark.slow


def test_every_line_is_there_upright_and_turned():
    x, labels = text_direction.lines_of_text(20)
    assert x.shape == (40, 3, 48, 192) and list(labels[:4]) == [0, 1, 0, 1]
    width = int(np.flatnonzero((x[0] != 0).any(axis=(0, 1)))[-1]) + 1
    np.testing.assert_array_equal(x[1][:, ::-1, :width][:, :, ::-1], x[0][:, :, :width])


def test_the_page_tells_what_the_gates_do():
    page = text_direction.report(20)
    rows = {what: numbers for what, *numbers in (line.rsplit(None, 3) for line in page.splitlines()[-5:])}
    own = float(rows["the network's own gates"][0])
    assert own > 0.9 and rows["the network's own gates"][1:] == ["0", "0"]
    assert float(rows["all gates 1"][0]) == 0.5
    for share, lost, gained in rows.values():
        assert float(share) == pytest.approx(own + (int(gained) - int(lost)) / 40, abs=0.001)
