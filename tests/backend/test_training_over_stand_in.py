"""Layers, optimizers and whole training runs over the stand-in for CuPy: NumPy's bits, and few waits for the device."""

import numpy as np
import pytest
import strict_cupy
from device_cases import IMAGES, LAYERS, OPTIMIZERS, draw, new_cnn, same_bits, train

from senumpy import backend, layers
from senumpy.training import (
    Trainer,
    TrainingError,
    cosine_annealing_lr,
    evaluate,
    load_checkpoint,
    load_weights,
    save_checkpoint,
    save_weights,
)

each_layer = pytest.mark.parametrize("make, shape", LAYERS.values(), ids=LAYERS)
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
with_and_without_se = pytest.mark.parametrize("se", [True, False], ids=["with SE", "without SE"])


@each_layer
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_a_layer_made_on_the_device_has_numpys_bits(make, shape, training, stand_in):
    here = make(rng=np.random.default_rng(3))
    with backend.use("cupy"):
        there = make(rng=np.random.default_rng(3))
    assert {type(a) for a in {**there.params, **there.buffers}.values()} <= {stand_in.ndarray}
    x = draw(4, shape)
    outs, dxs = {}, {}
    for layer, module in ((there, stand_in), (here, np)):
        layer.train() if training else layer.eval(gradients=True)
        out = outs[module] = layer.forward(module.asarray(x))
        dxs[module] = layer.backward(module.asarray(draw(5, out.shape)))
    assert strict_cupy.HOST_READS == []
    for name in ("params", "grads", "buffers"):
        same_bits(getattr(there, name), getattr(here, name))
    same_bits({"out": outs[stand_in], "dx": dxs[stand_in]}, {"out": outs[np], "dx": dxs[np]})


@each_layer
def test_to_the_device_and_back_changes_nothing(make, shape, stand_in):
    layer = make(rng=np.random.default_rng(6))
    before = layer.state_dict()
    assert layer.to("cupy") is layer
    same_bits({**layer.params, **layer.buffers}, before)
    layer.backward(layer.forward(stand_in.asarray(draw(7, shape))))
    layer.to("numpy")
    assert all(type(a) is np.ndarray for a in {**layer.params, **layer.buffers}.values())
    layer.forward(draw(7, shape))
    assert backend.current() is np


@each_optimizer
def test_an_optimizer_has_numpys_bits_and_updates_in_place(optimizer, stand_in):
    start, *gradients = ({"a": draw(seed, (3, 2)), "b": draw(seed, 4)} for seed in (8, 9, 10))
    here = {name: p.copy() for name, p in start.items()}
    there = {name: stand_in.asarray(p) for name, p in start.items()}
    held = dict(there)
    steps = optimizer(here), optimizer(there)
    for g in gradients:
        steps[0].step(g)
        steps[1].step({name: stand_in.asarray(array) for name, array in g.items()})
    assert strict_cupy.HOST_READS == []
    assert all(held[name] is there[name] for name in held)
    same_bits(there, here)
    assert not np.array_equal(here["a"], start["a"])


@with_and_without_se
@each_optimizer
def test_training_has_numpys_bits(se, optimizer, stand_in):
    here = train(new_cnn(se), optimizer)
    there = train(new_cnn(se).to("cupy"), optimizer)
    for name in ("params", "grads", "buffers"):
        same_bits(getattr(there.model, name), getattr(here.model, name))
    assert there.history.loss == here.history.loss and len(here.history.loss) == 6
    assert all(type(loss) is float for loss in there.history.loss)
    assert [e.accuracy for e in there.history.epochs] == [e.accuracy for e in here.history.epochs]
    assert not np.array_equal(here.model.params["fc.weight"], new_cnn(se).params["fc.weight"])


def test_a_training_step_waits_for_the_device_once(stand_in):
    """For its loss, once the whole step is launched; and each epoch once more, for the number of right answers."""
    model, reads = new_cnn(se=True).to("cupy"), strict_cupy.HOST_READS
    after = []
    reads.clear()
    train(model, OPTIMIZERS["Adam"], callback=lambda trainer, event: after.append((event, list(reads))))
    epoch = ["float", "float", "float", "int"]
    assert reads == 2 * epoch
    assert after[0] == ("step", ["float"]) and after[3] == ("epoch", epoch)


@each_optimizer
@pytest.mark.parametrize("value", [np.nan, 1e20, np.finfo(np.float32).min])
def test_a_refused_step_is_undone_on_the_device(optimizer, value, stand_in):
    model, ends = new_cnn(se=True).to("cupy"), []
    callback = lambda *_: ends.append(model.state_dict())  # noqa: E731
    trainer = Trainer(model, optimizer(model.params), callback=callback, progress=False)
    x, labels = draw(1, (14, 2, 8, 9)), np.arange(14) % 3
    place = np.random.default_rng(2).permutation(14)[-1]  # in the third step of three
    x[place, 0, 0, 0] = value
    with pytest.raises(TrainingError, match=f"as before the step.*image {place} of the training images"):
        trainer.fit(x, labels, epochs=1, batch_size=5, rng=np.random.default_rng(2))
    assert len(ends) == trainer.step == trainer.optimizer.steps == 2
    same_bits({**model.params, **model.buffers}, ends[-1])
    assert all(np.isfinite(a.get()).all() for kept in trainer.optimizer.memory.values() for a in kept)


def test_evaluation_has_numpys_bits(stand_in):
    x, labels = draw(12, (9, 2, 8, 8)), np.arange(9) % 3
    here = new_cnn(se=True)
    there = new_cnn(se=True).to("cupy")
    strict_cupy.HOST_READS.clear()
    assert evaluate(there, x, labels, batch_size=4) == evaluate(here, x, labels, batch_size=4)
    assert len(strict_cupy.HOST_READS) <= 2 * 3  # a loss and a count for each of three batches


def test_the_switch_alone_makes_a_model_on_the_device(stand_in):
    with backend.use("cupy"):
        there = new_cnn(se=True, seed=4)
    same_bits({**there.params, **there.buffers}, new_cnn(se=True, seed=4).state_dict())
    out = there.forward(stand_in.asarray(draw(13, (2, 2, 8, 8))))  # the switch is back at NumPy: the arrays decide
    assert type(out) is stand_in.ndarray


def test_gates_and_their_override_stay_on_the_device(stand_in):
    block = layers.SEBlock(4, reduction=2, rng=np.random.default_rng(14)).to("cupy")
    x = stand_in.asarray(draw(15, IMAGES))
    block.forward(x)
    assert type(block.s) is stand_in.ndarray and block.s.shape == IMAGES[:2]
    block.override = lambda s: s * 0 + 1.0
    assert np.array_equal(block.forward(x).get(), x.get())
    assert type(block.s) is stand_in.ndarray


@with_and_without_se
@pytest.mark.parametrize("saved_on, loaded_on", [("cupy", "numpy"), ("numpy", "cupy"), ("cupy", "cupy")])
def test_weights_move_between_the_sides(se, saved_on, loaded_on, stand_in, tmp_path):
    source, target = new_cnn(se, seed=5).to(saved_on), new_cnn(se, seed=6).to(loaded_on)
    kind = stand_in.ndarray if loaded_on == "cupy" else np.ndarray
    state = source.state_dict()
    assert all(type(array) is np.ndarray for array in state.values())

    held = target.params["fc.weight"]
    load_weights(target, save_weights(source, tmp_path / "weights.npz"))
    assert target.params["fc.weight"] is held, "an optimizer holds these arrays"
    for name, array in {**target.params, **target.buffers}.items():
        assert type(array) is kind
        assert np.array_equal(backend.to_numpy(array), state[name]), name

    other = new_cnn(se, seed=7).to(loaded_on)
    other.load_state_dict({**source.params, **source.buffers})  # arrays of the other side, as they are
    assert np.array_equal(backend.to_numpy(other.params["fc.weight"]), state["fc.weight"])


@each_optimizer
def test_a_training_stopped_on_the_device_goes_on_there_with_numpys_bits(optimizer, stand_in, tmp_path):
    whole = train(new_cnn(True), optimizer)

    def stop(trainer, event):
        if trainer.step == 4:  # the second epoch has three steps
            save_checkpoint(tmp_path / "a", trainer.model, trainer=trainer)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(new_cnn(True).to("cupy"), optimizer, callback=stop)
    model = new_cnn(True, seed=5).to("cupy")
    trainer = Trainer(model, optimizer(model.params), cosine_annealing_lr(0.1, 6), progress=False)
    load_checkpoint(tmp_path / "a", model, trainer=trainer)
    labels = np.arange(14) % 3
    trainer.fit(draw(1, (14, 2, 8, 9)), labels, epochs=1, batch_size=5, rng=np.random.default_rng())
    same_bits({**model.params, **model.buffers}, {**whole.model.params, **whole.model.buffers})
    assert trainer.history.loss == whole.history.loss
    assert [e.accuracy for e in trainer.history.epochs] == [e.accuracy for e in whole.history.epochs]


def test_a_state_is_a_copy(stand_in):
    model = new_cnn(se=True).to("cupy")
    state = model.state_dict()
    state["fc.weight"] += 1
    assert not np.array_equal(model.params["fc.weight"].get(), state["fc.weight"])


def test_a_model_and_its_input_on_different_sides_is_an_error(stand_in):
    here, there = new_cnn(se=True), new_cnn(se=True).to("cupy")
    x = draw(16, (2, 2, 8, 8))
    for model, given in ((here, stand_in.asarray(x)), (there, x)):
        with pytest.raises((TypeError, ValueError), match="Unsupported type|different libraries|Implicit conversion"):
            model.forward(given)
