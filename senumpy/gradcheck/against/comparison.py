"""Two sets of gradients side by side, one line a tensor: the same bits, close, or different?"""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np

from senumpy import backend
from senumpy.arguments import check_plain
from senumpy.finite import largest_of
from senumpy.gradcheck.promises import same_bits
from senumpy.tables import html_table, text_table

HEADER = ("tensor", "shape", "verdict", "largest difference", "relative", "at")
TOLERANCES = {8: 1e-10, 4: 1e-4, 2: 1e-2}  # by the bytes of the less precise of the two
ZEROS = {8: 1e-13, 4: 1e-5, 2: 1e-2}  # of the largest entry of all: what adds up to zero leaves so much rounding


@dataclass(frozen=True)
class Line:
    """How one tensor compares.

    Attributes
    ----------
    verdict : {"same bits", "close", "different", "missing"}
    absolute : float
        The largest ``|mine - theirs|``.
    relative : float
        The same, as a part of the largest ``|theirs|`` of this tensor, or of all tensors where this one is zero to
        rounding.
    index : tuple of int or None
        Where that is.
    words : str
        What else there is to say.
    """

    name: str
    shape: tuple
    verdict: str
    absolute: float = np.nan
    relative: float = np.nan
    index: tuple | None = None
    words: str = ""

    @property
    def row(self):
        shape = "x".join(map(str, self.shape)) or "number"
        if self.index is None:
            return (self.name, shape, self.verdict, "", "", self.words)
        at = ", ".join(map(str, self.index))
        at = f"[{at}] {self.words}".strip()
        return (self.name, shape, self.verdict, f"{self.absolute:.1e}", f"{self.relative:.1e}", at)


@dataclass(frozen=True)
class Comparison:
    """The outcome of `compare`: print it, or let a notebook show it. ``lines[name]`` is a `Line`."""

    lines: dict

    @property
    def close(self):
        """True if every tensor has the same bits or is close."""
        return all(line.verdict in ("same bits", "close") for line in self.lines.values())

    def __str__(self):
        return text_table(HEADER, [line.row for line in self.lines.values()])

    __repr__ = __str__

    def _repr_html_(self):
        return html_table(HEADER, [line.row for line in self.lines.values()])

    def __bool__(self):
        raise TypeError("ask comparison.close: a comparison has more to say than yes or no")


def compare(mine, theirs, *, tolerance=None):
    """Compare two sets of named arrays, such as gradients from two programs.

    Arrays are close if they differ nowhere by more than ``tolerance`` times the largest entry of theirs. Entry by entry
    would be no use: an entry that is truly zero comes out as 1e-17 here and as -1e-17 there. The same can happen to a
    whole array: the gradient of a bias before batch norm is zero, and what both programs give is their rounding. Arrays
    that stay below 1e-13 (in float32 1e-5) of the largest entry of all on both sides are close, and their line says so.

    Parameters
    ----------
    mine, theirs : dict of str to array
        NumPy, CuPy or PyTorch. They should belong together, as the gradients of one loss do.
    tolerance : float, optional
        By default 1e-10, or 1e-4 where one of the two is float32.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        For what is not a dict of arrays of numbers, or a tolerance that is no number from 0 up.

    Examples
    --------
    >>> mine = {"w": np.array([1.0, 2.0]), "b": np.array([3.0])}
    >>> theirs = {"w": np.array([1.0, 2.0 + 1e-12]), "b": np.array([4.0])}
    >>> print(compare(mine, theirs))
    tensor  shape  verdict    largest difference  relative  at
    w           2  close                 1.0e-12   5.0e-13  [1]
    b           1  different             1.0e+00   2.5e-01  [0]
    """
    for who, arrays in (("mine", mine), ("theirs", theirs)):
        if not isinstance(arrays, Mapping):
            kind = type(arrays).__name__
            raise ValueError(f'{who} must be a dict of arrays by name, such as {{"w": dw}}, got {kind}')
    if tolerance is not None and not (isinstance(tolerance, Real) and 0 <= tolerance < np.inf):
        raise ValueError(f"tolerance must be a number from 0 up, or None for the default, got {tolerance!r}")
    mine, theirs = ({name: _numpy(name, a) for name, a in arrays.items()} for arrays in (mine, theirs))
    largest = max((largest_of(a) for a in theirs.values() if a is not None), default=0.0)
    names = [*mine, *(name for name in theirs if name not in mine)]
    return Comparison({name: _line(name, mine.get(name), theirs.get(name), tolerance, largest) for name in names})


def _line(name, mine, theirs, tolerance, largest):
    if mine is None or theirs is None:
        given = theirs if mine is None else mine
        shape = () if given is None else np.shape(given)
        if mine is None and theirs is None:
            return Line(name, shape, "same bits", words="None on both sides")
        return Line(name, shape, "missing", words="not in mine" if mine is None else "not in theirs")
    if mine.shape != theirs.shape:
        return Line(name, mine.shape, "different", words=f"theirs has shape {theirs.shape}")
    if mine.size == 0 or same_bits(mine, theirs):
        return Line(name, mine.shape, "same bits", 0.0, 0.0, (0,) * mine.ndim)
    precision = min(8, mine.dtype.itemsize, theirs.dtype.itemsize)
    tolerance = TOLERANCES[precision] if tolerance is None else tolerance
    gap = np.abs(mine.astype(np.float64) - theirs.astype(np.float64))
    index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))  # argmax finds a NaN first
    absolute, scale = float(gap[index]), float(np.abs(theirs).max())
    zero = min(ZEROS[precision], tolerance) * largest
    if 0 < max(scale, np.abs(mine).max()) <= zero:
        words = "zero to rounding: measured against the largest of all"
        return Line(name, mine.shape, "close", absolute, absolute / largest, index, words)
    relative = absolute / scale if scale > 0 else (0.0 if absolute == 0 else np.inf)
    return Line(name, mine.shape, "close" if relative <= tolerance else "different", absolute, relative, index)


def _numpy(name, array):
    if array is None:
        return None
    check_plain(name, array)
    if hasattr(array, "detach"):
        array = array.detach().cpu()
    array = np.asarray(backend.to_numpy(array))
    if array.dtype.kind not in "fiub":
        raise ValueError(f"compare needs arrays of numbers, got {array.dtype} for {name}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)
