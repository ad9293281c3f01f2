"""The array of the stand-in for CuPy: a NumPy array behind glass. See `strict_cupy` for what it proves and what not.

It is no subclass of `numpy.ndarray`, so nothing passes for a host array by accident. Where CuPy is lenient (a list or
an array on the host as an index, say) this one is not: such code hides a transfer.
"""

import operator
import types

import numpy as np

HOST_READS = []  # "get", "float", "bool", ...: one entry for each time the host waits for a value from the device

METHODS = """all any argmax argmin argsort astype clip conj conjugate copy cumprod cumsum diagonal dot fill flatten max
    mean min nonzero prod ravel repeat reshape round sort squeeze std sum swapaxes trace transpose var view
    __neg__ __pos__ __abs__ __invert__""".split()
BINARY = "add sub mul truediv floordiv mod pow matmul and or xor".split()  # each with its reflected form
IN_PLACE = "iadd isub imul itruediv ifloordiv imod ipow iand ior ixor".split()
COMPARISONS = "lt le eq ne gt ge".split()
NOT_IN_CUPY = {"where", "initial", "subok", "like"}  # keywords that NumPy's functions have and CuPy's have not


class ndarray:  # noqa: N801 - CuPy's name
    """An array on the pretended device, as `cupy.ndarray` presents itself."""

    __module__ = "cupy"
    __slots__ = ("_host",)
    __array_ufunc__ = None  # in ``numpy_array + this`` NumPy steps back, and the reflected operator here refuses
    __hash__ = None

    def __array__(self, *args, **kwargs):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct a NumPy array "
            "explicitly."
        )

    def __len__(self):
        return len(self._host)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index):
        index = _index(self, index)
        out = self._host[index]
        return dress(out if isinstance(out, np.ndarray) else self._host[(*index, ...)])  # a single entry is a 0-d view

    def __setitem__(self, index, value):
        index = _index(self, index)
        if any(isinstance(i, np.ndarray) for i in index):
            writes = np.zeros(self.shape, dtype=int)
            np.add.at(writes, index, 1)
            if (writes > 1).any():
                raise ValueError("repeated indices in an assignment: on a GPU it is undefined which value stays")
        self._host[index] = operand(value)

    @property
    def flags(self):
        flags = self._host.flags
        return types.SimpleNamespace(c_contiguous=flags.c_contiguous, f_contiguous=flags.f_contiguous)


def dress(value):
    """Present NumPy's answer as CuPy would: arrays live on the device, and a scalar becomes a 0-d array there."""
    if isinstance(value, (np.ndarray, np.generic, int)):  # int: count_nonzero in older NumPy
        out = ndarray()
        out._host = np.asarray(value)
        return out
    return type(value)(map(dress, value)) if type(value) in (list, tuple) else value


def operand(value):
    """Undress what CuPy computes with: its own arrays and scalars, nothing else."""
    if isinstance(value, ndarray):
        return value._host
    if isinstance(value, (int, float, complex, np.generic)):
        return value
    raise TypeError(f"Unsupported type {type(value)}")


def argument(value):
    """Undress any other argument (a shape, an axis, a list of arrays): only NumPy's arrays are refused."""
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")
    if type(value) in (list, tuple):
        return type(value)(map(argument, value))
    return value._host if isinstance(value, ndarray) else value


def _index(a, index):
    """Undress an index. What is out of range in an index *array* wraps around without a word, as in CuPy."""
    index = list(index) if isinstance(index, tuple) else [index]
    if any(isinstance(i, (list, np.ndarray)) for i in index):
        raise TypeError("an index array must live on the same device as the data")
    index = [argument(i) for i in index]
    arrays = [isinstance(i, np.ndarray) for i in index]
    masks = [array and i.dtype.kind == "b" for i, array in zip(index, arrays, strict=True)]
    axes = [i.ndim if mask else i is not None and i is not ... for i, mask in zip(index, masks, strict=True)]
    for k, i in enumerate(index):
        if i is ...:
            axes[k] = a.ndim - sum(axes)  # all the axes that nobody else takes
        elif arrays[k] and not masks[k]:
            index[k] = i % max(a.shape[sum(axes[:k])], 1)
    return tuple(index)


def on_device(function, undress, dress=dress):
    """Return NumPy's function as CuPy has it: arrays on the device in and out, and fewer keywords."""

    def call(*args, **kwargs):
        out = kwargs.get("out")
        if NOT_IN_CUPY & kwargs.keys():
            raise TypeError(f"Wrong arguments {NOT_IN_CUPY & kwargs.keys()}")
        answer = function(*map(undress, args), **{name: argument(value) for name, value in kwargs.items()})
        return dress(answer) if out is None else out

    return call


def of_arrays(function):
    """The same for functions whose first argument is an array on the device, or a list or tuple of them."""
    call = on_device(function, argument)

    def checked(first, *args, **kwargs):
        if not all(isinstance(a, ndarray) for a in (first if type(first) in (list, tuple) else [first])):
            raise TypeError(f"Unsupported type {type(first)}: expected arrays on the device")
        return call(first, *args, **kwargs)

    return checked


def _host_read(kind, convert):
    def read(self):
        HOST_READS.append(kind.strip("_"))
        return convert(self._host)

    return read


def _binary(name, swap=False):
    function = getattr(operator, f"__{name}__")

    def method(self, other):
        other = operand(other)
        return dress(function(other, self._host) if swap else function(self._host, other))

    return method


def _in_place(name):
    function = getattr(operator, f"__{name}__")

    def method(self, other):
        function(self._host, operand(other))
        return self

    return method


def _attribute(name):
    return property(lambda self: getattr(self._host, name))


ndarray.get = _host_read("get", lambda a: a.copy(order="K"))
for _name in ("item", "tolist", "__repr__", "__bool__"):
    setattr(ndarray, _name, _host_read(_name, getattr(np.ndarray, _name)))
for _type in (float, int, complex):
    _name = f"__{_type.__name__}__"
    setattr(ndarray, _name, _host_read(_name, lambda a, to=_type: to(a.item())))  # item: any array of size 1
for _name in "shape ndim size dtype itemsize nbytes strides".split():
    setattr(ndarray, _name, _attribute(_name))
for _name in ("T", "real", "imag"):
    setattr(ndarray, _name, property(lambda self, name=_name: dress(getattr(self._host, name))))
for _name in METHODS:
    setattr(ndarray, _name, of_arrays(getattr(np.ndarray, _name)))
for _name in COMPARISONS:
    setattr(ndarray, f"__{_name}__", _binary(_name))
for _name in BINARY:
    setattr(ndarray, f"__{_name}__", _binary(_name))
    setattr(ndarray, f"__r{_name}__", _binary(_name, swap=True))
for _name in IN_PLACE:
    setattr(ndarray, f"__{_name}__", _in_place(_name))
