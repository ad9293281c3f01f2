"""A whole training step of the tiny CNN, and an epoch of the default task: the same network, weights and batches."""

import numpy as np
import torch
from torch.nn import functional

from benchmarks.cases_ops import LAYOUTS
from benchmarks.timing import check_agreement
from senumpy.data import cued_digits, minibatches
from senumpy.gradcheck.against.torch_twin import build_twin
from senumpy.models import TinyCNN
from senumpy.training import SGD, Trainer, one_cycle_lr

SIDES = ["senumpy", *LAYOUTS]
OPTIMIZER = {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}
WIDTHS = [(16, 32, 32), (32, 64, 128)]
SIZES = [16, 28, 32]
VARIANTS = {"with SE": True, "without SE": False}
# In float64 both sides agree to rounding. In float32 a near tie can fall either way (a max-pool, or a ReLU at zero), on
# different sides for different libraries, and one such pixel moves a gradient by a per cent or two.
TOLERANCES = {np.float64: {"loss": 1e-12, "gradients": 1e-9}, np.float32: {"loss": 1e-5, "gradients": 0.1}}
LOSSES_TOLERANCE = 1e-3  # float32, after a few steps
EPOCH_BATCH = 32
PEAK_LR = 0.2


class TorchTrainer:
    """PyTorch's side of `senumpy.training.Trainer`: the same step, with the same bookkeeping."""

    def __init__(self, model, layout, schedule=None):
        self.model, self.layout, self.schedule, self.step = model.to(memory_format=layout), layout, schedule, 0
        self.optimizer = torch.optim.SGD(model.parameters(), **OPTIMIZER)

    def batch(self, x, labels):
        return torch.from_numpy(x).contiguous(memory_format=self.layout), torch.from_numpy(labels)

    def train_step(self, x, labels):
        if self.schedule is not None:
            self.optimizer.param_groups[0]["lr"] = self.schedule(self.step)
        logits = self.model(x)
        loss = functional.cross_entropy(logits, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.step += 1
        return loss.item(), (logits.argmax(1) == labels).sum()


def make_trainer(side, widths, *, schedule=None, se=True, reduction=4, dtype=np.float32):
    """Return the trainer of one side; all start from the same weights."""
    ours = TinyCNN(widths=widths, se=se, reduction=reduction, rng=np.random.default_rng(0), dtype=dtype)
    if side == "senumpy":
        return Trainer(ours, SGD(ours.params, **OPTIMIZER), schedule, progress=False)
    theirs = build_twin(torch, ours).to(torch.from_numpy(np.empty(0, dtype)).dtype)
    state = {name: torch.from_numpy(array) for name, array in ours.state_dict().items()}
    theirs.load_state_dict(state, strict=False)  # PyTorch also counts batches, which we do not
    return TorchTrainer(theirs, LAYOUTS[side], schedule)


def make_batch(trainer, x, labels):
    """Return a batch of NumPy arrays as the trainer's side takes it."""
    return trainer.batch(x, labels) if isinstance(trainer, TorchTrainer) else (x, labels)


def step_sides(widths, size, batch, variants=VARIANTS, names=SIDES):
    """Return the sides of a race for a training step, after checking that a step is the same on all of them."""
    rng = np.random.default_rng(1)
    x, labels = rng.random((batch, 3, size, size), dtype=np.float32), rng.integers(0, 10, batch)
    sides = {name: {} for name in names}
    for variant, se in variants.items():
        _check_step(f"{widths}, {size} px, {variant}", x, labels, widths, se)
        for name in names:
            trainer = make_trainer(name, widths, se=se)
            data = make_batch(trainer, x, labels)
            sides[name][variant] = lambda t=trainer, d=data: t.train_step(*d)
    return sides


def _check_step(what, x, labels, widths, se):
    for dtype, tolerances in TOLERANCES.items():
        losses, gradients = {}, {}
        for name in SIDES:
            trainer = make_trainer(name, widths, se=se, dtype=dtype)
            loss, _ = trainer.train_step(*make_batch(trainer, x.astype(dtype), labels))
            losses[name], gradients[name] = {"loss": np.array(loss)}, _gradients(trainer)
        for name in LAYOUTS:
            label = f"{what}, {name}, {np.dtype(dtype)}"
            check_agreement(label, losses[name], losses["senumpy"], tolerances["loss"])
            check_agreement(label, gradients[name], gradients["senumpy"], tolerances["gradients"])


def _gradients(trainer):
    if isinstance(trainer, TorchTrainer):
        return {name: p.grad.numpy() for name, p in trainer.model.named_parameters()}
    return dict(trainer.model.grads)


def epoch_sides(rounds, n_train=4000, names=SIDES):
    """Return the sides of a race for an epoch of cued digits, after checking that the first losses agree."""
    task = cued_digits(n_train=n_train, n_test=1)
    batches = -(-n_train // EPOCH_BATCH)
    schedule = one_cycle_lr(PEAK_LR, max(12, rounds) * batches)
    options = {"widths": WIDTHS[0], "reduction": 2, "schedule": schedule}
    losses = {}
    for name in SIDES:
        steps = _epoch(make_trainer(name, **options), task, np.random.default_rng(2))
        losses[name] = {"the first losses": np.array([next(steps) for _ in range(min(5, batches))])}
    for name in LAYOUTS:
        check_agreement(f"epoch, {name}", losses[name], losses["senumpy"], LOSSES_TOLERANCE)

    rng = np.random.default_rng(2)
    trainers = {name: make_trainer(name, **options) for name in names}
    return {name: {"epoch": lambda t=trainer: sum(_epoch(t, task, rng))} for name, trainer in trainers.items()}


def _epoch(trainer, task, rng):
    """Take one step per mini-batch and yield the losses."""
    for x, labels in minibatches(task.x_train, task.labels_train, EPOCH_BATCH, rng=rng):
        yield trainer.train_step(*make_batch(trainer, x, labels))[0]
