"""The words of the table: what wrong things there are, and how to say what a function answers to them.

A room's page lists its public functions. Each stands there with arguments that fit, and with what is put in place of
one of them at a time::

    asked(ops.linear_forward, lambda: {"x": normal(2, 3), "w": normal(4, 3), "b": normal(4)},
          x=array(), w=array(), b=array())

``array()`` and its neighbours below are families: lists of wrong things that belong to a kind of argument, each with
the words that the answer has to contain; "{}" stands for the argument's name. A page may give other words, for all of
a family or for one thing; FINE is the answer where the thing is taken, and the result says what became of it.
"""

import math
from collections.abc import Iterator
from contextlib import _GeneratorContextManager
from typing import NamedTuple

import numpy as np

FINE = "taken"
MISSING = "/there/is/no/such/file"


class Asked(NamedTuple):
    function: object
    fitting: object  # a function that returns the keyword arguments, anew each time
    parameters: dict  # {parameter: {kind: (the thing, or how to make it from the fitting one; words)} or a reason}

    @property
    def name(self):
        return self.function.__qualname__

    def answer(self, **changed):
        """Call the function with its fitting arguments but for those changed; run what only begins when it is run."""
        arguments = {**self.fitting(), **changed}
        result = self.function(*arguments.pop("*", ()), **arguments)
        if isinstance(result, _GeneratorContextManager):
            with result:
                pass
        return list(result) if isinstance(result, Iterator) else result

    def rows(self):
        """Yield ``(parameter, kind, make, words)``."""
        for parameter, things in self.parameters.items():
            if not isinstance(things, str):
                for kind, (thing, words) in things.items():
                    make = thing if callable(thing) else lambda fitting, thing=thing: thing
                    yield parameter, kind, make, words.replace("{}", parameter)


def asked(function, fitting, **parameters):
    return Asked(function, fitting, parameters)


def normal(*shape):
    return np.random.default_rng(0).standard_normal(shape)


def generator(of=()):
    return (item for item in of)


def things(family, words, but):
    """Return a family as the table has it: ``words`` for all its things, other words or None (left out) for some."""
    unknown = set(but) - set(family)
    own = {kind: but[kind] for kind in unknown}  # a thing of one's own: (make, words)
    answers = {kind: (make, but.get(kind, words.get(kind, "") if isinstance(words, dict) else words))
               for kind, make in family.items()}  # fmt: skip
    return {kind: answer for kind, answer in {**answers, **own}.items() if answer[1] is not None}


ARRAY = {
    "one axis fewer": lambda a: a[0],
    "one axis more": lambda a: a[None],
    "no entries": lambda a: a[:0],
    "integers": lambda a: a.astype(np.int64),
    "words": lambda a: np.full(a.shape, "word"),
    "objects": lambda a: a.astype(object),
    "masked": lambda a: np.ma.masked_array(a),
    "a list": lambda a: a.tolist(),
    "a generator": lambda a: generator(a),
    "a word": lambda a: "word",
    "nothing": lambda a: None,
    "a number": lambda a: 3.0,
}
NOT_FINITE = {"NaN": lambda a: np.full_like(a, math.nan), "infinity": lambda a: np.full_like(a, math.inf)}
ARRAY_WORDS = {
    "one axis fewer": "{} must have shape",
    "one axis more": "{} must have shape",
    "no entries": "{} must have at least one entry",
    "integers": "{} must hold floating-point numbers",
    "words": "{} must hold floating-point numbers",
    "objects": "{} must hold floating-point numbers",
    "masked": "{} is a masked array",
    **dict.fromkeys(("a list", "a generator", "a word", "nothing", "a number"), "{} must be an array"),
    **dict.fromkeys(NOT_FINITE, FINE),
}
LABELS = {
    "one axis more": lambda a: a[None],
    "no entries": lambda a: a[:0],
    "one fewer": lambda a: a[:-1],
    "fractions": lambda a: a + 0.5,
    "words": lambda a: a.astype(str),
    "negative": lambda a: a - 1 - a.max(),
    "masked": lambda a: np.ma.masked_array(a),
    "a generator": lambda a: generator(a),
    "a word": lambda a: "word",
    "nothing": lambda a: None,
}
NUMBER = {
    "NaN": lambda a: math.nan,
    "infinity": lambda a: math.inf,
    "a word": lambda a: "word",
    "nothing": lambda a: None,
    "an array": lambda a: np.ones(2),
    "a generator": lambda a: generator(),
}
COUNT = {"zero": lambda a: 0, "a fraction": lambda a: 1.5, "yes": lambda a: True, **NUMBER, "negative": lambda a: -1}
FLAG = {"a word": lambda a: "no", "nothing": lambda a: None, "a number": lambda a: 0.5}
WORD = {
    "another word": lambda a: "word",
    "no word": lambda a: "",
    "nothing": lambda a: None,
    "a number": lambda a: 3,
    "a list": lambda a: ["word"],
}
RNG = {"a seed": lambda a: 3, "a word": lambda a: "word", "an old one": lambda a: np.random.RandomState(0)}
MODEL = {"its class": type, "a list": lambda a: [a], "a word": lambda a: "word", "nothing": lambda a: None,
         "a function": lambda a: a.forward}  # fmt: skip
OBJECT = {"a word": lambda a: "word", "nothing": lambda a: None, "a number": lambda a: 3}
PATH = {"nothing": lambda a: None, "a number": lambda a: 3.5, "a list": lambda a: [a], "no word": lambda a: ""}


def array(words=ARRAY_WORDS, /, **but):
    """An array of any number of axes; NaN and infinity are numbers like others, unless ``but`` says something else."""
    but = {kind.replace("_", " "): word for kind, word in but.items()}
    return things(ARRAY | NOT_FINITE, words, but)


def labels(words="{} must", /, **but):
    return things(LABELS, words, {kind.replace("_", " "): word for kind, word in but.items()})


def count(words="{} must be an integer of at least", /, **but):
    return things(COUNT, words, {kind.replace("_", " "): word for kind, word in but.items()})


def number(words="{} must be a number", /, **but):
    return things(NUMBER, words, {kind.replace("_", " "): word for kind, word in but.items()})


def flag(words="{} must be True or False", /, **but):
    return things(FLAG, words, {kind.replace("_", " "): word for kind, word in but.items()})


def word(words, /, **but):
    return things(WORD, words, {kind.replace("_", " "): word for kind, word in but.items()})


def rng(words="{} must be a numpy.random.Generator", /, **but):
    return things(RNG, words, {kind.replace("_", " "): word for kind, word in but.items()})


def model(words="{} must be a layer, got", /, **but):
    return things(MODEL, words, {kind.replace("_", " "): word for kind, word in but.items()})


def thing(words, /, **but):
    """Something that is neither array, number nor word."""
    return things(OBJECT, words, {kind.replace("_", " "): word for kind, word in but.items()})


def path(words, /, **but):
    return things(PATH, words, {kind.replace("_", " "): word for kind, word in but.items()})
