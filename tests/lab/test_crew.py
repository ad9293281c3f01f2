"""Processes: whatever ends one of them, the others go on; nothing is lost, nothing trained twice, none stays behind."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from commands.children import ROOT, environment
from lab.small import study

from senumpy.lab import crew, records
from senumpy.lab.crew import train_all
from senumpy.lab.identity import identity

pytestmark = pytest.mark.slow


def children():
    """Return the processes that this one has started and that have not been waited for."""
    found = []
    for task in (path for path in os.listdir("/proc") if path.isdecimal()):
        try:
            with open(f"/proc/{task}/stat", encoding="utf-8") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                    found.append(int(task))
        except OSError:
            pass
    return found


def train(todo, **changes):
    told = []
    train_all(todo, 2, lambda path, record, is_new: told.append((path, record, is_new)), **changes)
    return told


def test_each_worker_has_one_thread_whatever_the_user_asked_for_and_says_who_made_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    todo = study(tmp_path).wanted(range(2))
    told = train(todo)
    assert {path for path, _, _ in told} == {path for path, _ in todo} and all(is_new for _, _, is_new in told)
    for path, _ in todo:
        record = records.read_record(path)
        assert record["state"] == "finished" and record["made_by"] == identity()
        assert record["threads"] == 1 or not sys.platform.startswith("linux")
        assert record["first_losses"] and record["test_accuracies"][-1] == record["test_accuracy"]
    assert sys.platform != "linux" or children() == []


def test_a_killed_worker_is_a_run_that_failed_and_the_others_go_on(tmp_path, monkeypatch):
    todo = study(tmp_path, recipe={"epochs": 3, "batch_size": 4, "lr": 0.01}).wanted(range(3))
    real, victims = crew.Worker.train, []

    def train_and_die(self, settings):
        if settings["seed"] == 1 and not victims:
            victims.append(self.process.pid)
            threading.Timer(0.1, self.process.kill).start()
        return real(self, settings)

    monkeypatch.setattr(crew.Worker, "train", train_and_die)
    started = time.monotonic()
    told = train(todo)
    assert time.monotonic() - started < 60 and len(told) == 6
    states = sorted(record["state"] for _, record, _ in told)
    assert states == ["finished"] * 5 + ["killed"]
    (killed,) = (record for _, record, _ in told if record["state"] == "killed")
    assert killed["settings"]["seed"] == 1 and killed["reason"] == "worker killed (signal 9, SIGKILL)"
    path = next(path for path, record, _ in told if record is killed)
    assert records.read_record(path)["state"] == "killed"
    ((_, again, is_new),) = train([(path, killed["settings"])], retry=True)
    assert again["state"] == "finished" and is_new
    ((_, _, is_new),) = train([(path, killed["settings"])], retry=False)
    assert not is_new


def test_a_run_that_diverges_or_cannot_be_built_is_a_result(tmp_path):
    wild = study(tmp_path, recipe={"epochs": 1, "batch_size": 32, "lr": 1e12}).wanted([0])
    strange = study(tmp_path).settings({"hidden": 0}, 0)
    fine = study(tmp_path).wanted([0])
    told = train([*wild, (tmp_path / "runs" / "strange-0.json", strange), *fine])
    states = {path: record["state"] for path, record, _ in told}
    assert [states[path] for path, _ in wild] == ["diverged"] * 2
    assert states[tmp_path / "runs" / "strange-0.json"] == "failed"
    assert [states[path] for path, _ in fine] == ["finished"] * 2
    reason = records.read_record(wild[0][0])["reason"]
    assert "the loss became nan" in reason and "Try a smaller learning rate" in reason


def test_four_labs_in_one_folder_lose_nothing_and_train_nothing_twice(tmp_path):
    words = [sys.executable, "-m", "senumpy", "lab", "squeeze", "--task", "digits:test_fraction=0.9", "--epochs", "1",
             "--seeds", "5", "--jobs", "1", "--out", "out"]  # fmt: skip
    labs = [
        subprocess.Popen(words, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    while any(lab.poll() is None for lab in labs):  # a reader at every moment
        for path in records.run_files(tmp_path / "out"):
            records.read_record(path)
        time.sleep(0.05)
    said = [lab.communicate()[0] for lab in labs]
    assert [lab.returncode for lab in labs] == [0] * 4
    assert len(records.read_records(tmp_path / "out")) == 10
    trained = [
        line for text in said for line in text.splitlines() if line.startswith("[") and "another lab" not in line
    ]
    assert len(trained) == 10 == len({line.split("]")[1].split(":")[0] for line in trained})
    assert len({text.partition("\n\n")[2].partition("The report")[0] for text in said}) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_ctrl_c_ends_all_and_the_next_lab_goes_on_where_it_stopped(tmp_path, number):
    words = [sys.executable, "-m", "senumpy", "lab", "bias", "--task", "digits:test_fraction=0.8", "--epochs", "2",
             "--seeds", "6", "--jobs", "2", "--out", "out"]  # fmt: skip
    lab = subprocess.Popen(words, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True)
    while not records.run_files(tmp_path / "out"):
        assert lab.poll() is None, "it ended before the first run was written"
        time.sleep(0.02)
    lab.send_signal(number)
    lab.communicate(timeout=20)
    assert lab.returncode == 128 + number
    done = len(records.read_records(tmp_path / "out"))
    assert 0 < done < 12 and all(r["state"] == "finished" for r in records.read_records(tmp_path / "out").values())
    again = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert f"{done} found, {12 - done} new" in again.stdout and again.returncode == 0


def test_a_later_lab_of_fewer_seeds_or_variants_leaves_the_report_as_large_as_it_was(tmp_path):
    words = [sys.executable, "-m", "senumpy", "lab", "squeeze", "--task", "digits:test_fraction=0.9", "--epochs", "1"]
    for more in (["--seeds", "3"], ["--seeds", "1", "--variants", "max"]):
        done = subprocess.run([*words, *more], cwd=tmp_path, env=environment(), capture_output=True, text=True)
        assert done.returncode == 0 and "max beside se, 3 pairs" in done.stdout
    assert "0 found" not in done.stdout and len(list((tmp_path / "lab").glob("*.json"))) == 1
    shown = subprocess.run([*words, "--show", "--out", "lab"], cwd=tmp_path, env=environment(), capture_output=True,
                           text=True)  # fmt: skip
    assert "Runs in lab:" in shown.stdout and "max beside se, 3 pairs" in shown.stdout
    new = subprocess.run([*words, "--seeds", "7-8"], cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert "0 found, 4 new" in new.stdout and "max beside se, 2 pairs" in new.stdout
    assert {path.stem.partition("0.2")[2] for path in (tmp_path / "lab").glob("*.json")} == {"", "-from-seed-7"}


def test_a_quick_look_takes_options_with_several_numbers_and_has_a_report_of_its_own(tmp_path):
    task = "cued-digits:digit_rows=5,5:n_train=40:n_test=20"
    words = [sys.executable, "-m", "senumpy", "lab", "bias", "--task", task, "--quick"]
    done = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0 and "NO VERDICT (--QUICK)" in done.stdout
    (report,) = (tmp_path / "lab").glob("*.json")
    assert report.stem.endswith("-quick") and "digit_rows5-5" in report.stem


def test_a_process_that_cannot_even_start_is_no_result(tmp_path, monkeypatch):
    package = tmp_path / "senumpy"  # comes before an installed one: the process begins in the folder above the package
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('a package that cannot be imported')")
    monkeypatch.setattr(crew, "PACKAGE", package)
    todo = study(tmp_path).wanted([0])
    with pytest.raises(ValueError, match="a process for the runs could not be started: it ended with exit code 1"):
        train(todo)
    assert records.run_files(tmp_path) == []


def test_a_ctrl_c_while_processes_are_being_started_is_a_ctrl_c(tmp_path, monkeypatch):
    real, started = threading.Thread.start, []

    def start(thread):
        started.append(thread)
        if len(started) == 2:
            raise KeyboardInterrupt
        real(thread)

    monkeypatch.setattr(crew.threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        train(study(tmp_path).wanted([0]))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")
def test_workers_do_not_outlive_a_lab_that_is_killed(tmp_path):
    code = (
        "import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + '/tests']\n"
        "from senumpy.lab.crew import Worker\nfrom lab.small import study\n"
        "worker = Worker(); worker.start(); print(worker.process.pid, flush=True)\n"
        "worker.train(study('.', recipe={'epochs': 10000, 'batch_size': 32, 'lr': 0.01}).settings({}, 0))"
    )
    lab = subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT)], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE
    )
    pid = int(lab.stdout.readline())
    lab.kill()
    lab.communicate()
    end = time.monotonic() + 20
    while time.monotonic() < end and os.path.exists(f"/proc/{pid}") and not is_zombie(pid):
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{pid}") or is_zombie(pid)


def is_zombie(pid):
    """Whether it has ended, and only whoever inherited it has not looked yet."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_source_that_changes_under_the_lab_stops_it(tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "identity", lambda: {**identity(), "source": "another"})
    with pytest.raises(ValueError, match="the source has changed since this lab began"):
        train(study(tmp_path).wanted([0]))
    assert records.run_files(tmp_path) == []


def test_a_record_that_cannot_be_written_stops_the_lab_with_its_name(tmp_path):
    todo = study(tmp_path).wanted([0])
    todo[0][0].mkdir(parents=True)
    (todo[0][0] / "in the way").touch()
    with pytest.raises((OSError, ValueError)):
        train(todo)
