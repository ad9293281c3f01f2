"""What every public function answers when it is called with the wrong thing: the table is `wrong_arguments`."""

import importlib
import inspect
import pkgutil
import warnings

import numpy as np
import pytest
import wrong_arguments
from wrong_arguments.nobody_calls import NOBODY_CALLS
from wrong_arguments.table import FINE, Asked

import senumpy
from senumpy.training import TrainingError

PAGES = [
    importlib.import_module(f"wrong_arguments.{page.name}") for page in pkgutil.iter_modules(wrong_arguments.__path__)
]
TABLE = [asked for page in PAGES for asked in getattr(page, "ASKED", ()) if isinstance(asked, Asked)]
NEED_PYTORCH = {"against_torch"}


def has_nan(answer):
    """Whether there is a NaN anywhere in nested tuples."""
    if isinstance(answer, (tuple, list)):
        return any(map(has_nan, answer))
    return np.asarray(answer).dtype.kind == "f" and bool(np.isnan(answer).any())


def skip_without_pytorch(asked):
    if asked.name in NEED_PYTORCH:
        pytest.importorskip("torch", reason="PyTorch is an optional test extra")


@pytest.mark.parametrize("asked", TABLE, ids=lambda asked: asked.name)
def test_what_fits_is_taken(asked):
    """Or what is refused below might be refused for another reason."""
    skip_without_pytorch(asked)
    asked.answer()


@pytest.mark.parametrize("asked", TABLE, ids=lambda asked: asked.name)
def test_the_wrong_thing_is_a_sentence(asked):
    """One test a function, since there are thousands of rows; the message has a line for each that fails."""
    skip_without_pytorch(asked)
    complaints = {f"{row[0]}: {row[1]}": complaint(asked, row) for row in asked.rows()}
    wrong = [f"{asked.name}, {where}: {what}" for where, what in complaints.items() if what]
    assert not wrong, "\n".join(wrong)


def complaint(asked, row):
    """Return what is wrong with the answer to one wrong thing, or None."""
    parameter, kind, make, words = row
    wrong = make(asked.fitting().get(parameter))
    with warnings.catch_warnings(action="ignore"):
        try:
            answer = asked.answer(**{parameter: wrong})
        except Exception as error:
            if words == FINE or not isinstance(error, (ValueError, TypeError, OSError, TrainingError)):
                return f"raises {error!r}"
            return None if words in str(error) else f"says {str(error)!r}, and not {words!r}"
    if words != FINE:
        return f"is taken, and not told {words!r}"
    if kind == "NaN" and asked.function.__module__.startswith("senumpy.ops.") and not has_nan(answer):
        return "a NaN went in, and none came out"
    return None


def told(x):
    raise ValueError("x must be a number")


def crashing(x):
    raise KeyError("x")


def forgetful(x):
    return 0.0


forgetful.__module__ = "senumpy.ops.forgetful"


@pytest.mark.parametrize(
    "function, kind, words, what",
    [
        (told, "NaN", "x must be", None),
        (told, "NaN", "y must be", "says 'x must be a number', and not 'y must be'"),
        (told, "NaN", FINE, "raises ValueError('x must be a number')"),
        (crashing, "NaN", "x", "raises KeyError('x')"),
        (forgetful, "NaN", "x must be", "is taken, and not told 'x must be'"),
        (forgetful, "NaN", FINE, "a NaN went in, and none came out"),
        (forgetful, "zero", FINE, None),
    ],
)
def test_a_wrong_answer_is_complained_about(function, kind, words, what):
    row = "x", kind, lambda fitting: np.nan, words
    assert complaint(Asked(function, lambda: {"x": 1.0}, {}), row) == what


def public():
    """Yield ``(room, name, object)`` of everything that a room exports."""
    for room in ("", *(f".{info.name}" for info in pkgutil.iter_modules(senumpy.__path__))):
        module = importlib.import_module(f"senumpy{room}")
        own = [name for name, a in vars(module).items() if room == ".backend" and _is_public(module, name, a)]
        for name in getattr(module, "__all__", own):
            yield f"senumpy{room}", name, getattr(module, name)


def _is_public(module, name, a):
    return callable(a) and a.__module__ == module.__name__ and not name.startswith("_")


def missing(names):
    there = {asked.name.split(".")[0] for asked in TABLE} | set(NOBODY_CALLS)
    return [f"{room}.{name}" for room, name, a in names if callable(a) and name not in there]


def test_every_public_name_is_in_the_table():
    lacking = missing(public())
    assert not lacking, "add to tests/wrong_arguments/of_ROOM.py what they answer:\n" + "\n".join(lacking)


def test_every_parameter_is_asked_about_or_its_reason_given():
    lacking = []
    for asked in TABLE:
        for name, parameter in inspect.signature(asked.function).parameters.items():
            name = "*" if parameter.kind is parameter.VAR_POSITIONAL else name
            if name != "self" and parameter.kind is not parameter.VAR_KEYWORD and name not in asked.parameters:
                lacking.append(f"{asked.name}: {name}")
    assert not lacking, "add to tests/wrong_arguments:\n" + "\n".join(lacking)


def test_a_newcomer_is_told():
    assert missing([("senumpy.ops", "newcomer_forward", print)]) == ["senumpy.ops.newcomer_forward"]
