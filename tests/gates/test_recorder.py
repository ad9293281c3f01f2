"""The recorder keeps what was there at the moments asked for, and the same comes back from a file."""

import numpy as np
import pytest
from gates.planted import FixedGates, TinyForTests, pictures

from senumpy.gates import GateRecorder, gate_values
from senumpy.layers import GlobalAvgPool, Linear, Sequential
from senumpy.training import SGD, Trainer


def train(recorder, epochs=2):
    """Train for 3 steps an epoch with the recorder as the hook."""
    model, x = TinyForTests(), pictures(12)
    recorder.record(model)
    trainer = Trainer(model, SGD(model.params, lr=0.05), hook=recorder, progress=False)
    trainer.fit(x, np.arange(12) % 3, epochs=epochs, batch_size=4, rng=np.random.default_rng(0))
    return model


@pytest.mark.parametrize(
    ("when", "steps"),
    [({}, [0, 3, 6]), ({"every": 2}, [0, 2, 4, 6]), ({"steps": [1, 5]}, [0, 1, 5]), ({"steps": range(2)}, [0, 1])],
)
def test_it_records_before_training_and_at_the_chosen_steps(when, steps):
    recorder = GateRecorder(pictures(5), **when)
    train(recorder)
    assert recorder.steps.tolist() == steps
    assert {name: s.shape for name, s in recorder.gates.items()} == {
        "se1": (len(steps), 5, 8), "se2": (len(steps), 5, 8)
    }  # fmt: skip


def test_the_last_moment_holds_the_gates_of_the_trained_model():
    recorder = GateRecorder(pictures(5))
    model = train(recorder)
    for name, s in gate_values(model, pictures(5)).items():
        np.testing.assert_array_equal(recorder.gates[name][-1], s)
        np.testing.assert_array_equal(recorder.at(-1)[name], s)
        assert abs(recorder.gates[name][-1] - recorder.gates[name][0]).max() > 1e-4  # and training changed them


def test_known_gates_are_kept_by_value():
    table = np.random.default_rng(0).random((4, 6)).astype(np.float32)
    model = Sequential(se=FixedGates(table), gap=GlobalAvgPool(), fc=Linear(6, 2))
    recorder = GateRecorder(np.ones((4, 6, 2, 2), np.float32))
    recorder.record(model, step=7)
    model.children["se"].table = 1 - table
    recorder.record(model, step=9)
    np.testing.assert_array_equal(recorder.gates["se"], np.stack([table, 1 - table]))
    assert recorder.steps.tolist() == [7, 9]


def test_recording_does_not_disturb_training():
    watched, alone = GateRecorder(pictures(5), every=1), GateRecorder(pictures(5), steps=[])
    one, other = train(watched).state_dict(), train(alone).state_dict()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name])


def test_saved_and_loaded_it_is_the_same_and_can_go_on(tmp_path):
    recorder = GateRecorder(pictures(5), every=3)
    model = train(recorder)
    path = recorder.save(tmp_path / "gates")
    assert path.name == "gates.npz"
    loaded = GateRecorder.load(path)
    assert loaded.steps.tolist() == recorder.steps.tolist()
    np.testing.assert_array_equal(loaded.images, recorder.images)
    for name, s in recorder.gates.items():
        np.testing.assert_array_equal(loaded.gates[name], s)
    loaded.record(model, step=100)
    assert loaded.steps.tolist() == [0, 3, 6, 100]


def test_wrong_use_is_refused(tmp_path):
    from senumpy.models import TinyCNN

    with pytest.raises(ValueError, match="not both"):
        GateRecorder(pictures(1), every=2, steps=[1])
    with pytest.raises(ValueError, match="at least 1"):
        GateRecorder(pictures(1), every=0)
    with pytest.raises(ValueError, match="no SE blocks"):
        GateRecorder(pictures(1)).record(TinyCNN(widths=(4,), se=False))
    with pytest.raises(ValueError, match="nothing is recorded"):
        GateRecorder(pictures(1)).at(0)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(ValueError, match="no recorded gates"):
        GateRecorder.load(tmp_path / "other.npz")
    with pytest.raises(FileNotFoundError):
        GateRecorder.load(tmp_path / "missing.npz")


def test_moments_stand_in_the_order_of_their_steps():
    recorder = GateRecorder(pictures(2))
    for step in (10, 0, 5):
        recorder.record(TinyForTests(), step)
    assert recorder.steps.tolist() == [0, 5, 10]
