"""The same promises under a real mpiexec: equal numbers, one end for all, no checkpoint that asks somebody."""

import json
import os

import mpi_runs
import numpy as np
import pytest

pytestmark = pytest.mark.mpi

TRAIN = """
import json, sys
import numpy as np
from senumpy.models import TinyCNN
from senumpy.training import SGD, Trainer, parallel

rng = np.random.default_rng(0)
x, labels, test = rng.standard_normal((59, 2, 8, 8)), rng.integers(0, 3, 59), rng.standard_normal((5, 2, 8, 8))
with parallel.together() as comm:
    model = TinyCNN(2, 3, (4, 6), reduction=2, rng=np.random.default_rng(comm.rank if comm else 0), dtype=np.float64)
    optimizer = SGD(model.params, 0.1, momentum=0.9, weight_decay=5e-4)
    trainer = Trainer(model, optimizer, progress=False, comm=comm)
    history = trainer.fit(x, labels, epochs=1, batch_size=3, rng=np.random.default_rng(0), test=(test, labels[:5]))
    assert trainer.team.size == int(sys.argv[1])
    if trainer.team.first:
        epoch = history.epochs[0]
        numbers = [*history.loss, epoch.loss, epoch.accuracy, epoch.test_loss, epoch.test_accuracy]
        print(json.dumps([numbers, {name: a.tolist() for name, a in model.state_dict().items()}]))
"""


def numbers(size, folder):
    """Train for an epoch of 20 steps: the last mini-batch has two images, so shares 3 and 4 of it are empty."""
    done = mpi_runs.run(size, "-c", TRAIN, size or 1, folder=folder)
    assert done.code == 0
    history, state = json.loads(done.out)
    return np.array(history), {name: np.array(values) for name, values in state.items()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return numbers(None, tmp_path_factory.mktemp("alone"))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_an_epoch_has_the_numbers_of_one_process(size, alone, tmp_path):
    history, state = numbers(size, tmp_path)
    np.testing.assert_allclose(history, alone[0], rtol=0, atol=1e-12)
    for name, a in state.items():
        np.testing.assert_allclose(a, alone[1][name], rtol=0, atol=1e-12)


FAIL = """
import os, signal, sys
import numpy as np
from senumpy.layers import Linear
from senumpy.training import SGD, Keeper, Trainer, parallel

where, how, rank = sys.argv[1], sys.argv[2], int(sys.argv[3])

def fail():
    if how == "exception": raise ValueError("this is why")
    if how == "exit": sys.exit(3)
    if how == "quiet exit": sys.exit()
    if how == "exit with words": sys.exit("this is why")
    if how == "Ctrl-C": raise KeyboardInterrupt
    if how == "kill": os.kill(os.getpid(), signal.SIGKILL)
    if how == "hard exit": os._exit(5)

def callback(trainer, event):
    if trainer.step == 3 and where == "a callback" and comm.rank == rank:
        fail()

parallel.ending.LAST_WORDS = 2.0
with parallel.together() as comm:
    if where == "the beginning" and comm.rank == rank: fail()
    model = Linear(4, 3, rng=np.random.default_rng(0))
    forward = model.forward
    def broken(x):
        if where == "a forward pass" and comm.rank == rank: fail()
        return forward(x)
    model.forward = broken
    trainer = Trainer(model, SGD(model.params, 0.1), callback=callback, progress=False, comm=comm)
    with Keeper(trainer, "run", every=0):
        trainer.fit(np.eye(4, dtype=np.float32), np.arange(4) % 3, epochs=5, batch_size=2, rng=np.random.default_rng(0))
    if where == "the end" and comm.rank == rank: fail()
"""


@pytest.mark.parametrize(
    "how, where, rank, code",
    [
        ("exception", "the beginning", 1, 1),
        ("exception", "a forward pass", 1, 1),
        ("exception", "a callback", 1, 1),
        ("exception", "a callback", 0, 1),
        ("exception", "the end", 1, 1),
        ("exit", "a callback", 1, 3),
        ("exit", "the beginning", 0, 3),
        ("exit with words", "a callback", 1, 1),
        ("quiet exit", "a callback", 1, 1),
        ("Ctrl-C", "a callback", 1, 130),
        ("Ctrl-C", "a callback", 0, 130),
        ("kill", "a callback", 1, None),
        ("hard exit", "a forward pass", 1, None),
    ],
)
def test_who_fails_stops_all(how, where, rank, code, tmp_path):
    done = mpi_runs.run(2, "-c", FAIL, where, how, rank, folder=tmp_path)
    assert done.code == code if code is not None else done.code != 0
    assert done.seconds < 40, "a few seconds, on a machine that is not busy"
    assert done.errors.count("this is why\n") == (how in ("exception", "exit with words"))
    assert (f"process {rank} of 2: " in done.errors) == (
        rank == 1 and how not in ("exit", "Ctrl-C", "kill", "hard exit")
    )
    if where == "a callback":
        check = "import numpy, senumpy.files.arrays as a; print(a.read_with_manifest('run.npz')[1]['trainer']['step'])"
        assert mpi_runs.run(None, "-c", check, folder=tmp_path).out in ("2\n", "3\n"), (
            "the checkpoint before it is whole"
        )


def test_what_all_of_them_meet_is_told_once(tmp_path):
    code = "from senumpy.training import parallel\nwith parallel.together():\n    raise ValueError('all of us')"
    done = mpi_runs.run(3, "-c", code, folder=tmp_path)
    assert done.code == 1 and done.errors.count("ValueError: all of us") == 1


def test_a_command_that_cannot_even_be_imported_stops_all(tmp_path):
    """It has never called MPI, so without a word of its own the others would wait for it."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if os.environ.get('PMI_RANK', os.environ.get('OMPI_COMM_WORLD_RANK')) == '1': sys.modules['tqdm'] = None\n"
    )
    path = f"{tmp_path}{os.pathsep}{mpi_runs.ROOT}"
    done = mpi_runs.run(2, "-m", "senumpy", "train", folder=tmp_path, PYTHONPATH=path)
    assert done.code == 1 and "import of tqdm" in done.errors and done.seconds < 60


def test_an_mpiexec_of_another_mpi_is_noticed(tmp_path):
    """What a process of it sees: many were started, and MPI, another one, knows of this one alone."""
    vendor = mpi_runs.run(None, "-c", "from mpi4py import MPI; print(MPI.get_vendor()[0])", folder=tmp_path).out
    name = "PMI_SIZE" if "Open MPI" in vendor else "OMPI_COMM_WORLD_SIZE"
    code = "from senumpy.training import parallel\nwith parallel.together(): pass"
    done = mpi_runs.run(None, "-W", "ignore", "-c", code, folder=tmp_path, **{name: "2"})
    assert done.code == 1 and "each believes that it is alone" in done.errors
