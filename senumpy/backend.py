"""Which array library computes: NumPy on the CPU, or CuPy on an NVIDIA GPU.

CuPy has NumPy's functions under NumPy's names, so one source serves both. Two rules keep it that way:

* A function that is *given* arrays works in the library they come from: ``xp = array_module(x)``.
* Only code that makes arrays *from nothing* (a layer's weights, say) asks for the current library: ``current()``.

Nothing falls back silently: asking for a GPU that is not there is an error.
"""

import importlib
import sys

import numpy as np

NAMES = ("numpy", "cupy")

_switches = []  # every `use` that is in force, the last one counts


class BackendError(RuntimeError):
    """The array library asked for is not installed, or has no device to run on."""


def current():
    """Return the array module that new arrays are made with.

    >>> current().__name__
    'numpy'
    """
    return _switches[-1].library if _switches else np


class use:  # noqa: N801 - called like a function, or entered like a context: ``with use("cupy"):``
    """Make ``name`` the library for new arrays in this whole process, from now on or for one ``with`` block.

    A block takes away its own switch when it ends, and plain ones made inside it. So two that overlap, in two threads
    or a generator, leave everything as it was.

    Parameters
    ----------
    name : {"numpy", "cupy"}

    Raises
    ------
    ValueError
        For any other name.
    BackendError
        Where CuPy is not installed, or finds no GPU.

    Examples
    --------
    >>> with use("numpy") as xp:
    ...     xp.zeros(2)
    array([0., 0.])
    """

    def __init__(self, name):
        self.library, self.entered = library(name), False
        _switches.append(self)

    def __enter__(self):
        self.entered = True
        return self.library

    def __exit__(self, *error):
        place = _switches.index(self)
        _switches[place:] = [switch for switch in _switches[place + 1 :] if switch.entered]


def library(name):
    """Return NumPy or CuPy by name, or raise an error that says what is missing; nothing is switched.

    >>> library("numpy").__name__
    'numpy'
    """
    if name not in NAMES:
        raise ValueError(f"the backend must be one of {NAMES}, got {name!r}")
    if name == "numpy":
        return np
    try:
        cupy = importlib.import_module("cupy")
    except ImportError as error:
        raise BackendError(
            f"CuPy is not installed, or cannot be imported ({error}). Install exactly one of cupy-cuda12x (CUDA 12) "
            'or cupy-cuda13x (CUDA 13), for example: python -m pip install "cupy-cuda12x[ctk]"'
        ) from error
    if not cupy.cuda.is_available():
        raise BackendError(
            "CuPy is installed, but it finds no NVIDIA GPU. Look at nvidia-smi, and at whether the CUDA version "
            "of your driver matches the package (cupy-cuda12x or cupy-cuda13x). Without a GPU use the numpy backend."
        )
    return cupy


def array_module(*arrays):
    """Return the library the arrays come from: ``numpy`` or ``cupy``. ``None`` among them is passed over.

    Raises
    ------
    ValueError
        Where arrays of two libraries meet: move them to one with `asarray` or `to_numpy` first.

    Examples
    --------
    >>> array_module(np.zeros(3)).__name__
    'numpy'
    """
    names = {type(a).__module__.partition(".")[0] for a in arrays if a is not None}
    if names == {"cupy"}:
        return sys.modules["cupy"]
    if "cupy" in names:
        raise ValueError(
            f"arrays of different libraries meet ({', '.join(sorted(names))}): move them to one side, "
            'to the GPU with senumpy.backend.asarray under use("cupy"), or home with senumpy.backend.to_numpy'
        )
    return np


def asarray(a, dtype=None):
    """Move an array (or list, or number) to the current library; free where it is there already."""
    return current().asarray(a, dtype=dtype)


def to_numpy(a):
    """Return ``a`` as a NumPy array: the one way home from the GPU.

    >>> to_numpy(np.arange(3))
    array([0, 1, 2])
    """
    return a.get() if hasattr(a, "get") else np.asarray(a)
