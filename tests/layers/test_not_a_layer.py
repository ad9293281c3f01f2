"""The slips of those who come from PyTorch: a class for an object, a list of layers, a module, a function."""

import numpy as np
import pytest
from comparing import mentions

from senumpy import gates, ops
from senumpy.layers import Linear, ReLU, Sequential, evaluation_mode
from senumpy.models import SHIPPED
from senumpy.training import RECIPES, SGD, Trainer, evaluate, load_weights, save_weights, tiny_cnn_for, train_by_recipe

X, LABELS = np.zeros((2, 3, 8, 8), np.float32), np.array([0, 1])


class Module:
    """What tells a PyTorch module from others."""

    parameters = state_dict = forward = lambda self: []


SLIPS = {
    "a class": (ReLU, ["class ReLU", "ReLU(...)"]),
    "a list": ([Linear(2, 2), ReLU()], ["list", "Sequential("]),
    "a PyTorch module": (Module(), ["PyTorch", "load_state_dict"]),
    "a function": (ops.relu_forward, ["function", "gradcheck.check"]),
    "a name": ("photos", ["str"]),
    "nothing": (None, ["NoneType"]),
}
FUNCTIONS = {
    "gate_values": lambda model: gates.gate_values(model, X),
    "outputs": lambda model: gates.predict_logits(model, X),
    "check_health": lambda model: gates.check_health(model, X),
    "slide": lambda model: gates.sliding_gates(model, X[0], 4),
    "ablate_channels": lambda model: gates.ablate_channels(model, X),
    "compare_gates": lambda model: gates.compare_gates(model, X, LABELS),
    "feature_maps": lambda model: gates.feature_maps(model, X[0]),
    "overriding": lambda model: gates.override_gates(model, gates.constant_gates(0.5)).__enter__(),
    "evaluation_mode": lambda model: evaluation_mode(model).__enter__(),
    "evaluate": lambda model: evaluate(model, X, LABELS),
    "Trainer": lambda model: Trainer(model, SGD({"w": np.zeros(2)}, 0.1)),
    "train_by_recipe": lambda model: train_by_recipe(model, None, epochs=1),
    "save_weights": lambda model: save_weights(model, "nowhere.npz"),
    "load_weights": lambda model: load_weights(model, SHIPPED["photos"]),
    "Sequential": lambda model: Sequential(model),
    "Sequential by name": lambda model: Sequential(head=model),
}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_gets_one_sentence(function, slip):
    model, words = SLIPS[slip]
    with pytest.raises(ValueError, match=mentions("must be a layer", *words)):
        FUNCTIONS[function](model)


@pytest.mark.parametrize("task", ["photos", None, RECIPES["photos"]])
def test_the_name_of_a_task_is_no_task(task):
    with pytest.raises(ValueError, match=mentions("task", "senumpy.data.photos()")):
        tiny_cnn_for(task)
    with pytest.raises(ValueError, match=mentions("task", "senumpy.data.photos()")):
        train_by_recipe(Linear(2, 2), task, epochs=1)
