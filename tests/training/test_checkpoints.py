"""A training that was stopped and goes on ends with the bits of one that was not; any other file is refused."""

import functools
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from comparing import mentions
from small_runs import LABELS, OPTIMIZERS, X, each_optimizer, everything, fit, new_trainer

from senumpy.layers import Linear, Sequential
from senumpy.models import TinyCNN
from senumpy.training import (
    SGD,
    Adam,
    CheckpointError,
    Trainer,
    cosine_annealing_lr,
    load_checkpoint,
    load_weights,
    one_cycle_lr,
    save_checkpoint,
    save_weights,
    step_lr,
)  # fmt: skip

EPOCHS, STEPS = 3, 15  # 24 images, 5 at a time
KINDS = [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]


class StopError(Exception):
    pass


def run(trainer, epochs=EPOCHS, rng=None, **options):
    return fit(trainer, epochs=epochs, batch_size=5, rng=rng or np.random.default_rng(2), test=(X, LABELS), **options)


def stop_after(trainer, step, path, event="step", **options):
    """Train until a step, and leave a checkpoint there."""

    def callback(trainer, happened):
        if happened == event and trainer.step == step:
            raise StopError

    trainer.callback = callback
    with pytest.raises(StopError):
        run(trainer, **options)
    trainer.callback = None
    return save_checkpoint(path, trainer.model, trainer=trainer)


def resumed(path, **options):
    trainer = new_trainer(**options)
    load_checkpoint(path, trainer.model, trainer=trainer)
    return trainer


def bits(trainer):
    epochs = [(e.epoch, e.loss, e.accuracy, e.test_loss, e.test_accuracy) for e in trainer.history.epochs]
    return everything(trainer), epochs


@functools.cache
def trained_without_a_stop(optimizer):
    whole = new_trainer(optimizer=optimizer, schedule=one_cycle_lr(0.1, STEPS))
    run(whole)
    return whole


@each_optimizer
@pytest.mark.parametrize("step", [1, 4, 5, 7, 10, 14, 15])
def test_it_goes_on_with_the_same_bits_wherever_it_was_stopped(optimizer, step, tmp_path):
    options = {"optimizer": optimizer, "schedule": one_cycle_lr(0.1, STEPS)}
    whole, stopped = trained_without_a_stop(optimizer), new_trainer(**options)
    trainer = resumed(stop_after(stopped, step, tmp_path / "a"), **options)
    assert everything(trainer) == everything(stopped)
    run(trainer, epochs=EPOCHS - len(trainer.history.epochs), rng=np.random.default_rng(77))
    assert bits(trainer) == bits(whole) and len(trainer.history.loss) == STEPS


def test_it_may_be_stopped_again_and_again(tmp_path):
    whole, trainer = new_trainer(), new_trainer()
    run(whole)
    for step in (2, 3, 5, 8, 13, 14):
        path = stop_after(trainer, step, tmp_path / "a", epochs=EPOCHS - len(trainer.history.epochs))
        trainer = resumed(path)
    run(trainer, epochs=1)
    assert bits(trainer) == bits(whole)


@pytest.mark.parametrize("epoch", [1, 2])
def test_between_epochs_it_is_at_the_beginning_of_the_next(epoch, tmp_path):
    whole, stopped = new_trainer(), new_trainer()
    run(whole)
    trainer = resumed(stop_after(stopped, 5 * epoch, tmp_path / "a", event="epoch"))
    assert len(trainer.history.epochs) == epoch and trainer.place.batches == 0
    run(trainer, epochs=EPOCHS - epoch)
    assert bits(trainer) == bits(whole)


def test_every_image_is_seen_once_an_epoch_whatever_happens(tmp_path):
    """The first pixel of each image is its number."""
    x = X.copy()
    x[:, 0, 0, 0] = np.arange(24)
    seen, trainer = [], new_trainer()

    def note(trainer):
        step = trainer.train_step
        trainer.train_step = lambda x, *rest: seen.extend(x[:, 0, 0, 0].astype(int)) or step(x, *rest)
        return trainer

    for step in (5, 7, 14):
        path = stop_after(note(trainer), step, tmp_path / "a", epochs=EPOCHS - len(trainer.history.epochs), x=x)
        trainer = resumed(path)
    run(note(trainer), epochs=EPOCHS - len(trainer.history.epochs), x=x)
    orders = [seen[24 * epoch : 24 * (epoch + 1)] for epoch in range(EPOCHS)]
    rng = np.random.default_rng(2)
    assert orders == [rng.permutation(24).tolist() for _ in range(EPOCHS)] and len(seen) == 72


CHILD = """
import sys
from training.test_checkpoints import resumed, run, save_checkpoint, EPOCHS
trainer = resumed(sys.argv[1])
run(trainer, epochs=EPOCHS - len(trainer.history.epochs))
save_checkpoint(sys.argv[2], trainer.model, trainer=trainer)
"""


def test_a_new_process_goes_on_with_the_same_bits(tmp_path, request):
    whole, stopped = new_trainer(), new_trainer()
    run(whole)
    path = stop_after(stopped, 7, tmp_path / "a")
    root = request.config.rootpath
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = [{str(root)!r}, {str(root / 'tests')!r}]\n{CHILD}"]
    subprocess.run([*command, path, tmp_path / "b"], check=True, cwd=tmp_path)
    assert bits(resumed(tmp_path / "b")) == bits(whole)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_generator_may_be_of_any_kind(kind, tmp_path):
    def new_rng():
        return np.random.Generator(kind(5))

    whole, stopped = new_trainer(), new_trainer()
    run(whole, rng=new_rng())
    trainer = resumed(stop_after(stopped, 7, tmp_path / "a", rng=new_rng()))
    other = np.random.Generator(KINDS[kind is KINDS[0]](0))
    if type(other.bit_generator) is not kind:
        with pytest.raises(ValueError, match="generator"):
            run(trainer, epochs=2, rng=other)
    run(trainer, epochs=2, rng=new_rng())
    assert bits(trainer) == bits(whole)


def test_a_loop_of_ones_own_keeps_its_generator_and_its_notes(tmp_path):
    model, rng = Linear(3, 2, rng=np.random.default_rng(0)), np.random.default_rng(1)
    optimizer = Adam(model.params, 0.1)
    optimizer.step({name: np.ones_like(p) for name, p in model.params.items()})
    rng.random(3)
    path = save_checkpoint(tmp_path / "a", model, optimizer, rng=rng, notes={"epoch": 3})
    expected = rng.random(4)
    other, fresh = Linear(3, 2), np.random.default_rng(7)
    theirs = Adam(other.params, 0.5)
    assert load_checkpoint(path, other, theirs, rng=fresh) == {"epoch": 3}
    assert np.array_equal(fresh.random(4), expected) and theirs.steps == 1 and theirs.lr == 0.1
    assert all(np.array_equal(theirs.memory[name][0], a) for name, (a, _) in optimizer.memory.items())
    load_weights(other, path)
    with pytest.raises(ValueError, match="ready for JSON"):
        save_checkpoint(path, model, notes={"x": np.ones(2)})
    with pytest.raises(CheckpointError, match="holds no trainer's state"):
        load_checkpoint(path, other, theirs, trainer=Trainer(other, theirs))
    with pytest.raises(ValueError, match="another model or another optimizer"):
        save_checkpoint(path, model, theirs, trainer=Trainer(other, theirs))


@pytest.fixture
def path(tmp_path):
    return stop_after(new_trainer(schedule=step_lr(0.1, 5)), 7, tmp_path / "a")


def test_the_file_is_as_it_is_described(path):
    with np.load(path) as file, zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert {*manifest["arrays"]} == {*file.files} - {"manifest.json"}
        assert manifest["trainer"]["step"] == 7 == len(file["history/loss"]) and manifest["version"] == 1
        assert manifest["network"]["bn1"] == {"eps": 1e-5, "momentum": 0.1}
        assert file["optimizer/conv1.weight/0"].shape == (4, 2, 3, 3) and "conv1.weight" in manifest["model"]


def other_model(change):
    model = TinyCNN(2, 3, (4, 6), reduction=2, rng=np.random.default_rng(1))
    change(model)
    return model


def set_eps(model):
    model.children["bn1"].eps = 1e-3


OTHERS = {
    "settings": (
        {"optimizer": OPTIMIZERS["momentum"]},
        ["nesterov is True in the file, False here", "weight_decay is 0.0005 in the file, 0.0 here"],
    ),
    "kind": ({"optimizer": OPTIMIZERS["Adam"]}, ["optimizer's kind is SGD in the file, Adam here"]),
    "schedule": ({"schedule": cosine_annealing_lr(0.1, 9)}, ["step(0.1, 5, 0.1) in the file, fall(0.1, 9, 0.0) here"]),
    "no schedule": ({"schedule": None}, ["none here"]),
    "classes": ({"model": TinyCNN(2, 5, (4, 6), reduction=2)}, ["fc.weight", "(5, 6)", "fc.bias"]),
    "no SE": ({"model": TinyCNN(2, 3, (4, 6), se=False)}, ["se1.fc.0.weight", "unexpected"]),
    "eps": ({"model": other_model(set_eps)}, ["bn1.eps is 1e-05 in the file, 0.001 here"]),
    "precision": ({"model": TinyCNN(2, 3, (4, 6), reduction=2, dtype=np.float64)}, ["float32 in the file, float64"]),
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_the_file_is_not_for_is_refused_with_everything_that_differs(other, path):
    options, words = OTHERS[other]
    trainer = new_trainer(**{"schedule": step_lr(0.1, 5), **options})
    before = everything(trainer)
    with pytest.raises(CheckpointError, match=mentions("a.npz", "nothing has changed", *words)):
        load_checkpoint(path, trainer.model, trainer=trainer)
    assert everything(trainer) == before and trainer.place is None


def test_what_leaves_no_trace_in_the_weights_is_compared_for_weights_too(tmp_path):
    model = other_model(set_eps)
    path = save_weights(other_model(lambda model: None), tmp_path / "w")
    before = model.state_dict()
    with pytest.raises(CheckpointError, match="bn1.eps is 1e-05 in the file, 0.001 here"):
        load_weights(model, path)
    assert all(np.array_equal(before[name], a) for name, a in model.state_dict().items())


def test_memory_follows_the_names_not_the_order(tmp_path):
    def net(*names):
        model = Sequential()
        for name in names:
            model.add(name, Linear(8, 8, rng=np.random.default_rng(ord(name))))
        return model

    one = net("a", "b")
    optimizer = Adam(one.params, 0.1)
    rng = np.random.default_rng(0)
    for _ in range(3):
        optimizer.step({name: rng.standard_normal(p.shape, np.float32) for name, p in one.params.items()})
    path = save_checkpoint(tmp_path / "a", one, optimizer)
    other = net("b", "a")
    theirs = Adam(other.params, 0.1)
    load_checkpoint(path, other, theirs)
    assert all(np.array_equal(theirs.memory[name][i], optimizer.memory[name][i]) for name in one.params for i in (0, 1))
    only_a = Adam({name: p for name, p in one.params.items() if name.startswith("a.")}, 0.1)
    with pytest.raises(CheckpointError, match=mentions("only in the file", "b.weight")):
        load_checkpoint(path, one, only_a)


def test_in_the_middle_of_an_epoch_only_the_same_images_can_go_on(path):
    trainer = resumed(path, schedule=step_lr(0.1, 5))
    with pytest.raises(ValueError, match=mentions("after 2 mini-batches of epoch 2", "batch_size was 5, and is 8 now")):
        fit(trainer, batch_size=8)
    with pytest.raises(ValueError, match="images was 24, and is 20 now"):
        run(trainer, x=X[:20], labels=LABELS[:20])


def test_a_diverged_run_may_be_saved_and_looked_at(tmp_path):
    trainer = new_trainer()
    fit(trainer)
    trainer.model.params["fc.bias"][1] = np.nan
    trainer.optimizer.memory["fc.bias"][0][0] = np.inf
    path = save_checkpoint(tmp_path / "a", trainer.model, trainer=trainer)
    weights = save_weights(trainer.model, tmp_path / "w")
    other = new_trainer()
    with pytest.raises(CheckpointError, match="fc.bias holds NaN or infinity"):
        load_checkpoint(path, other.model, trainer=other)
    with pytest.raises(CheckpointError, match="fc.bias holds NaN or infinity"):
        load_weights(other.model, weights)
    load_weights(other.model, weights, allow_non_finite=True)
    assert np.isnan(other.model.params["fc.bias"][1])
    load_checkpoint(path, other.model, trainer=other, allow_non_finite=True)
    assert everything(other) == everything(trainer)


def test_weights_are_no_checkpoint(tmp_path):
    trainer = new_trainer()
    with pytest.raises(CheckpointError, match="no checkpoint.*load_weights"):
        load_checkpoint(save_weights(trainer.model, tmp_path / "w"), trainer.model)
    np.savez(tmp_path / "plain.npz", **trainer.model.state_dict())
    load_weights(trainer.model, tmp_path / "plain")
    with pytest.raises(CheckpointError, match="no checkpoint"):
        load_checkpoint(tmp_path / "plain", trainer.model)


UNTRUE = [
    (("trainer", "step"), 8), (("trainer", "step"), "7"), (("trainer", "step"), True), (("trainer", "epoch"), 9),
    (("trainer", "epochs"), []), (("trainer", "epochs"), None), (("trainer", "epochs", 0, "loss"), "low"),
    (("trainer", "epochs", 0, "loss"), float("nan")), (("trainer", "epochs", 0, "epoch"), 2),
    (("trainer", "place", "batches"), -1), (("trainer", "place", "epoch"), 1), (("trainer", "place", "losses"), "1"),
    (("trainer", "place", "generator"), {}), (("trainer", "place", "generator", "bit_generator"), "os.system"),
    (("trainer", "place", "generator", "state", "state"), -1), (("trainer", "place"), []), (("trainer",), None),
    (("optimizer", "steps"), -1), (("optimizer", "steps"), 0), (("optimizer", "lr"), float("inf")),
    (("optimizer", "lr"), "0.1"), (("optimizer",), None), (("optimizer", "params"), None), (("network",), None),
    (("model",), None), (("model",), ["nowhere"]), (("model",), [1]), (("notes",), None), (("kind",), "weights"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "value"), UNTRUE)
def test_a_manifest_that_is_well_formed_and_untrue_is_refused(where, value, path):
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(members["manifest.json"])
    *parents, last = where
    target = manifest
    for name in parents:
        target = target[name]
    target[last] = value
    members["manifest.json"] = json.dumps(manifest)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    trainer = new_trainer(schedule=step_lr(0.1, 5))
    before = everything(trainer)
    with pytest.raises(CheckpointError, match="a.npz"):
        load_checkpoint(path, trainer.model, trainer=trainer)
    assert everything(trainer) == before


def test_a_schedule_of_ones_own_cannot_be_compared_but_is_noticed(tmp_path):
    own = {"schedule": lambda step: 0.1}
    path = stop_after(new_trainer(**own), 3, tmp_path / "a")
    resumed(path, **own)
    with pytest.raises(CheckpointError, match="one of your own in the file, none here"):
        resumed(path)


def test_a_step_that_is_undone_is_not_counted_in_its_epoch(tmp_path):
    """An interruption inside a step: the sums of the epoch are those before it, too."""
    whole, trainer = new_trainer(), new_trainer()
    run(whole)
    step = trainer.optimizer.step

    def interrupt(grads):
        step(grads)
        if trainer.optimizer.steps == 8:
            raise KeyboardInterrupt

    trainer.optimizer.step = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(trainer)
    del trainer.optimizer.step
    trainer = resumed(save_checkpoint(tmp_path / "a", trainer.model, trainer=trainer))
    assert trainer.step == 7 and trainer.place.batches == 2 and trainer.place.seen == 10
    run(trainer, epochs=2)
    assert bits(trainer) == bits(whole)


def test_a_parameter_may_not_be_called_like_the_optimizers_memory(tmp_path):
    model = Linear(2, 2)
    model._params["optimizer/weight/0"] = np.ones(2, np.float32)
    optimizer = SGD({"weight": model.params["weight"]}, 0.1, momentum=0.9)
    optimizer.step({"weight": np.ones((2, 2))})
    with pytest.raises(ValueError, match=r"\['optimizer/weight/0'\]: give the model's parameters other names"):
        save_checkpoint(tmp_path / "a", model, optimizer)


def test_an_epochs_seconds_are_those_of_all_its_parts(tmp_path):
    trainer = resumed(stop_after(new_trainer(), 7, tmp_path / "a"))
    trainer.place.seconds = 1000.0
    run(trainer, epochs=2)
    assert [1000 < epoch.seconds < 1060 for epoch in trainer.history.epochs] == [False, True, False]
