"""Are stored numbers still those of this code? The first steps of some runs are repeated, and compared to the bit."""

import json

import numpy as np

from senumpy.lab.identity import identity
from senumpy.lab.one_run import first_losses
from senumpy.lab.records import read_records

TOLERANCE = 1e-3  # of a loss after 20 steps: rounding grows, another seed differs a hundred times as much
SAME, ROUNDED, OTHER_CODE, OTHER = "same bits", "same to rounding", "another code", "OTHER NUMBERS FROM THE SAME CODE"
VERDICTS = SAME, ROUNDED, *(f"{OTHER_CODE}, {same}" for same in (SAME, ROUNDED)), OTHER_CODE, OTHER


def one_of_each(records):
    """Return one finished run of each kind of settings and code, the lowest seed: name to record."""
    kinds = {}
    for name, record in sorted(records.items(), key=lambda item: item[1]["settings"]["seed"]):
        if record["state"] == "finished":
            settings = {**record["settings"], "seed": None}
            kinds.setdefault(json.dumps([settings, record["made_by"]["source"]], sort_keys=True), (name, record))
    return dict(kinds.values())


def verify(folder, tell):
    """Repeat the first 20 steps of one seed of each kind of run in a folder.

    Parameters
    ----------
    folder : path
    tell : callable
        ``tell(name, verdict)``, for each run that is looked at.

    Returns
    -------
    dict
        How often each verdict was given.

    Raises
    ------
    ValueError
        Where there is no run in the folder, or one of this code that it cannot build.
    """
    records = one_of_each(read_records(folder))
    if not records:
        raise ValueError(f"there is no finished run in {str(folder)!r}")
    counts = dict.fromkeys(VERDICTS, 0)
    for name, record in sorted(records.items()):
        try:
            verdict = verdict_on(record)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise ValueError(f"{name}, a run of this code, cannot be repeated by it: {error}") from error
        counts[verdict] += 1
        tell(name, verdict)
    return counts


def verdict_on(record):
    """Return what a repetition of a run's first steps says.

    Another NumPy may round otherwise, and no more; another code may do anything, or know no such network.
    """
    same_code = record["made_by"]["source"] == identity()["source"]
    try:
        found = compare(record["first_losses"], first_losses(record["settings"]))
    except (TypeError, ValueError, KeyError, AttributeError):
        if same_code:
            raise
        found = OTHER
    if same_code:
        return found
    return OTHER_CODE if found == OTHER else f"{OTHER_CODE}, {found}"


def compare(stored, repeated):
    """Return how two rows of losses differ.

    >>> compare([2.3, 2.2], [2.3, 2.2]), compare([2.3, 2.2], [2.3, 2.2000001]), compare([2.3, 2.2], [2.3, 2.1])
    ('same bits', 'same to rounding', 'OTHER NUMBERS FROM THE SAME CODE')
    """
    if stored == repeated:
        return SAME
    if len(stored) == len(repeated) and np.allclose(stored, repeated, rtol=TOLERANCE, atol=0):
        return ROUNDED
    return OTHER
