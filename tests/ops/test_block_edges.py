"""What is done in runs of many pixels must not depend on where a run ends: sizes just below, at and above each edge."""

import numpy as np
import pytest
from comparing import assert_close

from senumpy import ops
from senumpy.ops.fast.blocks import BLOCK_BYTES, blocks
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


@pytest.mark.parametrize(
    "sample, lengths",
    [(BLOCK_BYTES // 3, [3, 3, 1]), (BLOCK_BYTES // 3 + 8, [2, 2, 2, 1]), (8 * BLOCK_BYTES, 7 * [1]), (8, [7])],
    ids=["three fit", "two fit", "none fits", "all fit"],
)
def test_a_block_holds_as_many_samples_as_fit(sample, lengths):
    """Of the first array; the others have the same samples, however large these are."""
    x, other = (np.empty((7, size), np.uint8) for size in (sample, 1))
    other[:, 0] = np.arange(7)
    found = list(blocks(x, other))
    assert [len(a) for a, _ in found] == [len(b) for _, b in found] == lengths
    assert np.concatenate([b[:, 0] for _, b in found]).tolist() == list(range(7))
    assert [len(a) for (a,) in blocks(x)] == lengths
