"""Arrays by dotted name: one dictionary to look at, though each array lives in the layer that it belongs to."""

from collections.abc import MutableMapping

from senumpy.arguments import check_plain
from senumpy.backend import array_module


class NamedArrays(MutableMapping):
    """The parameters of a model, or its gradients or buffers; what is assigned reaches the layer.

    ``arrays[name] = values`` copies into the array that is there, so that optimizers keep hold of it. A gradient, which
    the next backward pass replaces anyway, is replaced. Names are the layers': none can be added or removed.

    Parameters
    ----------
    places : dict of str to (dict, key)
        Where each array lives.
    like : mapping, optional
        For gradients: the parameters, whose shapes and types they must have. A gradient may be None.

    Examples
    --------
    >>> import numpy as np
    >>> weights = {"weight": np.ones(2)}
    >>> arrays = NamedArrays({"fc.weight": (weights, "weight")})
    >>> arrays["fc.weight"] = np.array([3.0, 4.0])
    >>> weights["weight"]
    array([3., 4.])
    >>> arrays["fc.weight"] = np.ones(3)
    Traceback (most recent call last):
    ...
    ValueError: fc.weight must be an array of float64 and shape (2,), got float64 of shape (3,)
    """

    def __init__(self, places, like=None):
        self._places, self._like = places, like

    def __getitem__(self, name):
        arrays, key = self._places[name]
        return arrays[key]

    def __setitem__(self, name, values):
        self._check(name, values)
        arrays, key = self._places[name]
        if self._like is None:
            arrays[key][...] = values
        else:
            arrays[key] = values

    def update(self, *values, **more):
        """Assign several arrays, all of them or none."""
        values = dict(*values, **more)
        for name, a in values.items():
            self._check(name, a)
        super().update(values)

    def __ior__(self, values):
        raise TypeError("|= would put another dictionary here: write update(...), which reaches the layers")

    def _check(self, name, values):
        """Raise a ValueError unless these values can be assigned to this name."""
        if name not in self._places:
            raise ValueError(f"there is no {name!r} here; the names are {', '.join(self) or 'none'}")
        if self._like is None:
            _check_like(name, values, self[name])
        elif values is not None:
            _check_like(f"the gradient of {name}", values, self._like[name])

    def __delitem__(self, name):
        raise TypeError(f"{name!r} belongs to its layer and cannot be removed")

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)

    def __repr__(self):
        return repr(dict(self))


def _check_like(name, values, array):
    check_plain(name, values)
    if not hasattr(values, "dtype") or values.dtype != array.dtype or values.shape != array.shape:
        got = f"{values.dtype} of shape {values.shape}" if hasattr(values, "dtype") else type(values).__name__
        raise ValueError(f"{name} must be an array of {array.dtype} and shape {array.shape}, got {got}")
    array_module(values, array)  # refuses, in words, one that lives on the other side
