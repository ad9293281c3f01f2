"""The recorder keeps what was there at the moments asked for, and the same comes back from a file."""

import io
import zipfile

import numpy as np
import pytest
from gates.planted import FixedGates, TinyForTests, random_images

from senumpy.gates import GateRecorder, gate_values
from senumpy.layers import GlobalAvgPool, Linear, Sequential
from senumpy.training import SGD, Trainer


def train(recorder, epochs=2):
    """Train for 3 steps an epoch with the recorder as the callback."""
    model, x = TinyForTests(), random_images(12)
    recorder.record(model)
    trainer = Trainer(model, SGD(model.params, lr=0.05), callback=recorder, progress=False)
    trainer.fit(x, np.arange(12) % 3, epochs=epochs, batch_size=4, rng=np.random.default_rng(0))
    return model


@pytest.mark.parametrize(
    ("when", "steps"),
    [({}, [0, 3, 6]), ({"every": 2}, [0, 2, 4, 6]), ({"steps": [1, 5]}, [0, 1, 5]), ({"steps": range(2)}, [0, 1])],
)
def test_it_records_before_training_and_at_the_chosen_steps(when, steps):
    recorder = GateRecorder(random_images(5), **when)
    train(recorder)
    assert recorder.steps.tolist() == steps
    assert {name: s.shape for name, s in recorder.gates.items()} == {
        "se1": (len(steps), 5, 8), "se2": (len(steps), 5, 8)
    }  # fmt: skip


def test_the_last_moment_holds_the_gates_of_the_trained_model():
    recorder = GateRecorder(random_images(5))
    model = train(recorder)
    for name, s in gate_values(model, random_images(5)).items():
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
    watched, alone = GateRecorder(random_images(5), every=1), GateRecorder(random_images(5), steps=[])
    one, other = train(watched).state_dict(), train(alone).state_dict()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name])


def test_saved_and_loaded_it_is_the_same_and_can_go_on(tmp_path):
    recorder = GateRecorder(random_images(5), every=3)
    model = train(recorder)
    path = recorder.save(tmp_path / "gates")
    assert path == recorder.save(tmp_path / "gates.npz") == tmp_path / "gates.npz"
    assert recorder.save(tmp_path / "run.1") == tmp_path / "run.1.npz"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["gates.npz", "run.1.npz"]
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
        GateRecorder(random_images(1), every=2, steps=[1])
    with pytest.raises(ValueError, match="at least 1"):
        GateRecorder(random_images(1), every=0)
    for every in (float("nan"), 1.5, "2"):
        with pytest.raises(ValueError, match="every must be an integer"):
            GateRecorder(random_images(1), every=every)
    with pytest.raises(ValueError, match="no SE blocks"):
        GateRecorder(random_images(1)).record(TinyCNN(widths=(4,), se=False))
    with pytest.raises(ValueError, match="nothing is recorded"):
        GateRecorder(random_images(1)).at(0)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(ValueError, match="no recorded gates"):
        GateRecorder.load(tmp_path / "other.npz")
    with pytest.raises(FileNotFoundError):
        GateRecorder.load(tmp_path / "missing.npz")


def test_moments_stand_in_the_order_of_their_steps():
    recorder = GateRecorder(random_images(2))
    for step in (10, 0, 5):
        recorder.record(TinyForTests(), step)
    assert recorder.steps.tolist() == [0, 5, 10]


def saved(tmp_path, **changes):
    """Write a file of two moments, three pictures and four channels, with some arrays exchanged."""
    arrays = {"steps": np.arange(2), "images": random_images(3), "gates/se": np.full((2, 3, 4), 0.5), **changes}
    np.savez(tmp_path / "changed.npz", **arrays)
    return tmp_path / "changed.npz"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gates/se": np.full((1, 3, 4), 0.5)}, "2 moments, 3 pictures"),
        ({"gates/se": np.full((2, 2, 4), 0.5)}, "2 moments, 3 pictures"),
        ({"gates/se": np.full((2, 3), 0.5)}, "2 moments, 3 pictures"),
        ({"gates/se": np.full((2, 3, 4), "0.5")}, "floating-point"),
        ({"steps": np.array([0.0, np.nan])}, "whole numbers"),
        ({"steps": np.array([3, 3])}, "each once"),
        ({"steps": np.array(3)}, "whole numbers"),
        ({"images": np.array(3.0)}, "images must have shape"),
    ],
)
def test_a_file_whose_arrays_do_not_fit_together_is_refused(tmp_path, changes, message):
    assert GateRecorder.load(saved(tmp_path)).steps.tolist() == [0, 1]
    with pytest.raises(ValueError, match=message):
        GateRecorder.load(saved(tmp_path, **changes))


def test_a_small_file_that_claims_more_than_all_memory_is_refused_in_words(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**6,) * 3})
    with zipfile.ZipFile(saved(tmp_path), "a") as file:
        file.writestr("gates/huge.npy", header.getvalue())
    with pytest.raises(ValueError, match="changed.npz"):
        GateRecorder.load(tmp_path / "changed.npz")
