"""What is checked by name, and how: one random probe of an operation, a layer or the tiny CNN."""

import zlib

import numpy as np

from senumpy.gradcheck.suite.layers import LAYERS, MODELS
from senumpy.gradcheck.suite.ops import OPS

CASES = {**OPS, **LAYERS, **MODELS}
GROUPS = {"ops": list(OPS), "layers": list(LAYERS), "models": list(MODELS)}
MAX_ENTRIES = 60


def run_case(name, *, seed=0, method="auto", dtype="float64", max_entries=MAX_ENTRIES):
    """Check one of the named cases at a random probe, and return its `Report`.

    Parameters
    ----------
    name : str
        One of `CASES`: an operation as in `senumpy.ops`, a layer as in `senumpy.layers`, or "TinyCNN".
    seed : int
        Draws shapes, numbers and options; another seed is another probe.
    method, dtype, max_entries
        As in `senumpy.gradcheck.check`.

    Returns
    -------
    Report

    Examples
    --------
    >>> run_case("se").status
    'PASS'
    """
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])  # the same probe, whatever else is run
    report = CASES[name](rng, method=method, dtype=dtype, max_entries=max_entries)
    report.name = name
    return report
