"""The trainer: it learns, it repeats itself bit by bit, it does what PyTorch would do, and it goes on."""

import numpy as np
import pytest
from comparing import assert_close

from senumpy import data
from senumpy.layers import Layer, Linear, SEBlock, Sequential
from senumpy.models import TinyCNN
from senumpy.training import SGD, Adam, Trainer, cosine_annealing_lr, evaluate, one_cycle_lr

with_and_without_se = pytest.mark.parametrize("se", [True, False], ids=["with SE", "without SE"])
X = np.random.default_rng(1).standard_normal((14, 2, 8, 9)).astype(np.float32)
LABELS = np.arange(14) % 3


def new_trainer(se=True, seed=0, dtype=np.float32, **options):
    rng = np.random.default_rng(seed)
    model = TinyCNN(2, 3, (4, 6), se=se, reduction=2, rng=rng, dtype=dtype)
    optimizer = SGD(model.params, lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3)
    return Trainer(model, optimizer, one_cycle_lr(0.1, 9), progress=False, **options)


def fit(trainer, epochs=3, rng=None):
    rng = np.random.default_rng(2) if rng is None else rng
    return trainer.fit(X.astype(trainer.model.params["fc.weight"].dtype), LABELS, epochs=epochs, batch_size=5, rng=rng)


def bits(trainer):
    """All that training leaves behind, seconds aside."""
    state = {name: array.tobytes() for name, array in trainer.model.state_dict().items()}
    epochs = [(e.epoch, e.loss, e.accuracy, e.test_loss, e.test_accuracy) for e in trainer.history.epochs]
    return state, trainer.history.loss, trainer.history.lr, epochs


@with_and_without_se
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_it_learns_twenty_images_by_heart(se, optimizer):
    images, labels = data.load_digits()
    x, labels = (images[:20, None] / 16).astype(np.float32), labels[:20]  # two of each digit
    model = TinyCNN(1, 10, (8, 16, 32), se=se, reduction=2, rng=np.random.default_rng(0))
    rule = SGD(model.params, 0.1, momentum=0.9) if optimizer == "SGD" else Adam(model.params)
    trainer = Trainer(model, rule, cosine_annealing_lr(0.1 if optimizer == "SGD" else 0.02, 60), progress=False)
    assert evaluate(model, x, labels).accuracy < 0.5
    history = trainer.fit(x, labels, epochs=30, batch_size=10, rng=np.random.default_rng(1))
    assert history.epochs[-1].accuracy == evaluate(model, x, labels).accuracy == 1.0
    assert history.epochs[-1].loss < 0.05


@with_and_without_se
def test_the_same_seed_gives_the_same_bits(se):
    runs = [new_trainer(se), new_trainer(se), new_trainer(se, seed=1)]
    for trainer in runs:
        fit(trainer)
    assert bits(runs[0]) == bits(runs[1])
    assert bits(runs[0])[0] != bits(runs[2])[0]
    other_order = new_trainer(se)
    fit(other_order, rng=np.random.default_rng(3))
    assert bits(other_order)[0] != bits(runs[0])[0]


def test_training_happens_in_training_mode():
    """Also when the model was left in evaluation, where batch norm learns no statistics."""
    left, fresh = new_trainer(), new_trainer()
    left.model.eval()
    fit(left)
    fit(fresh)
    assert bits(left) == bits(fresh)
    assert left.model.training


def test_a_second_fit_goes_on():
    """Momentum, schedule, counters and history: two epochs and one are the same as three."""
    together, apart = new_trainer(), new_trainer()
    rng = np.random.default_rng(2)
    fit(together)
    first = fit(apart, epochs=2, rng=rng)
    assert len(first.epochs) == 2
    second = fit(apart, epochs=1, rng=rng)
    assert second is first is apart.history
    assert bits(apart) == bits(together)
    assert (apart.step, apart.epoch) == (9, 3)


def test_looking_changes_nothing():
    """A callback that evaluates the model in the middle of an epoch, and a test part, leave the training as it was."""

    def look(trainer, event):
        evaluate(trainer.model, X, LABELS, batch_size=4)

    alone, watched = new_trainer(), new_trainer(callback=look)
    fit(alone)
    watched.fit(X, LABELS, epochs=3, batch_size=5, rng=np.random.default_rng(2), test=(X[:4], LABELS[:4]))
    assert bits(watched)[:3] == bits(alone)[:3]


@with_and_without_se
def test_nine_steps_are_those_of_pytorch(se):
    """Order of the batches, schedule, forward, loss, backward, update: the whole loop at once."""
    torch_modules = pytest.importorskip("torch_modules", reason="PyTorch is an optional test extra")
    torch = torch_modules.torch
    trainer = new_trainer(se, dtype=np.float64)
    twin = torch_modules.load(torch_modules.TinyCNN(2, 3, (4, 6), se, 2), trainer.model).train()
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 9, cycle_momentum=False)
    rng, losses = np.random.default_rng(2), []
    for _ in range(3):
        for x, labels in data.minibatches(X.astype(np.float64), LABELS, 5, rng=rng):
            loss = torch.nn.functional.cross_entropy(twin(torch.tensor(x)), torch.tensor(labels))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
    history = fit(trainer)
    assert_close(history.loss, losses, 1e-11)
    for name, array in torch_modules.state(twin).items():
        if not name.endswith("num_batches_tracked"):
            assert_close(trainer.model.state_dict()[name], array, 1e-11, name)


class Spy(Layer):
    """Passes everything on and remembers it."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, x):
        self.seen.append(x.copy())
        return x

    def backward(self, dout):
        return dout


def test_every_epoch_walks_through_all_images_in_a_new_order():
    x = np.arange(7.0)[:, None]
    model = Sequential(spy=Spy(), fc=Linear(1, 3, rng=np.random.default_rng(0), dtype=np.float64))
    trainer = Trainer(model, SGD(model.params, lr=0.0), progress=False)
    trainer.fit(x, LABELS[:7], epochs=2, batch_size=3, rng=np.random.default_rng(0))
    batches = [batch[:, 0].tolist() for batch in model.children["spy"].seen]
    assert [len(batch) for batch in batches] == [3, 3, 1, 3, 3, 1]
    first, second = sum(batches[:3], []), sum(batches[3:], [])
    assert sorted(first) == sorted(second) == x[:, 0].tolist()
    assert first != second and first != sorted(first)


def test_an_optimizer_of_other_arrays_is_refused():
    """Training would run to its end, and the model would stay as it was."""
    trainer = new_trainer()
    trainer.optimizer = new_trainer().optimizer
    with pytest.raises(ValueError, match="build the optimizer with model.params"):
        fit(trainer)

    trainer = new_trainer()
    trainer.model.add("se1", SEBlock(4, reduction=2))
    with pytest.raises(ValueError, match="'se1.fc.0.weight' is not the model's array"):
        fit(trainer)


def test_an_optimizer_may_leave_parameters_as_they_are():
    trainer = new_trainer()
    before = trainer.model.state_dict()
    trainer.optimizer = SGD({name: p for name, p in trainer.model.params.items() if name.startswith("fc")}, lr=0.1)
    fit(trainer)
    changed = {name for name, p in trainer.model.params.items() if not np.array_equal(p, before[name])}
    assert changed == {"fc.weight", "fc.bias"}
