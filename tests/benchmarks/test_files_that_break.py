"""A few kills and a few damaged files; the scripts themselves try hundreds and thousands."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import damage

SLOW_DISK = """
import os, runpy, sys, time
at_once = os.fsync
os.fsync = lambda file: (time.sleep(0.2), at_once(file))
runpy.run_module(sys.argv.pop(1), run_name="__main__")
"""


def script(name, *words, root, start=("-m",)):
    command = [sys.executable, *start, f"benchmarks.{name}", *words]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment, timeout=600)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
def test_whatever_is_killed_leaves_a_whole_file(request):
    done = script("kills", "--kills", "12", root=request.config.rootpath)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 times" in done.stdout.splitlines()[0] and done.stdout.splitlines()[0].endswith("whole 12 times")
    runs, same = re.search(r"of (\d+) runs (\d+) ended", done.stdout).groups()
    assert runs == same != "0"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
def test_a_slow_disk_takes_longer_but_not_for_ever(request):
    done = script("kills", "--kills", "1", root=request.config.rootpath, start=("-c", SLOW_DISK))
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_damaged_file_is_let_in(request):
    done = script("damage", "--files", "300", root=request.config.rootpath)
    assert done.returncode == 0 and "300 damaged files, 0 let in" in done.stdout, done.stdout + done.stderr
    assert "refused" in done.stdout


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (lambda trainer, path: None, "LET IN"),
        (lambda trainer, path: trainer.model.params["fc.bias"].fill(1.0), "LET IN"),
        (lambda trainer, path: 1 / 0, "ANOTHER ERROR: ZeroDivisionError"),
    ],
)
def test_the_script_notices_a_reader_that_lets_things_in(load, words, monkeypatch):
    monkeypatch.setattr(damage, "LOADERS", dict.fromkeys(("weights", "checkpoint"), load))
    outcomes = damage.damage(10, np.random.default_rng(0))
    assert sum(number for (_, _, result), number in outcomes.items() if result.startswith(words)) == 10
