"""A mistake is best shown beside the right thing: same forward, same numbers, one line apart."""

import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class Mistake:
    """A wrong backward pass, the right one, and numbers at which the two differ.

    Attributes
    ----------
    name : str
        Its key in `MISTAKES`.
    op : str
        The operation of `senumpy.ops` that it gets wrong.
    forward, backward : callable
        The pair with the mistake. Forward is right; it may keep more in its cache than the operation itself does.
    right : tuple of callable
        The right pair, ``(forward, backward)``: the operation itself.
    draw : callable
        Draws inputs of the same shapes with a ``numpy.random.Generator``.
    seed : int
        Of the default probe.
    what : str
        What is wrong, in a sentence: the solution.
    story : str
        Where one meets it, or how one comes to write it.
    hint : str
        The words of the gradient check that name the cause, empty where the numbers do not give it away.
    probe : dict of str to array
        Inputs at which the mistake shows. Read-only.
    """

    name: str
    op: str
    forward: Callable
    backward: Callable
    right: tuple
    draw: Callable
    seed: int
    what: str
    story: str
    hint: str = ""
    probe: dict = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "probe", self.draw(np.random.default_rng(self.seed)))  # frozen from here on

    @property
    def source(self):
        """The backward pass as text, under a name that gives nothing away: find the bug by reading.

        >>> from senumpy.mistakes import MISTAKES
        >>> print(MISTAKES["linear_bias_not_summed"].source)
        def linear_backward(dout, cache):
            dx, dw, _ = ops.linear_backward(dout, cache)
            return dx, dw, dout
        """
        return _source(self.backward, f"{self.op}_backward")

    def __repr__(self):
        return f"Mistake {self.name} in {self.op}: {self.what}"


@dataclass(frozen=True, eq=False, repr=False)
class WrongBlock:
    """A forward that computes the wrong thing, with the gradients that belong to it.

    The pair agrees with itself, so a gradient check finds no wrong number. Only the values, the shapes or a gradient
    that vanishes can give it away.

    Attributes
    ----------
    name : str
        Its key in `WRONG_BLOCKS`.
    forward, backward : callable
        The wrong block, and its true derivative.
    right : tuple of callable
        The right pair, ``(forward, backward)``.
    probe : dict of str to array
        Inputs for the wrong block. Read-only.
    right_probe : dict of str to array
        Inputs for the right one, with the same x.
    code : callable
        Where the bug is: forward, or the function that makes the weights.
    what, story : str
        As for a `Mistake`.
    tell : str
        How to notice it.
    """

    name: str
    forward: Callable
    backward: Callable
    right: tuple
    probe: dict
    right_probe: dict
    code: Callable
    what: str
    story: str
    tell: str

    @property
    def source(self):
        """The code with the bug as text, under a name that gives nothing away."""
        return _source(self.code, "se_forward" if self.code is self.forward else "make_weights")

    def __repr__(self):
        return f"Wrong block {self.name}: {self.what}"


def by_name(*groups):
    """Return a dict of all entries by their names.

    Raises
    ------
    ValueError
        Where two have the same name.
    """
    entries = [entry for group in groups for entry in group]
    named = {entry.name: entry for entry in entries}
    if len(named) < len(entries):
        names = [entry.name for entry in entries]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"each entry needs a name of its own, got {', '.join(twice)} more than once")
    return named


def _source(function, name):
    code = textwrap.dedent(inspect.getsource(function)).rstrip()
    return re.sub(r"^def \w+\(", f"def {name}(", code, count=1)
