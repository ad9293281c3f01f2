"""The numbers that go in, rates at every step, and the share of right answers that comes out."""

import json
import math
import pickle

import numpy as np
import pytest
from small_runs import LABELS, X, everything, fit, new_trainer, refused

from senumpy.layers import Layer
from senumpy.training import evaluate, step_lr

RATES = {
    "negative": (-0.1, ["-0.1"]),
    "NaN": (np.nan, ["nan"]),
    "infinite": (np.inf, ["inf"]),
    "several": (np.array([0.1, 0.2]), ["0.2"]),
    "one in a list": ([0.1], ["[0.1]"]),
    "one in an array": (np.array([0.1]), ["0.1"]),
    "text": ("0.1", ["'0.1'"]),
    "nothing": (None, ["None"]),
    "complex": (0.1 + 0j, ["0.1"]),
    "a switch": (True, ["True"]),
    "masked": (np.ma.masked, ["masked"]),
    "masked in part": (np.ma.array(0.1), ["0.1"]),
}


@pytest.mark.parametrize("rate, words", RATES.values(), ids=RATES)
def test_a_rate_that_is_none_is_refused_with_the_number_of_the_step(rate, words):
    trainer = new_trainer(schedule=lambda step: 0.1 if step < 2 else rate)
    message = refused(trainer, ValueError)
    for word in ("schedule's learning rate for step 3", *words):
        assert word in message
    assert trainer.step == 2 and trainer.optimizer.lr == 0.1


def test_a_schedule_that_explodes_is_refused_at_its_step():
    message = refused(new_trainer(schedule=step_lr(0.0, 1, gamma=1e200)), ValueError)
    assert "step 3" in message and "inf" in message


@pytest.mark.parametrize("number", [np.float64, np.float32, np.array])
def test_rates_of_any_kind_give_the_same_bits_and_a_history_for_json(number):
    def run(number):
        trainer = new_trainer(schedule=lambda step: number(2.0 ** -(3 + step)))
        history = fit(trainer, epochs=2)
        return everything(trainer), json.dumps([history.to_dict()["loss"], history.to_dict()["lr"]])

    assert run(number) == run(float)


def test_a_trainer_with_a_schedule_can_be_pickled_and_goes_on():
    trainer = new_trainer(schedule=step_lr(0.1, 2))
    fit(trainer)
    again = pickle.loads(pickle.dumps(trainer))
    for t in (trainer, again):
        fit(t, epochs=2)
    assert everything(again) == everything(trainer)


BROKEN = {"NaN": [np.nan] * 3, "infinite": [np.inf] * 3, "minus infinity": [-np.inf] * 3, "one NaN": [0.0, np.nan, 1.0]}


@pytest.mark.parametrize("logits", BROKEN.values(), ids=BROKEN)
def test_logits_that_are_not_finite_are_no_answer(logits):
    """argmax of NaN is class 0: the accuracy would be the share of that class."""
    class Broken(Layer):
        def forward(self, x):
            return np.tile(np.float32(logits), (len(x), 1))

    evaluation = evaluate(Broken(), X, LABELS)  # the loss says it, and no warning besides
    assert math.isnan(evaluation.loss) and evaluation.accuracy == 0.0


def test_a_class_that_is_ruled_out_may_have_minus_infinity():
    class Masked(Layer):
        def forward(self, x):
            return np.tile(np.float32([0.0, 1.0, -np.inf]), (len(x), 1))

    assert evaluate(Masked(), X[:2], np.array([1, 0])).accuracy == 0.5
