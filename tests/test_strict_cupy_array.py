"""The array of the stand-in behaves as CuPy's: indices wrap, scalars stay on the device, reads are counted."""

import numpy as np
import pytest
import strict_cupy

cp = strict_cupy.make_cupy()


def device(*shape):
    return cp.asarray(np.arange(1.0, 1 + np.prod(shape)).reshape(shape))


a, square = device(3), device(2, 2)


def test_repeated_indices_in_an_assignment():
    rows = cp.asarray([0, 1, 0])
    for index in (rows, (rows, cp.asarray([1, 0, 1])), (cp.asarray([0, 2]), 1)):  # 2 wraps around to 0
        x = device(2, 2)
        with pytest.raises(ValueError, match="repeated"):
            x[index] = 0.0
        with pytest.raises(ValueError, match="repeated"):
            x[index] += 1.0
        assert np.array_equal(x.get(), [[1, 2], [3, 4]])
    x[rows, cp.asarray([0, 0, 1])] = 0.0  # no pair occurs twice
    assert np.array_equal(x.get(), [[0, 0], [0, 4]])
    x[x == 4.0] = 7.0
    assert x.get()[1, 1] == 7.0


def test_an_index_out_of_range_wraps_in_arrays_and_raises_as_a_number():
    assert float(a[cp.asarray(4)]) == 2.0
    assert np.array_equal(a[cp.asarray([-1, 3, 7])].get(), [3, 1, 2])
    assert np.array_equal(cp.take(a, cp.asarray([5])).get(), [3])
    assert np.array_equal(cp.take_along_axis(square, cp.asarray([[5], [2]]), 1).get(), [[2], [3]])
    x = device(2, 3, 5)
    assert np.array_equal(x[..., cp.asarray([6])].get(), x.get()[..., [1]])
    assert np.array_equal(x[:, None, cp.asarray([4])].get(), x.get()[:, None, [1]])
    mask_of_two_axes = cp.asarray([[True, False, True], [False, False, False]])
    assert np.array_equal(x[mask_of_two_axes, cp.asarray([8, 4])].get(), [x.get()[0, 0, 3], x.get()[0, 2, 4]])
    with pytest.raises(IndexError):
        a[3]


def test_writing_through_windows_is_refused_and_reading_works():
    windows = cp.lib.stride_tricks.sliding_window_view(a, 2)
    assert np.array_equal(windows.get(), [[1, 2], [2, 3]])
    with pytest.raises(ValueError, match="read-only"):
        windows[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        windows += 1.0


def test_scalars_take_part_and_promote_as_in_cupy():
    x = cp.ones(2, dtype=cp.float32)
    for result in (2 * x, x / 2, x**2, x + True, np.float32(2) - x, cp.maximum(x, 0), cp.where(x > 0, x, 0.0), -x):
        assert type(result) is cp.ndarray and result.dtype == np.float32
    assert (x * np.float64(2)).dtype == (np.float64(2) * x).dtype == np.float64
    assert (x * x.sum()).dtype == np.float32


def test_whatever_is_one_number_stays_on_the_device():
    strict_cupy.HOST_READS.clear()
    rows = [a.sum(), a.mean(), a.max(), (a > 0).all(), cp.sum(a), cp.add.reduce(a), a @ a, a[0], square[1, -1]]
    rows += [cp.allclose(a, a), cp.array_equal(a, a), cp.count_nonzero(a), cp.einsum("i->", a), cp.linalg.norm(a)]
    rows += [sum(a), cp.exp(1.0), next(iter(a))]
    assert all(type(x) is cp.ndarray and x.shape == () for x in rows)
    assert strict_cupy.HOST_READS == []


def test_reads_are_counted():
    strict_cupy.HOST_READS.clear()
    x = a.sum()
    assert (float(x), int(x), complex(x), bool(x > 5)) == (6.0, 6, 6 + 0j, True)
    assert x.item() == 6.0 and a.tolist() == [1.0, 2.0, 3.0] and repr(x) == "array(6.)"
    assert float(device(1, 1)) == 1.0
    assert cp.asnumpy(a).tolist() == a.get().tolist()
    if a.any():
        into = np.zeros(1)
        into[0] = x
    assert strict_cupy.HOST_READS == "float int complex bool item tolist repr float get get bool float".split()
    with pytest.raises(ValueError, match="size 1"):
        float(a)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(a)


def test_views_write_through_and_transfers_copy():
    x = device(2, 2)
    x[0][1] = 20.0
    x.T[0, 1] += 30.0
    x[1, 1, ...] *= 2.0
    entry = x[0, 0]
    entry += 10.0
    assert np.array_equal(x.get(), [[11, 20], [33, 8]])
    same = x
    x -= 1
    assert same is x and np.array_equal(same.get(), [[10, 19], [32, 7]])
    start = np.zeros(2)
    there = cp.asarray(start)
    back = there.get()
    start += 1
    there += 2
    assert back.tolist() == [0, 0] and there.get().tolist() == [2, 2]
    assert cp.asarray(there) is there and cp.array(there) is not there


def test_out_receives_the_result():
    out = cp.zeros(3)
    assert cp.multiply(a, 2, out=out) is out and np.array_equal(out.get(), [2, 4, 6])
    assert a.sum(out=cp.zeros(())).get() == 6.0
    cp.add.at(out, cp.asarray([0, 0]), cp.asarray([1.0, 1.0]))
    assert np.array_equal(out.get(), [4, 4, 6])


def test_results_are_those_of_numpy():
    x = np.random.default_rng(1).standard_normal((2, 3, 4))
    on = cp.asarray(x)
    pairs = [
        (on.transpose(2, 0, 1).reshape(4, -1), x.transpose(2, 0, 1).reshape(4, -1)),
        (cp.pad(on, ((0, 0), (1, 1), (2, 0))), np.pad(x, ((0, 0), (1, 1), (2, 0)))),
        (cp.concatenate((on, on), axis=1), np.concatenate((x, x), axis=1)),
        (on.var(axis=(0, 2), keepdims=True), x.var(axis=(0, 2), keepdims=True)),
        (cp.einsum("ijk,ijk->j", on, on), np.einsum("ijk,ijk->j", x, x)),
        (on[:, ::-1, 1:3], x[:, ::-1, 1:3]),
        (on.argmax(axis=1), x.argmax(axis=1)),
        (cp.split(on, 2, axis=2)[1], x[:, :, 2:]),
        (abs(on) ** 0.5, abs(x) ** 0.5),
        (1 / on, 1 / x),
    ]
    for ours, numpys in pairs:
        assert ours.dtype == numpys.dtype and ours.strides == numpys.strides and np.array_equal(ours.get(), numpys)
    assert on.flags.c_contiguous and not on.T.flags.c_contiguous and len(on) == 2 and on.nbytes == x.nbytes
