"""JSON has no types, and people paste: each run of a record is looked at before anything is trained or said."""

from reprlib import repr as short

from senumpy.lab.plan import parse_variant

LARGEST = 10**30  # no seed, number of parameters, seconds or loss of a run that went well comes near


def check_runs(runs):
    """Return the runs of a record by variant and seed.

    Parameters
    ----------
    runs : list of dict
        As JSON gives them.

    Raises
    ------
    ValueError
        Where a run is not one: the sentence says which and why.

    Examples
    --------
    >>> run = {"variant": "se", "seed": 0, "test_accuracy": 0.5, "parameters": 10, "seconds": 1.5}
    >>> list(check_runs([run]))
    [('se', 0)]
    >>> check_runs([run, {**run, "seed": 1, "test_accuracy": "0.5"}])
    Traceback (most recent call last):
    ValueError: run 2: test_accuracy must be a number from 0 to 1, got '0.5'
    """
    if not isinstance(runs, list):
        raise ValueError(f"the runs must be a list, got {type(runs).__name__}")
    found = {}
    for number, run in enumerate(runs, start=1):
        _check_run(run, f"run {number}")
        key = run["variant"], run["seed"]
        if key in found:
            raise ValueError(f"run {number}: variant {key[0]} with seed {key[1]} is there twice")
        found[key] = run
    return found


def _check_run(run, name):
    if not isinstance(run, dict):
        raise ValueError(f"{name} must have names and values, got {short(run)}")
    _check_variant(run.get("variant"), name)
    for field, (is_right, what) in FIELDS.items():
        if not is_right(run.get(field)):
            raise ValueError(f"{name}: {field} must be {what}, got {short(run.get(field))}")
    for field, (is_right, what) in OPTIONAL.items():
        if field in run and not is_right(run[field]):
            raise ValueError(f"{name}: {field} must be {what}, got {short(run[field])}")


def _check_variant(variant, name):
    try:
        parse_variant(variant, 1)
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f'{name}: a variant is "plain", "se" or such as "se-r8", got {short(variant)}') from error


def _is_count(least):
    return lambda value: type(value) is int and least <= value <= LARGEST  # True is an int too, and no count


def _is_number(low, high):
    return lambda value: type(value) in (int, float) and low <= value <= high


FIELDS = {
    "seed": (_is_count(0), "a whole number of at least 0"),
    "test_accuracy": (_is_number(0, 1), "a number from 0 to 1"),
    "parameters": (_is_count(1), "a whole number of at least 1"),
    "seconds": (_is_number(0, LARGEST), "a finite number of at least 0"),
}
OPTIONAL = {
    "train_accuracy": (_is_number(0, 1), "a number from 0 to 1"),
    "test_loss": (_is_number(0, LARGEST), "a finite number of at least 0"),
}
