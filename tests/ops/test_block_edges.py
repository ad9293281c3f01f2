"""What is done in runs of many pixels must not depend on where a run ends: sizes just below, at and above each edge."""

import numpy as np
import pytest
from comparing import assert_close

from senumpy import ops
from senumpy.ops.fast.pixels import RUN


@pytest.mark.parametrize("rows", [RUN - 1, RUN, RUN + 1, 2 * RUN, 2 * RUN + 1])
def test_sums_over_rows_have_all_of_them(rows):
    x = np.random.default_rng(0).standard_normal((2, 3, rows, 2))
    s = np.ones((2, 3))
    assert_close(ops.global_avg_pool_forward(x)[0], x.mean(axis=(2, 3)))
    _, ds = ops.scale_backward(x, ops.scale_forward(x, s)[1])
    assert_close(ds, (x * x).sum(axis=(2, 3)), what="ds")
    running = np.zeros(3)
    ops.batch_norm_forward(x, s[0], 0 * s[0], running, s[0].copy(), training=True, momentum=1.0)
    assert_close(running, x.mean(axis=(0, 2, 3)), what="the running mean")
