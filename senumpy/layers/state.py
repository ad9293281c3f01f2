"""Weights by name: out of a layer, and into it from wherever they come, all of them or none."""

from collections.abc import Mapping

import numpy as np

from senumpy import backend
from senumpy.layers.foreign_names import explain, our_names, unwrap

MOST = 12  # sentences about what is wrong
COUNTER = "num_batches_tracked"  # PyTorch's batch norm counts its batches; no number here depends on it


def state_of(layer):
    """Return copies of all parameters and buffers of a layer as NumPy arrays by name.

    They are in C order, however they lie in the layer: not every program that writes arrays looks at that.
    """
    return {name: np.array(backend.to_numpy(a), order="C") for name, a in _own(layer).items()}


def load_state(layer, state):
    """Copy arrays into a layer's parameters and buffers; where anything is wrong, nothing is copied.

    Raises
    ------
    ValueError
        For what is no dictionary of arrays by the layer's names and of its shapes, and for numbers that are not finite
        or do not fit into the layer's type.
    """
    copy_state(layer, fitting_state(layer, state))


def fitting_state(layer, state, allow_non_finite=False):
    """Return a state as `copy_state` takes it: with the layer's names, shapes, types and library.

    Raises
    ------
    ValueError
        As in `load_state`; it says everything that is wrong.
    """
    return fitting_arrays(_own(layer), state, allow_non_finite)


def fitting_arrays(own, state, allow_non_finite=False):
    """Return a state's arrays with the names, shapes, types and library of ``own``, see `fitting_state`."""
    given = arrays_by_name(own, state)
    fitting, wrong = {}, [explain(own, given)] if given.keys() != own.keys() else []
    for name in [name for name in own if name in given]:
        try:
            fitting[name] = _converted(name, given[name], own[name], allow_non_finite)
        except ValueError as error:
            wrong.append(str(error))
    wrong += [f"{name} cannot be loaded: the layer's array is read-only" for name, a in own.items() if _is_locked(a)]
    if wrong:
        raise ValueError("; ".join([*wrong[:MOST], *([f"and {len(wrong) - MOST} more"] if len(wrong) > MOST else [])]))
    return fitting


def copy_state(layer, fitting):
    """Copy what `fitting_state` returned into the layer's arrays."""
    for name, array in _own(layer).items():
        array[...] = fitting[name]


def _is_locked(array):
    return not getattr(array.flags, "writeable", True)


def arrays_by_name(own, state):
    """Return what a state from anywhere holds under the names that are nearest to a layer's own, not looked at yet."""
    if not isinstance(state, Mapping):
        raise ValueError(
            f"a state is a dictionary of arrays by name, such as other.state_dict(), got {type(state).__name__}; "
            "a file is read with senumpy.training.load_weights(model, path)"
        )
    state = unwrap(own, state)
    arrays = {name: a for name, a in state.items() if str(name).rpartition(".")[2] != COUNTER}
    return {ours: arrays[theirs] for theirs, ours in our_names(own, arrays).items()}


def _own(layer):
    return {**layer.params, **layer.buffers}


def _converted(name, given, wanted, allow_non_finite):
    """Return the numbers of ``given`` with the type, shape and library of ``wanted``, or say why that cannot be."""
    a = to_array(name, given)
    if a.dtype.kind not in "fiu" or without_kernel(a.shape) != without_kernel(wanted.shape):
        raise ValueError(
            f"{name} must hold numbers of shape {wanted.shape}, the state has {a.dtype} of shape {a.shape}"
        )
    finite = np.isfinite(a)
    broken = a.size - np.count_nonzero(finite)
    if broken and not allow_non_finite:
        raise ValueError(f"{name} holds NaN or infinity ({broken} of its {a.size} numbers): no network can use that")
    with np.errstate(over="ignore"):
        cast = a.astype(wanted.dtype)
    if not np.array_equal(np.isfinite(cast), finite):
        raise ValueError(f"{name} holds {np.abs(a).max():g}, too large for the layer's {wanted.dtype}")
    return backend.array_module(wanted).asarray(cast.reshape(wanted.shape))


def without_kernel(shape):
    """Return a shape without the kernel of a 1 x 1 convolution, which is a linear layer: (M, D, 1, 1) to (M, D)."""
    return shape[:2] if len(shape) > 2 and set(shape[2:]) == {1} else shape


def to_array(name, a):
    """Return an array of any library as a NumPy array: PyTorch's tensors and Parameters, CuPy's arrays, lists."""
    if isinstance(a, (np.ma.MaskedArray, np.matrix)):
        raise ValueError(f"{name} is a {type(a).__name__}: load plain arrays, after filled(0) or numpy.asarray")
    try:
        if hasattr(a, "detach"):  # PyTorch: off the tape, home from the GPU
            a = a.detach().cpu()
            try:
                return a.numpy()
            except TypeError:  # NumPy has no bfloat16; every one of its numbers is a float32
                return a.float().numpy()
        return backend.to_numpy(a)
    except (TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise ValueError(f"{name} is a {type(a).__name__} that cannot be read as an array: {error}") from error
