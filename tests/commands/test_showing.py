"""What is shown never decides over what is kept: every stream and every figure fails once, and the files are there."""

import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from commands.children import environment, shell

from senumpy.__main__ import main
from senumpy.commands import train
from senumpy.layers import Linear
from senumpy.manners.figures import save_figure
from senumpy.manners.streams import Forgiving
from senumpy.pictures.style import new_figure
from senumpy.training import SGD, Trainer

pytestmark = pytest.mark.slow

TRAIN = "senumpy train --data digits --epochs 1 --width 2 --out out"
REPORT = "bias-tiny-cnn-digits-test_fraction0.9-1-epochs-rate-0.2"
LAB = "senumpy lab bias --epochs 1 --seeds 1 --task digits:test_fraction=0.9 --out out"
WATCH = "senumpy watch coffee --weights cued-digits --size 16 --out out"
FILES = {
    TRAIN: {*train.FILES, "run.json"},
    LAB: {"runs", f"{REPORT}.json", f"{REPORT}.png"},
    WATCH: {"gates.png", "features-se1.png", "features-se2.png", "features-se3.png"},
}
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full and a shell of Linux")


@linux
@pytest.mark.parametrize(
    ("command", "redirections", "code"),
    [
        (TRAIN, ">&- 2>&-", 0),
        (TRAIN, "2>&- | cat", 0),
        (TRAIN, "| head -1", 1),
        (TRAIN, "> /dev/full", 1),
        (LAB, ">&- 2>&-", 0),
        (LAB, "| true", 1),
        (LAB, "> /dev/full 2> /dev/full", 1),
        (WATCH, "2>&-", 0),
        (WATCH, "| true", 1),
    ],
)
def test_the_files_are_there_whoever_listens(command, redirections, code, tmp_path):
    done = shell(command, redirections, tmp_path)
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES[command]
    assert done.returncode == code
    full = redirections == "> /dev/full"
    assert done.stderr == ("senumpy: not all of the output could be shown: [Errno 28] No space left on device\n" * full)


@linux
@pytest.mark.parametrize("command", ["senumpy gradcheck relu", "senumpy proof out/proof.png --seeds 1"])
def test_checks_run_without_anybody_to_see_them(command, tmp_path):
    assert shell(command, ">&- 2>&-", tmp_path).returncode == 0
    assert (tmp_path / "out" / "proof.png").exists() == ("proof" in command)


@linux
def test_latex_a_wrong_backend_and_odd_settings_do_not_reach_the_figures(tmp_path):
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfont.size: 500\nfont.family: none-such\nfigure.dpi: 1e6")
    done = shell(TRAIN, "", tmp_path, MPLBACKEND="nonsense")
    assert done.returncode == 0 and done.stderr == ""
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES[TRAIN]


@linux
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_name_that_the_terminal_cannot_print_is_spelled(encoding, tmp_path):
    done = shell(TRAIN.replace("--out out", "--out 猫"), "", tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and "In \\u732b: learning-curves.png" in done.stdout and done.stderr == ""


def test_a_figure_that_fails_is_told_after_everything_else(tmp_path, monkeypatch, capsys):
    def fail(*arguments, **options):
        raise RuntimeError("no font at all")

    monkeypatch.chdir(tmp_path)
    for name in ("plot_channels_by_images", "plot_learning_curves"):
        monkeypatch.setattr(train, name, fail)
    assert main(TRAIN.split()[1:]) == 1
    printed = capsys.readouterr()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {name for name in FILES[TRAIN] if "png" not in name}
    assert "without SE" in printed.out.splitlines()[-3]
    assert printed.out.splitlines()[-1] == "In out: weights of both networks, history.json"
    assert [line.split(":")[0] for line in printed.err.splitlines()] == ["senumpy"] * 2
    assert "'out/unfinished/gates.png' could not be drawn: RuntimeError: no font at all" in printed.err


def test_a_figure_that_fails_leaves_the_old_one_and_nothing_else(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    trouble = save_figure(lambda: None, tmp_path / "a.png", dpi=50)
    assert "AttributeError" in trouble and [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"old"


class Broken(io.StringIO):
    encoding = "ascii"

    def write(self, text):
        text.encode("ascii")
        raise OSError("gone")


@pytest.mark.parametrize("stream", [None, Broken()], ids=["none", "broken"])
def test_from_python_a_training_ends_as_well(stream, monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    model = Linear(2, 2, rng=np.random.default_rng(0))
    x, labels = np.eye(2, dtype=np.float32), np.array([0, 1])
    trainer = Trainer(model, SGD(model.params, 0.1), progress=True)
    assert len(trainer.fit(x, labels, epochs=2, batch_size=2, rng=np.random.default_rng(0)).epochs) == 2


def test_a_forgiving_stream_remembers_its_first_trouble_and_is_quiet_then():
    stream = Forgiving(Broken())
    assert stream.trouble is None and stream.write("a") == 1 and str(stream.trouble) == "gone"
    stream.stream = io.StringIO()
    stream.write("b")
    assert stream.getvalue() == ""
    closed = Forgiving(io.StringIO())
    closed.close()
    closed.write("a")
    assert isinstance(closed.trouble, ValueError) and not closed.isatty()


@pytest.mark.parametrize("tight", [None, "tight"])
def test_library_figures_need_no_latex_and_leave_the_settings_alone(tight, tmp_path, monkeypatch):
    import matplotlib

    monkeypatch.setenv("PATH", str(tmp_path))  # no LaTeX, whatever is installed
    monkeypatch.setitem(matplotlib.rcParams, "text.usetex", True)
    figure = new_figure(3, "title")
    for ax, scale in zip(figure.subplots(1, 2), ("linear", "log"), strict=True):
        ax.plot([1, 10, 1e5], label="a")
        ax.set(yscale=scale, xlabel="x")
        ax.legend()
    figure.savefig(tmp_path / "a.png", bbox_inches=tight)
    assert (tmp_path / "a.png").stat().st_size > 1000 and matplotlib.rcParams["text.usetex"] is True


@linux
@pytest.mark.parametrize("seconds", [0, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("words", [["train", "--epochs", "1000"], ["proof", "proof.png", "--seeds", "1000"]])
def test_ctrl_c_is_one_line_from_the_first_import_on(seconds, words, tmp_path):
    command = [sys.executable, "-m", "senumpy", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), **pipes, text=True) as process:
        while process.poll() is None and "_multiarray" not in Path(f"/proc/{process.pid}/maps").read_text():
            time.sleep(0.001)  # until NumPy is being imported, so that the package has begun
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        error = process.communicate()[1]
    go_on = "; it goes on with: python -m senumpy train --resume out"
    assert process.returncode == 130 and error.replace(go_on, "") == "senumpy: interrupted\n"
