"""Replicas begin alike, whatever each process brought, and are compared; what cannot be alike is refused in words."""

import numpy as np
import pytest
from thread_team import LABELS, TEST, X, in_threads

from senumpy.layers import Layer, Linear
from senumpy.models import TinyCNN
from senumpy.training import SGD, Adam, Keeper, Trainer, TrainingError, load_checkpoint, save_checkpoint, step_lr
from senumpy.training.parallel import Alone, Team, team_of
from senumpy.training.parallel.row import as_row, from_row


def new_trainer(comm=None, seed=0, optimizer=None, width=4, **options):
    model = TinyCNN(2, 3, (width,), reduction=2, rng=np.random.default_rng(seed), dtype=np.float64)
    optimizer = optimizer or (lambda params: SGD(params, 0.1, momentum=0.9))
    return Trainer(model, optimizer(model.params), progress=False, comm=comm, **options)


def fit(trainer, x=X, labels=LABELS, epochs=1, seed=4, batch_size=6, **options):
    rng = np.random.default_rng(seed)
    return trainer.fit(x, labels, epochs=epochs, batch_size=batch_size, rng=rng, test=TEST, **options)


def same(one, other):
    a, b = one.model.state_dict(), other.model.state_dict()
    return all(np.array_equal(a[name], b[name]) for name in a) and one.history.loss == other.history.loss


def test_every_process_begins_with_what_process_0_has():
    """Other weights, another order, momentum of steps that process 0 has not made, a history of its own."""

    def run(comm):
        trainer = new_trainer(comm, seed=comm.rank)
        if comm.rank == 1:
            stray = new_trainer(seed=7)
            fit(stray, seed=8)
            trainer.model.load_state_dict(stray.model.state_dict())
            trainer.optimizer.memory, trainer.optimizer.steps = stray.optimizer.memory, 4
        fit(trainer, seed=comm.rank)
        fit(trainer, seed=comm.rank + 10)  # and once more, with generators that differ
        return trainer

    (first, second), (alone,) = in_threads(2, run), in_threads(1, run)
    assert same(first, second)
    np.testing.assert_allclose(first.history.loss, alone.history.loss, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda t: t.model.params["fc.bias"].__imul__(1 + 3e-16), "parameters"),
        (lambda t: t.model.buffers["bn1.running_var"].__imul__(1 + 1e-15), "running statistics"),
        (lambda t: t.optimizer.memory["fc.bias"][0].__setitem__(1, 0), "optimizer's memory"),
        (lambda t: setattr(t.optimizer, "lr", 0.2), "learning rate or number of steps"),
    ],
    ids=["a weight, by its last bit", "a statistic", "the momentum", "the rate"],
)
def test_a_replica_that_drifts_is_noticed_before_the_epoch_is_over(change, words):
    saw = []

    def run(comm):
        def callback(trainer, event):
            if comm.rank == 1 and trainer.step == 4:
                change(trainer)
            if event == "epoch":
                saw.append(comm.rank)

        trainer = new_trainer(comm, callback=callback)
        with pytest.raises(TrainingError, match=f"after epoch 1 process 1 is no replica of process 0.*{words} differ"):
            fit(trainer)
        return True

    assert in_threads(2, run) == [True, True] and saw == []


@pytest.mark.parametrize(
    "change, words",
    [
        ({"x": X[:-1], "labels": LABELS[:-1]}, "training images"),
        ({"labels": np.r_[LABELS[:-1], (LABELS[-1] + 1) % 3]}, "training labels"),
        ({"x": X + 1e-15}, "training images"),
        ({"batch_size": 5}, "epochs, a batch size"),
        ({"epochs": 3}, "epochs, a batch size"),
    ],
    ids=["an image fewer", "another label", "a last bit", "mini-batches", "epochs"],
)
def test_other_data_in_one_process_is_refused_by_all(change, words):
    def run(comm):
        with pytest.raises(ValueError, match=f"process 1 was given {words}.*that differ from those of process 0"):
            fit(new_trainer(comm), **(change if comm.rank else {}))
        return True

    assert in_threads(2, run) == [True, True]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"width": 5}, "no replica of process 0.*conv1.weight"),
        ({"optimizer": lambda params: Adam(params, 0.1)}, "optimizer's kind is SGD in the file, Adam here"),
        ({"schedule": step_lr(0.1, 3)}, "schedule"),
    ],
    ids=["network", "optimizer", "schedule"],
)
def test_another_training_in_one_process_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        in_threads(2, lambda comm: fit(new_trainer(comm, **(options if comm.rank else {}))))


def test_a_step_that_is_refused_is_refused_by_all_with_one_reason():
    x = X.copy()
    x[20, 0, 3, 3] = np.nan

    def run(comm):
        trainer = new_trainer(comm)
        with pytest.raises(TrainingError) as error:
            fit(trainer, x=x)
        return str(error.value), trainer

    (one, first), (other, second) = in_threads(2, run)
    assert one == other and "image 20 of the training images holds NaN" in one
    assert same(first, second)


@pytest.mark.parametrize("before, after", [(1, 2), (2, 1), (3, 2)])
def test_a_training_goes_on_with_another_number_of_processes(before, after, tmp_path):
    """Stopped in the middle of the second epoch, and kept by process 0 alone."""
    whole = new_trainer()
    fit(whole, epochs=3)

    def stop_at(step):
        def callback(trainer, event):
            if event == "step" and trainer.step == step:
                raise KeyboardInterrupt

        return callback

    def run(comm, callback=None):
        trainer = new_trainer(comm, seed=comm.rank, callback=callback)
        path = tmp_path / "run" if comm.rank == 0 else tmp_path / "nowhere" / "run"
        try:
            with Keeper(trainer, path):
                fit(trainer, epochs=3 - len(trainer.history.epochs), seed=4 + comm.rank)
        except KeyboardInterrupt:
            pass
        return trainer

    in_threads(before, lambda comm: run(comm, stop_at(6)))
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    for trainer in in_threads(after, run):
        np.testing.assert_allclose(trainer.history.loss, whole.history.loss, rtol=0, atol=1e-12)
        for name, a in trainer.model.state_dict().items():
            np.testing.assert_allclose(a, whole.model.state_dict()[name], rtol=0, atol=1e-12)


def test_process_0_alone_writes_checkpoints(tmp_path):
    def run(comm):
        trainer = new_trainer(comm)
        fit(trainer)
        return save_checkpoint(tmp_path / f"{comm.rank}", trainer.model, trainer=trainer), trainer

    (path, first), (nowhere, _) = in_threads(2, run)
    assert path.exists() and not nowhere.exists()
    alone = new_trainer()
    load_checkpoint(path, alone.model, trainer=alone)
    assert same(alone, first)


def test_process_0_alone_prints(capsys):
    def run(comm):
        trainer = new_trainer(comm)
        trainer.progress = Trainer(trainer.model, trainer.optimizer, comm=comm).progress
        fit(trainer)

    in_threads(3, run)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_without_sync_the_last_share_may_be_one_image_and_that_is_said_before_the_first_step():
    """The maps are 1 x 1, so the statistics of one image are those of one value."""

    def run(comm, sync):
        model = TinyCNN(2, 3, (4,), reduction=2, rng=np.random.default_rng(0), dtype=np.float64)
        model.children.pop("pool1")
        trainer = Trainer(model, SGD(model.params, 0.1), progress=False, comm=comm, sync=sync)
        trainer.fit(X[:9, :, :1, :1], LABELS[:9], epochs=1, batch_size=6, rng=np.random.default_rng(0))

    in_threads(2, lambda comm: run(comm, sync=True))
    with pytest.raises(ValueError, match="some process's share of your last mini-batch has one image"):
        in_threads(2, lambda comm: run(comm, sync=False))


class Mixed(Layer):
    """A linear layer with parameters of another type, of no entries, and of no axes."""

    def __init__(self):
        super().__init__()
        self.add("fc", Linear(2, 3, rng=np.random.default_rng(0)))
        self._params = {"wide": np.ones(3), "nothing": np.ones((0, 2)), "one": np.ones(())}
        self._grads = dict.fromkeys(self._params)

    def forward(self, x):
        self.out = self.children["fc"].forward(x)
        return self.out * self._params["one"].astype(np.float32) + self._params["wide"].astype(np.float32)

    def backward(self, dout):
        wide = dout.astype(np.float64)
        self._grads = {"wide": wide.sum(0), "nothing": np.zeros((0, 2)), "one": (wide * self.out).sum()[None].sum()[()]}
        self._grads["one"] = np.asarray(self._grads["one"])
        return self.children["fc"].backward(dout)


def test_parameters_of_any_kind_are_summed():
    x, labels = np.random.default_rng(0).random((5, 2), np.float32), np.array([0, 1, 2, 0, 1])

    def run(comm=None):
        model = Mixed()
        trainer = Trainer(model, SGD(model.params, 0.1), progress=False, comm=comm)
        trainer.train_step(x, labels)
        return model

    alone = run()
    for model in in_threads(2, run):
        for name, p in model.params.items():
            assert p.dtype == alone.params[name].dtype and p.shape == alone.params[name].shape
            np.testing.assert_allclose(p, alone.params[name], rtol=0, atol=1e-6)
        assert abs(model.params["wide"] - alone.params["wide"]).max() > 0 or len(x) == 1


def test_a_row_and_back_for_any_order_in_memory():
    image = np.arange(24.0).reshape(2, 3, 2, 2).transpose(0, 3, 1, 2)
    arrays = (image, np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)), np.array(7), 3)
    row = as_row(arrays, np.float64)
    assert row.flags.c_contiguous and row.shape == (24 + 6 + 2,)
    for mine, before in zip(from_row(row, arrays), arrays, strict=True):
        np.testing.assert_array_equal(mine, before)
        assert type(mine) is type(before) and getattr(mine, "strides", 0) == getattr(before, "strides", 0)


def test_a_gpu_is_refused_in_words(stand_in):
    model = Linear(2, 2).to("cupy")
    for sync in (True, False):
        with pytest.raises(ValueError, match="several processes train on the CPU only.*one process"):
            in_threads(1, lambda comm, sync=sync: Trainer(model, SGD(model.params, 0.1), comm=comm, sync=sync))


def test_what_is_no_communicator():
    model = Linear(2, 2)
    for wrong in ("world", 2, object()):
        with pytest.raises(ValueError, match="comm must be a communicator of mpi4py"):
            Trainer(model, SGD(model.params, 0.1), comm=wrong)
    with pytest.raises(ValueError, match="sync must be True or False"):
        Trainer(model, SGD(model.params, 0.1), sync="yes")
    assert isinstance(team_of(None), Alone)
    (team,) = in_threads(1, Team)
    assert team_of(team) is team
