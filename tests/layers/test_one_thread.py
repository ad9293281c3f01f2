"""One model, one thread: what overlaps leaves everything as it was, or is refused in words; never another's numbers."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Event, Thread

import numpy as np
import pytest

from senumpy import backend
from senumpy.gates import constant_gates, gate_values, override_gates, se_blocks
from senumpy.layers import evaluation_mode
from senumpy.layers.layer import Layer
from senumpy.layers.left_behind import ModelInUseError
from senumpy.models import TinyCNN
from senumpy.training import SGD, Trainer, evaluate

X = np.random.default_rng(1).random((40, 3, 8, 8), np.float32)


@pytest.fixture
def model():
    return TinyCNN(widths=(4, 8), num_classes=3, rng=np.random.default_rng(0))


def in_a_thread(function):
    """Run a function in another thread and return what it returned or raised."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(function)
        return future.exception() or future.result()


def overlapping(first, second):
    """Enter the first ``with`` block, then the second in another thread, and leave them in that order."""
    inside, left = Event(), Event()

    def other():
        with second:
            inside.set()
            assert left.wait(10)

    thread = Thread(target=other)
    with first:
        thread.start()
        assert inside.wait(10)
    left.set()
    thread.join(10)
    assert not thread.is_alive()


def state_of(model):
    blocks = se_blocks(model).values()
    return [layer.training for _, layer in model.named_layers()], [block.override for block in blocks]


USES = {
    "evaluation_mode": lambda model: evaluation_mode(model),
    "override_gates": lambda model: override_gates(model, constant_gates(0.0)),
    "overriding with another rule": lambda model: override_gates(model, constant_gates(1.0)),
}


@pytest.mark.parametrize("first", USES)
@pytest.mark.parametrize("second", USES)
def test_two_uses_that_overlap_in_threads_leave_the_model_as_it_was(model, first, second):
    model.children["bn2"].training = False
    before, gates = state_of(model), gate_values(model, X)
    overlapping(USES[first](model), USES[second](model))
    assert state_of(model) == before
    assert all(np.array_equal(s, gates[name]) for name, s in gate_values(model, X).items())


@pytest.mark.parametrize("first", USES)
@pytest.mark.parametrize("second", USES)
def test_and_so_do_generators_that_end_in_the_wrong_order(model, first, second):
    def inside(use):
        with USES[use](model):
            yield

    before = state_of(model)
    one, other = inside(first), inside(second)
    next(one), next(other)
    one.close()
    other.close()
    assert state_of(model) == before


def test_the_innermost_rule_counts_and_the_outer_one_comes_back(model):
    with override_gates(model, constant_gates(0.25)):
        with override_gates(model, constant_gates(0.75), ["se1"]):
            gates = gate_values(model, X)
            assert (gates["se1"] == 0.75).all() and (gates["se2"] == 0.25).all()
        assert (gate_values(model, X)["se1"] == 0.25).all()


def test_two_backends_that_overlap_leave_the_switch_as_it_was(stand_in):
    overlapping(backend.use("cupy"), backend.use("numpy"))
    assert backend.current() is np
    overlapping(backend.use("numpy"), backend.use("cupy"))
    assert backend.current() is np


def test_a_plain_switch_inside_a_block_ends_with_the_block(stand_in):
    with backend.use("numpy"):
        backend.use("cupy")
        assert backend.current() is stand_in
    assert backend.current() is np


def test_moving_a_model_switches_nothing_for_others(model, stand_in, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(backend, "use", None)
        model.to("cupy").to("numpy")


USERS = {
    "gate_values": lambda model: gate_values(model, X),
    "evaluate": lambda model: evaluate(model, X, np.arange(40) % 3),
    "forward": lambda model: model.forward(X),
    "fit": lambda model: Trainer(model, SGD(model.params, 0.1), progress=False).fit(
        X, np.arange(40) % 3, epochs=1, batch_size=20, rng=np.random.default_rng(0)
    ),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("user", USERS)
def test_a_thread_that_comes_second_is_refused_and_changes_nothing(model, use, user):
    gate_values(model, X)
    with USES[use](model):
        held, before = [block.s for block in se_blocks(model).values()], model.state_dict()
        assert isinstance(in_a_thread(lambda: USERS[user](model)), ModelInUseError)
        assert all(block.s is s for block, s in zip(se_blocks(model).values(), held, strict=True))
        assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())
    in_a_thread(lambda: USERS[user](model))  # afterwards anybody may


@pytest.mark.parametrize("user", USERS)
def test_while_a_model_trains_no_other_thread_looks(model, user):
    refused = []

    def callback(trainer, event):
        refused.append(in_a_thread(lambda: USERS[user](model)))
        gate_values(model, X)  # the thread that trains may look, as a recorder does

    trainer = Trainer(model, SGD(model.params, 0.1), callback=callback, progress=False)
    trainer.fit(X, np.arange(40) % 3, epochs=1, batch_size=20, rng=np.random.default_rng(0))
    assert len(refused) == 3 and {type(error) for error in refused} == {ModelInUseError}


def test_many_threads_get_their_own_gates_or_a_word(model):
    right = [gate_values(model, X[i : i + 1])["se2"] for i in range(40)]

    def ask(i):
        try:
            return np.array_equal(gate_values(model, X[i : i + 1])["se2"], right[i])
        except ModelInUseError:
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(40)))
    assert False not in answers and True in answers


def test_backward_after_another_threads_forward_is_refused(model):
    logits = model.forward(X)
    in_a_thread(lambda: model.forward(X[:2]))
    with pytest.raises(ModelInUseError, match="another thread"):
        model.backward(np.ones_like(logits))


def test_a_copy_for_each_thread_is_the_way(model):
    with evaluation_mode(model), ThreadPoolExecutor(4) as pool:
        copies = [deepcopy(model) for _ in range(4)]
        results = list(pool.map(lambda copy: gate_values(copy, X)["se1"], copies))
    assert all(np.array_equal(s, results[0]) for s in results)


def test_a_pickle_holds_weights_and_no_pictures(model):
    fresh = len(pickle.dumps(model))
    model.forward(X)
    assert len(pickle.dumps(model)) <= fresh + 100
    twin = deepcopy(model)
    assert twin.children["se1"].s is None and model.children["se1"].s is not None
    with evaluation_mode(model):
        assert not deepcopy(model).training


def test_names_of_layers_have_no_dots():
    with pytest.raises(ValueError, match="dots"):
        Layer().add("a.b", Layer())


class Doubled(Layer):
    """As a reader writes a layer: forward keeps something, backward asks for it."""

    def forward(self, x):
        self.cache = 2
        return 2 * x

    def backward(self, dout):
        return dout * self.require_cache()


def test_a_layer_of_your_own_needs_to_know_nothing_of_threads():
    layer = Doubled()
    with pytest.raises(ValueError, match="needs a forward pass first"):
        layer.backward(X)
    layer.forward(X)
    np.testing.assert_array_equal(layer.backward(X), 2 * X)
    assert isinstance(in_a_thread(lambda: layer.backward(X)), ModelInUseError)
    in_a_thread(lambda: deepcopy(layer).forward(X))


def test_a_model_is_handed_on_when_the_first_thread_is_done(model):
    labels, trainer = np.arange(40) % 3, Trainer(model, SGD(model.params, 0.1), progress=False)

    def work():
        trainer.fit(X, labels, epochs=1, batch_size=20, rng=np.random.default_rng(0))
        model.backward(np.ones_like(model.forward(X)))
        return [block.s for block in se_blocks(model).values()]

    assert all(s is not None for s in in_a_thread(work))
    assert all(s is not None for s in work())
    assert all(s is not None for s in in_a_thread(work))


def test_gates_read_by_hand_are_ones_own_or_a_word(model):
    block, right = model.eval().children["se2"], [gate_values(model, X[i : i + 1])["se2"] for i in range(40)]

    def ask(i):
        try:
            model.forward(X[i : i + 1])
            return np.array_equal(block.s, right[i])
        except ModelInUseError:
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, list(range(40)) * 5))
    assert False not in answers
    model.forward(X[:1])
    in_a_thread(lambda: model.forward(X[1:2]))
    with pytest.raises(ModelInUseError, match=r"SEBlock\.s: the last forward pass was another thread's"):
        block.s  # noqa: B018


@pytest.mark.parametrize("use", USES)
def test_a_thread_that_has_ended_holds_nothing(model, use):
    gates = gate_values(model, X)
    block = USES[use](model)
    in_a_thread(block.__enter__)  # and never leaves
    assert model.training
    assert all(np.array_equal(s, gates[name]) for name, s in gate_values(model, X).items())
    assert all(np.array_equal(s, gates[name]) for name, s in in_a_thread(lambda: gate_values(model, X)).items())


def always_open(s):
    return np.ones_like(s)


@pytest.mark.parametrize("copied", [deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_made_inside_a_block_is_in_no_block(model, copied):
    """It is as the model is at that moment, for every thread, and `override` is all that has to be looked at."""
    gates = gate_values(model, X)
    with override_gates(model, always_open):
        twin = copied(model)
    assert gate_values(model, X)["se1"].tolist() == gates["se1"].tolist()
    for read in (lambda: gate_values(twin, X), lambda: in_a_thread(lambda: gate_values(twin, X))):
        assert all((s == 1).all() for s in read().values())
    for block in se_blocks(twin).values():
        block.override = None
    assert gate_values(twin, X)["se1"].tolist() == gates["se1"].tolist()
