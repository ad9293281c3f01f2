"""What leaves no trace in the weights is written down, as JSON has it, and another value is noticed."""

import json

import numpy as np
import pytest

from senumpy.layers import Conv2d, Layer, SEBlock, Sequential
from senumpy.layers.traits import differing, traits


class Own(Layer):
    def __init__(self, setting):
        super().__init__()
        self.setting = setting


@pytest.mark.parametrize(
    "setting, written",
    [
        (2, 2), ("same", "same"), (True, True), ((1, 2), [1, 2]), ([0.5, None], [0.5, None]), (np.float32(0.5), 0.5),
        (np.array(3), 3), (np.tanh, "tanh"), (dict, "dict"),
    ],
)  # fmt: skip
def test_a_setting_as_json_has_it(setting, written):
    found = traits(Sequential(own=Own(setting)))
    assert found == {"own": {"setting": written}} and json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("setting", [None, (), (1, object()), np.ones(2), np.ones((1, 1)), object()])
def test_what_is_no_setting_is_left_out(setting):
    assert traits(Sequential(own=Own(setting))) == {}


def test_settings_that_differ_are_named():
    model = Sequential(Conv2d(2, 4, 3, stride=2), SEBlock(4, 2, gate="tanh"))
    saved = traits(model)
    assert differing(saved, model) == []
    assert differing({**saved, "1": {**saved["1"], "gate": "relu", "colour": 1}, "gone": {"stride": 1}}, model) == [
        "1.gate is 'relu' in the file, 'tanh' here"
    ]
    assert differing({"0": None}, model) == []


@pytest.mark.parametrize("saved", [None, [], "stride"])
def test_what_describes_no_network(saved):
    assert differing(saved, Sequential(Own(1))) == ["the manifest does not describe the network"]
