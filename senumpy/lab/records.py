"""One file for each run, written whole, joined on reading: so several labs can share a folder and lose nothing.

JSON has no types, and people paste: each record is looked at before anything is said about it.
"""

import json
from contextlib import contextmanager, suppress
from pathlib import Path
from reprlib import repr as short

from senumpy.files.lock import locked
from senumpy.files.whole import write_whole
from senumpy.lab.identity import SAME, code_of, digest

FORMAT = "senumpy lab 1"
FOLDER = "runs"
RESULTS = Path(__file__).parent / "results"  # those that come with the package
LARGEST = 10**30  # no seed, number of parameters, seconds or loss of a run that went well comes near
STATES = ("finished", "diverged", "killed", "failed")


def run_file(folder, name, settings, made_by):
    """Return the file of one run: its name is its settings, its code and its version of NumPy."""
    words = f"{settings['model']}-{settings['task']}-{name}-{settings['seed']}"
    return Path(folder) / FOLDER / f"{words}-{digest(settings, made_by)}.json"


def write_record(path, record):
    """Write one run, whole or not at all."""
    write_whole(path, json.dumps({"format": FORMAT, **record}, indent=1) + "\n")


def read_record(path):
    """Return one run, looked at.

    Raises
    ------
    ValueError
        Where the file holds no run: the sentence says why.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{str(path)!r} is not a run of the lab ({error}): move it away") from error
    wrong = wrong_with(record)
    if not wrong and not Path(path).stem.endswith(digest(record["settings"], record["made_by"])):
        wrong = "its settings or its code are not those in its name"
    if wrong:
        raise ValueError(f"{str(path)!r} is not a run of the lab ({wrong}): move it away")
    return record


def read_records(folder):
    """Return all runs in a folder, by file name."""
    return {path.name: read_record(path) for path in run_files(folder)}


def run_files(folder):
    """Return the files of runs in a folder, those that somebody is still writing left out."""
    return sorted(p for p in (Path(folder) / FOLDER).glob("*.json") if ".part" not in p.suffixes)


def is_same_code(record, made_by):
    """Say whether a run may stand beside others that are made by this."""
    return code_of(record["made_by"]) == code_of(made_by)


def wrong_with(record):
    """Return why this is no record of a run, or None.

    >>> wrong_with({"format": "senumpy lab 1"})
    'state must be one of finished, diverged, killed, failed, got None'
    """
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        return f"expected names and values with the format {FORMAT!r}"
    if record.get("state") not in STATES:
        return f"state must be one of {', '.join(STATES)}, got {short(record.get('state'))}"
    for name in ("settings", "made_by"):
        if not isinstance(record.get(name), dict):
            return f"{name} must have names and values, got {short(record.get(name))}"
    of_state = FINISHED if record["state"] == "finished" else UNFINISHED
    for of, fields in ((record, of_state), (record["settings"], SETTINGS), (record["made_by"], MADE_BY)):
        for name, (is_right, what) in fields.items():
            if not is_right(of.get(name)):
                return f"{name} must be {what}, got {short(of.get(name))}"
    return None


def _is_count(least):
    return lambda value: type(value) is int and least <= value <= LARGEST  # True is an int too, and no count


def _is_number(low, high):
    return lambda value: type(value) in (int, float) and low <= value <= high


def _is_text(value):
    return isinstance(value, str)


def _is_names(value):
    return isinstance(value, dict)


def _is_losses(value):
    return isinstance(value, list) and all(map(_is_number(0, LARGEST), value))


def _or_none(is_right):
    return lambda value: value is None or is_right(value)


FINISHED = {
    "test_accuracy": (_is_number(0, 1), "a number from 0 to 1"),
    "train_accuracy": (_is_number(0, 1), "a number from 0 to 1"),
    "test_loss": (_is_number(0, LARGEST), "a finite number of at least 0"),
    "parameters": (_is_count(1), "a whole number of at least 1"),
    "seconds": (_is_number(0, LARGEST), "a finite number of at least 0"),
    "first_losses": (_is_losses, "a list of losses"),
}
UNFINISHED = {
    "reason": (_is_text, "a sentence"),
    "test_accuracy": (_or_none(_is_number(0, 1)), "a number from 0 to 1, or none"),
    "parameters": (_or_none(_is_count(1)), "a whole number of at least 1, or none"),
    "seconds": (_or_none(_is_number(0, LARGEST)), "a finite number of at least 0, or none"),
}
SETTINGS = {
    **dict.fromkeys(("model", "task", "part"), (_is_text, "a word")),
    **dict.fromkeys(("options", "task_options"), (_is_names, "names and values")),
    **dict.fromkeys(("epochs", "batch_size"), (_is_count(1), "a whole number of at least 1")),
    "lr": (_is_number(0, LARGEST), "a finite number of at least 0"),
    "seed": (_is_count(0), "a whole number of at least 0"),
}
MADE_BY = dict.fromkeys(SAME, (_is_text, "a word"))


@contextmanager
def claimed(path):
    """Hold a run for one ``with`` block, and give True; or False where somebody else is training it."""
    claims = Path(path).parent / "claims"
    keep = claims / ".keep"  # a folder that is never empty is never removed behind another's back
    claims.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        keep.touch(exist_ok=False)
    lock = locked(claims / f"{Path(path).stem}.lock", "somebody else is at it")
    try:
        lock.__enter__()
    except ValueError:
        yield False
        return
    try:
        yield True
    finally:
        lock.__exit__(None, None, None)
