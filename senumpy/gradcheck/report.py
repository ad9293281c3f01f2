"""A verdict that explains itself: what was compared, how far apart it was, and how much the comparison can see."""

from dataclasses import dataclass, field

import numpy as np

from senumpy.tables import html_table, text_table

HEADER = ("tensor", "shape", "error", "allowed", "method", "entries", "verdict")


class GradientError(AssertionError):
    """A backward pass returned a wrong gradient; the message is the report."""


@dataclass
class TensorResult:
    """What the check found for one tensor.

    Attributes
    ----------
    status : {"PASS", "FAIL", "INCONCLUSIVE"}
    error : float
        ``max |analytic - numeric|`` divided by the larger of ``max |numeric|`` and a thousandth of the largest gradient
        entry of all tensors. Infinite where backward returned nothing that could be compared.
    tolerance : float
        The largest error that passes.
    worst_index : tuple of int, or None
        Where the two differ most.
    analytic : array or None
        What backward returned.
    numeric : array
        What the numerical derivative says; NaN at entries that were not checked.
    entries, size : int
        How many entries were checked one by one, of how many.
    method : str
        How the numerical derivative was taken.
    problem : str
        What is wrong besides (or instead of) the values: a missing gradient, a shape, a NaN.
    yardstick : float
        What an error of 1 means: the larger of the tensor's own largest entry and a thousandth of the largest of all.
    """

    name: str
    shape: tuple
    status: str
    error: float
    tolerance: float
    worst_index: tuple | None
    analytic: np.ndarray | None
    numeric: np.ndarray
    entries: int
    size: int
    method: str
    problem: str = ""
    yardstick: float = 0.0

    @property
    def row(self):
        """The line of this tensor in the table."""
        entries = str(self.size) if self.entries == self.size else f"{self.entries} of {self.size}"
        shape = "x".join(map(str, self.shape)) or "number"
        errors = (f"{self.error:.1e}", f"{self.tolerance:.0e}")
        return (self.name, shape, *errors, self.method.replace("_", " "), entries, self.status)

    @property
    def words(self):
        """What is wrong with this tensor, in a sentence; empty where nothing is."""
        if self.problem or self.status != "FAIL":
            return self.problem
        at = ", ".join(map(str, self.worst_index))
        a, n = _telling_apart(self.analytic[self.worst_index], self.numeric[self.worst_index])
        return f"d{self.name}[{at}]: backward says {a}, the numerical derivative {n}"


def _telling_apart(a, b):
    """Write two numbers with six digits, or as many more as it takes to see that they differ.

    >>> _telling_apart(1.2345678, 1.2345679)
    ('1.2345678', '1.2345679')
    """
    for digits in range(6, 18):
        words = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if words[0] != words[1]:
            break
    return words


@dataclass(repr=False)
class Report:
    """The outcome of `check`: print it, or let a notebook show it.

    Attributes
    ----------
    status : {"PASS", "FAIL", "INCONCLUSIVE"}
        FAIL if any tensor or promise fails. INCONCLUSIVE if nothing fails, but this probe could hide a mistake
        entirely: see ``blind_spots``.
    tensors : dict of str to TensorResult
    failures : list of str
        Broken promises: a backward that changes its cache, gives other bits the second time, is not linear in dout.
    blind_spots : list of str
        Why the probe could hide a mistake entirely.
    warnings : list of str
        All remarks on the probe: the blind spots, then lesser ones.
    notes : list of str
        How the numerical derivative was taken where it was not the first choice.
    hints : list of str
        What the pattern of the error says about its cause.
    """

    tensors: dict
    failures: list = field(default_factory=list)
    blind_spots: list = field(default_factory=list)
    lesser_warnings: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    hints: list = field(default_factory=list)
    name: str = ""

    @property
    def status(self):
        if self.failures or any(tensor.status == "FAIL" for tensor in self.tensors.values()):
            return "FAIL"
        return "INCONCLUSIVE" if self.blind_spots else "PASS"

    @property
    def warnings(self):
        return [*self.blind_spots, *self.lesser_warnings]

    @property
    def worst(self):
        """The tensor with the largest error in units of what is allowed."""
        return max(self.tensors.values(), key=lambda t: 0.0 if np.isnan(t.error) else t.error / t.tolerance)

    def raise_if_failed(self):
        """Raise a `GradientError` with the table as its message if the status is FAIL; otherwise return the report."""
        if self.status == "FAIL":
            raise GradientError(str(self))
        return self

    def to_dict(self):
        """Return what a program wants to know, ready for JSON."""
        tensors = {
            name: {
                "status": tensor.status,
                "error": tensor.error if np.isfinite(tensor.error) else None,
                "tolerance": tensor.tolerance,
                "method": tensor.method,
                "entries": tensor.entries,
                "size": tensor.size,
                "worst_index": None if tensor.worst_index is None else [int(i) for i in tensor.worst_index],
                "problem": tensor.words,
            }
            for name, tensor in self.tensors.items()
        }
        lists = ("failures", "blind_spots", "warnings", "notes", "hints")
        return {"name": self.name, "status": self.status, "tensors": tensors, **{k: getattr(self, k) for k in lists}}

    def _sentences(self):
        yield from (f"wrong: {tensor.words}" for tensor in self.tensors.values() if tensor.words)
        yield from (f"wrong: {failure}" for failure in self.failures)
        yield from (f"hint: {hint}" for hint in self.hints)
        yield from (f"blind spot: {text}" for text in self.blind_spots)
        yield from (f"warning: {text}" for text in self.lesser_warnings)
        yield from (f"note: {note}" for note in self.notes)

    def _title(self):
        return f"{self.name}: {self.status}" if self.name else self.status

    def __str__(self):
        table = text_table(HEADER, [tensor.row for tensor in self.tensors.values()])
        return "\n".join([self._title(), table, *self._sentences()])

    __repr__ = __str__

    def _repr_html_(self):
        rows = [tensor.row for tensor in self.tensors.values()]
        return html_table(HEADER, rows, title=self._title(), notes=self._sentences())

    def __bool__(self):
        raise TypeError("a report has three answers, not two: ask report.status, or call report.raise_if_failed()")
