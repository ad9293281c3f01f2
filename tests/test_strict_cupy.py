"""The stand-in must notice every leak and lack every name that CuPy lacks: a guard that sleeps guards nothing."""

import io
import types

import numpy as np
import pytest
import strict_cupy
from comparing import mentions

cp = strict_cupy.make_cupy()


def device(*shape):
    return cp.asarray(np.arange(1.0, 1 + np.prod(shape)).reshape(shape))


a, square = device(3), device(2, 2)
host = np.ones(3)
mask = np.array([True, False, True])

LEAKS = {
    "np.asarray": lambda: np.asarray(a),
    "np.array": lambda: np.array(a),
    "np.array of a list": lambda: np.array([a, a]),
    "np.concatenate": lambda: np.concatenate([a, a]),
    "np.where": lambda: np.where(a > 1, a, 0.0),
    "np.pad": lambda: np.pad(a, 1),
    "np.einsum": lambda: np.einsum("i->", a),
    "np.testing": lambda: np.testing.assert_array_equal(a, host),
    "np.savez": lambda: np.savez(io.BytesIO(), a=a),
    "np ufunc": lambda: np.exp(a),
    "np ufunc of both": lambda: np.add(a, host),
    "np ufunc with out": lambda: np.add(host, host, out=a),
    "array + host": lambda: a + host,
    "host + array": lambda: host + a,
    "array * 0-d host": lambda: a * np.array(2.0),
    "0-d host * array": lambda: np.array(2.0) * a,
    "array @ host": lambda: square @ np.ones((2, 2)),
    "host @ array": lambda: np.ones((2, 2)) @ square,
    "array - list": lambda: a - [1.0, 2.0, 3.0],
    "list - array": lambda: [1.0, 2.0, 3.0] - a,
    "array == host": lambda: a == host,
    "host < array": lambda: host < a,
    "array > list": lambda: a > [1.0, 2.0, 3.0],
    "array & host": lambda: (a > 1) & mask,
    "array += host": lambda: a.__iadd__(host),
    "host += array": lambda: host.__iadd__(a),
    "index on the host": lambda: a[np.array([0, 1])],
    "index is a list": lambda: a[[0, 1]],
    "mask on the host": lambda: a[mask],
    "one of two indices on the host": lambda: square[cp.asarray([0, 1]), np.array([0, 1])],
    "assignment to an index on the host": lambda: a.__setitem__(mask, 0.0),
    "assignment of a host array": lambda: a.__setitem__(slice(None), host),
    "assignment of a list": lambda: a.__setitem__(slice(None), [0.0, 0.0, 0.0]),
    "assignment into a host array": lambda: host.__setitem__(slice(None), a),
    "index of a host array": lambda: host[cp.asarray([0, 1])],
    "cupy ufunc of a host array": lambda: cp.add(a, host),
    "cupy ufunc of a list": lambda: cp.maximum(a, [0.0, 0.0, 0.0]),
    "cupy.sum of a host array": lambda: cp.sum(host),
    "cupy.sum of a list": lambda: cp.sum([1.0, 2.0]),
    "cupy.where with a host array": lambda: cp.where(a > 1, a, host),
    "cupy.where with a mask on the host": lambda: cp.where(mask, a, 0.0),
    "cupy.concatenate of both": lambda: cp.concatenate([a, host]),
    "cupy.stack of lists": lambda: cp.stack([[1.0], [2.0]]),
    "cupy.einsum of both": lambda: cp.einsum("i,i->", a, host),
    "cupy.matmul of a list": lambda: cp.matmul(square, [[1.0, 0.0], [0.0, 1.0]]),
    "cupy.take with a list": lambda: cp.take(a, [0]),
    "cupy.full of a host array": lambda: cp.full(3, host),
    "cupy.zeros_like of a host array": lambda: cp.zeros_like(host),
    "out on the host": lambda: cp.add(a, a, out=host),
    "out on the host, by position": lambda: cp.add(a, a, host),
    "out of a reduction on the host": lambda: a.sum(out=np.zeros(())),
    "out of a NumPy method": lambda: host.sum(out=cp.zeros(())),
    "keyword where": lambda: cp.add(a, a, where=a > 1),
    "keyword initial": lambda: a.max(initial=0.0),
    "hash": lambda: hash(a),
    "len of a 0-d array": lambda: len(a.sum()),
    "0-d array as the index of a list": lambda: [1, 2, 3][cp.asarray(0)],
}

MISSING_IN_CUPY = """errstate seterr geterr nditer ndenumerate einsum_path block insert matrix
    ndarray.setflags ndarray.ctypes ndarray.__index__ ndarray.__imatmul__ maximum.reduce""".split()


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_leak_is_noticed(leak):
    before = a.get(), host.copy()
    with pytest.raises(TypeError):
        leak()
    assert np.array_equal(a.get(), before[0]) and np.array_equal(host, before[1])


def test_the_words_are_those_of_cupy():
    with pytest.raises(TypeError, match=mentions("Implicit conversion to a NumPy array is not allowed", "get()")):
        np.asarray(a)
    for mix in (lambda: a + host, lambda: host + a, lambda: cp.add(a, host)):
        with pytest.raises(TypeError, match=mentions("Unsupported type <class 'numpy.ndarray'>")):
            mix()
    assert type(a).__module__ == "cupy" and not isinstance(a, np.ndarray)


def look_up(module, path):
    for name in path.split("."):
        module = getattr(module, name)
    return module


@pytest.mark.parametrize("path", MISSING_IN_CUPY)
def test_a_name_that_cupy_lacks_is_missing(path):
    with pytest.raises(AttributeError):
        look_up(cp, path)


def names_in(namespace, prefix=""):
    for name, value in vars(namespace).items():
        if isinstance(value, types.SimpleNamespace):
            yield from names_in(value, f"{prefix}{name}.")
        elif not name.startswith("__"):
            yield prefix + name


def test_every_name_of_the_stand_in_is_one_of_cupys():
    """Importing CuPy takes no GPU, so this runs wherever the package is installed."""
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    for path in names_in(cp):
        assert look_up(cupy, path) is not None or path in ("newaxis",)
    for name in set(dir(strict_cupy.ndarray)) - {"_host", "__slots__"}:
        assert hasattr(cupy.ndarray, name), name


def test_a_generator_has_only_the_draws_of_cupys():
    rng = cp.random.default_rng(0)
    assert rng.standard_normal((2, 3)).shape == (2, 3) and rng.random().shape == ()
    assert not any(hasattr(rng, name) for name in ("normal", "permutation", "permuted", "shuffle", "choice", "spawn"))
    assert not np.array_equal(cp.random.default_rng(0).random(4).get(), np.random.default_rng(0).random(4))


def test_plotting_does_not_convert():
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="Matplotlib is an optional extra")
    figure, axes = pyplot.subplots()
    with pytest.raises(TypeError, match="Implicit conversion"):
        axes.plot(a)
    with pytest.raises(TypeError, match="Implicit conversion"):
        axes.imshow(square)
    pyplot.close(figure)


def test_only_numbers_go_onto_the_device():
    assert cp.asarray([1, 2]).dtype == np.int64 and cp.asarray(3.0, dtype=cp.float32).dtype == np.float32
    for words in (["a"], [None], [object()]):
        with pytest.raises(ValueError, match="dtype"):
            cp.asarray(words)
    assert cp.get_array_module(host, a) is cp and cp.get_array_module(host) is np


def test_without_a_gpu_the_module_is_there_and_arrays_are_not():
    bare = strict_cupy.make_cupy(gpu=False)
    assert cp.cuda.is_available() and not bare.cuda.is_available()
    for make in (lambda: bare.zeros(2), lambda: bare.asarray(host), bare.cuda.runtime.getDeviceCount):
        with pytest.raises(bare.cuda.runtime.CUDARuntimeError, match="no CUDA-capable device"):
            make()
