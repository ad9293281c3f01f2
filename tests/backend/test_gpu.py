"""The real CuPy on a real GPU: the numbers, which the stand-in cannot prove. Skipped visibly where there is none."""

import numpy as np
import pytest
from comparing import assert_close
from device_cases import LAYERS, OPTIMIZERS, draw, new_cnn, train
from op_cases import CASES

from senumpy import backend
from senumpy.ops import softmax_cross_entropy_backward, softmax_cross_entropy_forward
from senumpy.training import evaluate, load_weights, save_weights

pytestmark = pytest.mark.gpu
TOLERANCES = {np.float32: 1e-5, np.float64: 1e-12}
each_dtype = pytest.mark.parametrize("dtype", TOLERANCES, ids=["float32", "float64"])
each_layer = pytest.mark.parametrize("make, shape", LAYERS.values(), ids=LAYERS)
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
with_and_without_se = pytest.mark.parametrize("se", [True, False], ids=["with SE", "without SE"])


@pytest.fixture
def cupy():
    with backend.use("cupy") as module:
        assert module.__name__ == "cupy"
    return module


def all_close(there, here, tolerance):
    """Two dicts of arrays: all of the first on the GPU, with dtype and values of the second."""
    assert there.keys() == here.keys()
    for name, array in here.items():
        assert type(there[name]).__module__.startswith("cupy"), name
        assert there[name].dtype == array.dtype, name
        assert_close(backend.to_numpy(there[name]), array, tolerance, name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@each_dtype
def test_an_op_agrees_with_numpy(case, dtype, cupy):
    rng = np.random.default_rng(30)
    arrays = case.make(rng, dtype)
    there = {name: cupy.asarray(array) for name, array in arrays.items()}
    out, cache = case.forward(**arrays)
    dout = case.make_dout(rng, out)
    out_there, cache_there = case.forward(**there)
    all_close({"out": out_there}, {"out": out}, TOLERANCES[dtype])
    all_close(case.gradients(cupy.asarray(dout), cache_there), case.gradients(dout, cache), TOLERANCES[dtype])
    state = {name: arrays[name] for name in case.state}
    all_close({name: there[name] for name in state}, state, TOLERANCES[dtype])


@each_layer
@each_dtype
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_a_layer_agrees_with_numpy(make, shape, dtype, training, cupy):
    here = make(rng=np.random.default_rng(31), dtype=dtype)
    with backend.use("cupy"):
        there = make(rng=np.random.default_rng(31), dtype=dtype)
    x = draw(32, shape, dtype)
    results = []
    for layer, module in ((there, cupy), (here, np)):
        layer.train() if training else layer.eval(gradients=True)
        out = layer.forward(module.asarray(x))
        dx = layer.backward(module.asarray(draw(33, out.shape, dtype)))
        results.append({"out": out, "dx": dx, **layer.grads, **layer.buffers})
    all_close(*results, TOLERANCES[dtype])


@each_optimizer
@each_dtype
def test_an_optimizer_agrees_with_numpy(optimizer, dtype, cupy):
    start, *gradients = ({"a": draw(seed, (3, 2), dtype), "b": draw(seed, 4, dtype)} for seed in (34, 35, 36, 37))
    here = {name: p.copy() for name, p in start.items()}
    there = {name: cupy.asarray(p) for name, p in start.items()}
    steps = optimizer(here), optimizer(there)
    for g in gradients:
        steps[0].step(g)
        steps[1].step({name: cupy.asarray(array) for name, array in g.items()})
    all_close(there, here, TOLERANCES[dtype])


@with_and_without_se
@each_optimizer
def test_training_agrees_with_numpy(se, optimizer, cupy):
    """In float64, where twelve steps have not yet blown rounding errors up."""
    here = train(new_cnn(se, dtype=np.float64), optimizer, epochs=4, dtype=np.float64)
    there = train(new_cnn(se, dtype=np.float64).to("cupy"), optimizer, epochs=4, dtype=np.float64)
    assert_close(there.history.loss, here.history.loss, 1e-9, "loss")
    for name in ("params", "buffers"):
        all_close(getattr(there.model, name), getattr(here.model, name), 1e-7)


@with_and_without_se
def test_training_in_float32_learns(se, cupy):
    model = new_cnn(se).to("cupy")
    history = train(model, OPTIMIZERS["Nesterov"], epochs=30).history
    assert history.epochs[-1].loss < 0.5 * history.epochs[0].loss
    assert all(p.dtype == np.float32 for p in model.params.values())


@with_and_without_se
@pytest.mark.parametrize("saved_on, loaded_on", [("cupy", "numpy"), ("numpy", "cupy")])
def test_weights_saved_on_one_side_work_on_the_other(se, saved_on, loaded_on, cupy, tmp_path):
    source = train(new_cnn(se).to(saved_on), OPTIMIZERS["SGD"], epochs=1).model
    target = new_cnn(se, seed=38).to(loaded_on)
    load_weights(target, save_weights(source, tmp_path / "weights.npz"))
    state = target.state_dict()
    assert all(np.array_equal(state[name], array) for name, array in source.state_dict().items())
    x, labels = draw(39, (9, 2, 8, 8)), np.arange(9) % 3
    assert_close(evaluate(target, x, labels).loss, evaluate(source, x, labels).loss, 1e-5)


@with_and_without_se
def test_gradients_on_the_gpu_are_those_of_finite_differences(se, cupy):
    """Along one random direction per parameter, and per input: the slope of the loss by central differences."""
    model = new_cnn(se, dtype=np.float64).to("cupy")
    x, labels = cupy.asarray(draw(40, (4, 2, 8, 8), np.float64)), cupy.asarray(np.arange(4) % 3)

    def loss():
        value, cache = softmax_cross_entropy_forward(model.forward(x), labels)
        return float(value), cache

    dx = model.backward(softmax_cross_entropy_backward(1.0, loss()[1]))
    gradients = {**model.grads, "x": dx}
    h = 1e-5
    for seed, (name, array) in enumerate({**model.params, "x": x}.items()):
        direction = draw(seed, array.shape, np.float64)
        direction = cupy.asarray(direction / np.linalg.norm(direction))
        array += h * direction
        above, _ = loss()
        array -= 2 * h * direction
        below, _ = loss()
        array += h * direction
        slope = float((gradients[name] * direction).sum())
        assert abs(slope - (above - below) / (2 * h)) < 1e-7 * max(1.0, abs(slope)), name
        assert float(abs(gradients[name]).max()) > 1e-4, f"{name}: a gradient this small shows nothing"


def test_cupy_refuses_what_the_stand_in_refuses(cupy):
    there, here = cupy.ones(3), np.ones(3)
    for leak in (lambda: np.asarray(there), lambda: there + here, lambda: here * there, lambda: cupy.add(there, here)):
        with pytest.raises(TypeError, match="Implicit conversion|Unsupported type"):
            leak()
    assert type(there.sum()) is cupy.ndarray
    assert float(there[cupy.asarray([4])][0]) == 1.0  # out of range wraps around
