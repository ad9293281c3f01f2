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
    rows = dict(line.rsplit(None, 1) for line in page.splitlines()[-5:])
    assert float(rows["the network's own gates"]) > 0.9
    assert float(rows["all gates 1"]) == 0.5
