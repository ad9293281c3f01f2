"""Whoever calls with the wrong thing gets one sentence, a ValueError, from every function of the room."""

import numpy as np
import pytest

from senumpy import data

RNG = np.random.default_rng(0)
LABELS = np.array([0, 0, 1, 1])
X = np.zeros((4, 3, 8, 8), np.float32)
TASKS = {"digits": data.digits, "photos": data.photos, "cued_digits": data.cued_digits}
MASKED = np.ma.masked_equal(LABELS, 1)
CALLS = {
    "labels that are words": lambda: data.stratified_split(np.array(["a", "a", "b", "b"]), 0.5, RNG),
    "labels that are not whole": lambda: data.stratified_split(LABELS / 2, 0.5, RNG),
    "a table of labels": lambda: data.stratified_split(LABELS[None], 0.5, RNG),
    "no labels": lambda: data.stratified_split(LABELS[:0], 0.5, RNG),
    "masked labels": lambda: data.stratified_split(MASKED, 0.5, RNG),
    "a fraction that is a word": lambda: data.stratified_split(LABELS, "half", RNG),
    "no fraction": lambda: data.stratified_split(LABELS, None, RNG),
    "a seed for a generator": lambda: data.stratified_split(LABELS, 0.5, 0),
    "an old generator": lambda: data.stratified_split(LABELS, 0.5, np.random.RandomState(0)),
    "batches of masked pictures": lambda: data.minibatches(np.ma.masked_less(X, 1), LABELS, 2),
    "batches of masked labels": lambda: data.minibatches(X, MASKED, 2),
    "batches of True": lambda: data.minibatches(X, LABELS, True),
    "batches of a matrix": lambda: data.minibatches(np.eye(4).view(np.matrix), LABELS, 2),
    "batches by an old generator": lambda: data.minibatches(X, LABELS, 2, rng=np.random.RandomState(0)),
    "a stripe on masked pictures": lambda: data.repaint_stripe(np.ma.masked_less(X, 1), 0),
    "a stripe of a masked colour": lambda: data.repaint_stripe(X, MASKED),
    "a stripe of no colour": lambda: data.repaint_stripe(X, None),
    "a photograph of nothing": lambda: data.load_photo(None),
    "a variant that is none": lambda: data.photos(variant=None),
    **{f"{name} by a seed": lambda task=task: task(rng=3) for name, task in TASKS.items()},
    **{f"{name} by an old generator": lambda task=task: task(rng=np.random) for name, task in TASKS.items()},
    "digits with a fraction of two": lambda: data.digits(test_fraction=2),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_is_a_sentence(name):
    with pytest.raises(ValueError, match=r"^\S.{15,}"):
        CALLS[name]()
