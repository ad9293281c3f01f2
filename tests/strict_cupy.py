"""A strict stand-in for CuPy: NumPy does the work, and what CuPy refuses is refused.

It proves two things on a machine without a GPU: that no code mixes arrays of the two libraries, and that no code uses a
name or a keyword that CuPy lacks. It proves nothing about a GPU's numbers, speed or memory; for those there are the
tests marked ``gpu``.

`make_cupy` returns the module. Every read that makes the host wait for the device leaves its name in `HOST_READS`.
"""

import types

import numpy as np
from strict_cupy_array import HOST_READS, argument, dress, ndarray, of_arrays, on_device, operand

__all__ = ["HOST_READS", "CUDARuntimeError", "make_cupy", "ndarray"]

# Names of CuPy 14 that NumPy has too. One that is missing here is one that CuPy lacks, or that nobody needed yet.
UFUNCS = """add subtract multiply divide true_divide floor_divide negative power remainder mod fmod absolute abs sign
    heaviside conj conjugate exp exp2 log log2 log10 expm1 log1p sqrt square reciprocal sin cos tan arcsin arccos arctan
    arctan2 hypot sinh cosh tanh arcsinh arccosh arctanh bitwise_and bitwise_or bitwise_xor invert greater greater_equal
    less less_equal not_equal equal logical_and logical_or logical_xor logical_not maximum minimum fmax fmin isfinite
    isinf isnan signbit copysign nextafter floor ceil trunc rint""".split()
REDUCIBLE = ("add", "multiply")  # the ufuncs with .reduce
SCATTERABLE = ("add", "subtract", "maximum", "minimum")  # the ufuncs with .at
OF_OPERANDS = "where allclose array_equal isclose dot matmul inner outer vdot copyto".split()  # no lists anywhere
OF_ARRAYS = """all any sum prod mean std var max min amax amin argmax argmin count_nonzero cumsum cumprod average median
    bincount unique searchsorted clip nan_to_num real imag angle around round tensordot trace nonzero flatnonzero
    argwhere sort argsort diff reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims broadcast_to
    broadcast_arrays atleast_1d atleast_2d concatenate stack vstack hstack dstack split array_split tile repeat pad flip
    roll rot90 diag diagonal tril triu meshgrid copy ascontiguousarray asfortranarray empty_like zeros_like ones_like
    full_like""".split()
FROM_NOTHING = "empty zeros ones full arange linspace eye identity".split()
QUESTIONS = "can_cast result_type iscomplexobj isrealobj shares_memory may_share_memory".split()  # no array comes back
AS_IN_NUMPY = """dtype finfo iinfo issubdtype promote_types generic number integer inexact floating complexfloating
    bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp float16 float32 float64 complex64 complex128 newaxis pi
    e inf nan""".split()


class CUDARuntimeError(RuntimeError):
    """What CuPy raises when the driver reports an error."""


def _asarray(a, dtype=None, order=None):
    """The way onto the device: a copy for whatever comes from the host."""
    if isinstance(a, ndarray):
        return a if dtype in (None, a.dtype) else a.astype(dtype)
    host = np.array(a, dtype=dtype, order=order or "K")
    if host.dtype.kind not in "biufc":
        raise ValueError(f"Unsupported dtype {host.dtype}")
    return dress(host)


def _array(a, dtype=None, copy=True, order=None):
    out = _asarray(a, dtype, order)
    return out.copy() if copy and out is a else out


def _take(a, indices, axis=None):
    return np.take(a, indices, axis, mode="wrap")  # out of range wraps, as in indexing


def _take_along_axis(a, indices, axis):
    return np.take_along_axis(a, indices % a.shape[axis], axis)


def _einsum(subscripts, *operands, dtype=None, optimize=False):
    return np.einsum(subscripts, *operands, dtype=dtype, optimize=optimize)


def _ufunc(name):
    ufunc = getattr(np, name)
    call = on_device(ufunc, operand)
    if name in REDUCIBLE:
        call.reduce = of_arrays(ufunc.reduce)
    if name in SCATTERABLE:
        call.at = on_device(ufunc.at, operand)
    return call


class _Generator:
    """CuPy's has no normal, permutation, shuffle or choice; and the same seed gives other numbers than NumPy's."""

    def __init__(self, seed=None):
        host = np.random.Generator(np.random.MT19937(seed))
        for name in ("random", "integers", "uniform", "standard_normal"):
            setattr(self, name, on_device(getattr(host, name), argument, dress=_asarray))


class _Device:
    def __init__(self, device=0):
        self.id = device

    def synchronize(self):
        pass


def _no_gpu(*args, **kwargs):
    raise CUDARuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")


def make_cupy(gpu=True):
    """Return a module with CuPy's names; ``gpu=False`` is the one of a machine where CuPy finds no GPU."""
    windows = np.lib.stride_tricks
    on_gpu = {
        **{name: _ufunc(name) for name in UFUNCS},
        **{name: on_device(getattr(np, name), operand) for name in OF_OPERANDS},
        **{name: of_arrays(getattr(np, name)) for name in OF_ARRAYS},
        **{name: on_device(getattr(np, name), argument) for name in FROM_NOTHING},
        "asarray": _asarray,
        "array": _array,
        "take": on_device(_take, operand),
        "take_along_axis": on_device(_take_along_axis, operand),
        "einsum": on_device(_einsum, argument),
        "linalg.norm": of_arrays(np.linalg.norm),
        "lib.stride_tricks.as_strided": of_arrays(windows.as_strided),
        "lib.stride_tricks.sliding_window_view": of_arrays(windows.sliding_window_view),  # CuPy lets writes pass
        "random.default_rng": _Generator,
        "cuda.runtime.getDeviceCount": lambda: 1,
    }
    anywhere = {
        **{name: getattr(np, name) for name in AS_IN_NUMPY},
        **{name: on_device(getattr(np, name), argument, dress=lambda answer: answer) for name in QUESTIONS},
        "ndarray": ndarray,
        "asnumpy": lambda a: a.get() if isinstance(a, ndarray) else np.asarray(a),
        "get_array_module": lambda *arrays: cupy if any(isinstance(a, ndarray) for a in arrays) else np,
        "random.Generator": _Generator,
        "cuda.is_available": lambda: gpu,
        "cuda.Device": _Device,
        "cuda.Stream.null": _Device(),
        "cuda.runtime.CUDARuntimeError": CUDARuntimeError,
    }
    cupy = types.ModuleType("cupy")
    for path, value in {**anywhere, **{path: on if gpu else _no_gpu for path, on in on_gpu.items()}}.items():
        *parents, name = path.split(".")
        where = cupy
        for parent in parents:
            where.__dict__.setdefault(parent, types.SimpleNamespace())
            where = getattr(where, parent)
        setattr(where, name, value)
    return cupy
