"""Real processes under a real mpiexec, as children with a timeout: a test must never wait for MPI."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import senumpy

ROOT = Path(senumpy.__file__).parents[1]
PATIENCE = 120  # seconds, on a busy machine; what ends by itself takes a few
MARKS = ("PMI_", "OMPI_", "MPI_", "PMIX_", "HYDI_")  # of an mpiexec that the tests themselves may run under


def why_no_mpi():
    """Return None where mpi4py and an mpiexec are there, else the reason."""
    try:
        import mpi4py  # noqa: F401 - only looked for: importing MPI itself would start it in this process
    except ImportError:
        return "mpi4py is not installed (pip install mpi4py mpich)"
    return None if mpiexec() else "there is no mpiexec beside python, nor on the path"


def mpiexec():
    """Return the mpiexec of this environment, or another one on the path."""
    here = Path(sys.executable).with_name("mpiexec")
    return str(here) if here.exists() else shutil.which("mpiexec")


class Run(NamedTuple):
    code: int
    out: str
    errors: str
    seconds: float  # from the signal on, where one was sent


def environment(**changes):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(MARKS)}
    return {**clean, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", **changes}


def run(size, *words, folder, number=None, once=lambda: True, **changes):
    """Run ``python words`` in some processes, without mpiexec for ``size=None``; all output is in what is returned.

    With a signal's number, it is sent to mpiexec as soon as ``once()`` is true.
    """
    start = [] if size is None else [mpiexec(), "-n", str(size)]
    with (folder / "stdout").open("w+") as out, (folder / "stderr").open("w+") as errors:
        process = subprocess.Popen(
            [*start, sys.executable, *map(str, words)], cwd=folder, env=environment(**changes), stdout=out,
            stderr=errors, start_new_session=True,
        )  # fmt: skip
        began = time.monotonic()
        try:
            if number is not None:
                while not once():
                    assert process.poll() is None and time.monotonic() - began < PATIENCE, "it went on without an end"
                    time.sleep(0.02)
                process.send_signal(number)
                began = time.monotonic()
            process.wait(PATIENCE)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            print((folder / "stdout").read_text(), (folder / "stderr").read_text())
            raise
        seconds = time.monotonic() - began
    found = Run(process.returncode, (folder / "stdout").read_text(), (folder / "stderr").read_text(), seconds)
    print(found.out, found.errors, f"exit code {found.code}, {seconds:.1f} s")  # shown where the test fails
    return found
