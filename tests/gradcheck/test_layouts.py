"""The same numbers in another order of memory are the same input."""

import numpy as np
import pytest
from gradcheck.pairs import normal
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from senumpy.gradcheck import check

IMAGES = normal(2, 3, 5, 6)
CONV = {"x": IMAGES, "w": np.random.default_rng(1).standard_normal((4, 3, 2, 3))}


def windows_by_hand(x, KH, KW):
    """The classical im2col, which works out the strides from the shape."""
    N, C, H, W = x.shape
    s = x.itemsize
    strides = (C * H * W * s, H * W * s, W * s, s)
    return as_strided(x, (N, C, H - KH + 1, W - KW + 1, KH, KW), (*strides, W * s, s))


def windows_of_eight_bytes(x, KH, KW):
    N, C, H, W = x.shape
    sN, sC, sH, sW = (s // x.itemsize * (16 if np.iscomplexobj(x) else 8) for s in x.strides)
    return as_strided(x, (N, C, H - KH + 1, W - KW + 1, KH, KW), (sN, sC, sH, sW, sH, sW))


def windows_by_strides(x, KH, KW):
    N, C, H, W = x.shape
    sN, sC, sH, sW = x.strides
    return as_strided(x, (N, C, H - KH + 1, W - KW + 1, KH, KW), (sN, sC, sH, sW, sH, sW))


def windows_by_library(x, KH, KW):
    return sliding_window_view(x, (KH, KW), (2, 3))


def convolution(windows):
    def forward(x, w):
        return np.einsum("nchwij,fcij->nfhw", windows(x, *w.shape[2:]), w), (x, w)

    def backward(dout, cache):
        x, w = cache
        KH, KW = w.shape[2:]
        padded = np.pad(dout, ((0, 0), (0, 0), (KH - 1, KH - 1), (KW - 1, KW - 1)))
        dx = np.einsum("nfhwij,fcij->nchw", windows_by_library(padded, KH, KW), w[:, :, ::-1, ::-1])
        return dx, np.einsum("nchwij,nfhw->fcij", windows_by_library(x, KH, KW), dout)

    return forward, backward


def mask_in_memory_order(x):
    keep = np.arange(x.size) % 3 > 0
    return (x.ravel("K") * keep).reshape(x.shape), keep


def dout_in_memory_order(dout, x):
    return (dout.ravel("K") * (2 * x).ravel()).reshape(x.shape)


def bytes_of_dout(dout, x):
    return 2 * x * np.frombuffer(dout.tobytes("A"), dout.dtype).reshape(x.shape)


WRONG = {
    "as_strided with strides worked out": (*convolution(windows_by_hand), CONV),
    "a mask in memory order": (mask_in_memory_order, lambda d, keep: d * keep.reshape(d.shape), {"x": IMAGES}),
    "dout in memory order": (lambda x: (x**2, x), dout_in_memory_order, {"x": IMAGES}),
    "the bytes of dout": (lambda x: (x**2, x), bytes_of_dout, {"x": normal(4, 6)}),
    "cumulated in memory order": (
        lambda x: (np.cumsum(x.ravel("A")), x.shape),
        lambda d, shape: np.cumsum(d[::-1])[::-1].reshape(shape),
        {"x": normal(4, 6)},
    ),
}


@pytest.mark.parametrize("method", ["auto", "central"])
@pytest.mark.parametrize("name", WRONG)
def test_who_takes_the_memory_for_the_numbers_fails(name, method):
    report = check(*WRONG[name], method=method, max_entries=20)
    assert report.status == "FAIL", report
    assert any("the same numbers are the same input" in failure for failure in report.failures)


@pytest.mark.parametrize("windows", [windows_by_strides, windows_by_library])
def test_who_reads_the_strides_passes(windows):
    assert check(*convolution(windows), CONV).status == "PASS"


@pytest.mark.parametrize("lay", ["C", "F", "channels last"])
def test_the_layout_of_the_probe_does_not_matter_to_the_verdict(lay):
    x = np.moveaxis(np.ascontiguousarray(np.moveaxis(IMAGES, 1, -1)), -1, 1) if lay == "channels last" else None
    inputs = {**CONV, "x": np.array(IMAGES, order=lay) if x is None else x}
    assert check(*convolution(windows_by_library), inputs).status == "PASS"
    assert check(*convolution(windows_by_hand), inputs).status == "FAIL"


def test_the_size_of_a_number_written_into_the_code_is_named():
    report = check(*convolution(windows_of_eight_bytes), CONV)
    assert report.status in ("INCONCLUSIVE", "FAIL"), report
    assert any("float32" in words for words in report.blind_spots + report.failures)


def test_a_layout_that_is_refused_in_words_is_a_warning():
    def forward(x):
        if not x.flags["C_CONTIGUOUS"]:
            raise ValueError("x must be contiguous")
        return x**2, x

    report = check(forward, lambda d, x: 2 * d * x, {"x": IMAGES})
    assert report.status == "PASS"
    assert any("the pair raises ValueError: x must be contiguous" in warning for warning in report.warnings)


def test_what_float32_cannot_compute_is_no_mistake():
    """exp(100) fits into float64 alone, and neither the output nor the gradient is large."""

    def forward(x):
        return np.log(np.exp(x)), np.exp(x)

    report = check(forward, lambda dout, e: dout * (e / e), {"x": 100 + normal(3, 4)}, method="central")
    assert report.status == "PASS", report
