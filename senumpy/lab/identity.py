"""Which code made a number? Runs of other code are other runs, however alike they look."""

import hashlib
import json
import platform
import sys
from functools import cache
from pathlib import Path

import numpy as np

PACKAGE = Path(__file__).parents[1]
ROOMS = ("ops", "layers", "models", "data", "training")
FILES = ("backend.py", "arguments.py", "finite.py", "lab/settings.py", "lab/one_run.py")
SAME = ("source", "numpy")  # runs are put together only where these agree; the rest is written down


def source_files(package=PACKAGE):
    """Return every file of the package that can change a number: what a training imports, and the pictures it reads."""
    files = [package / name for name in FILES]
    for room in ROOMS:
        files += [path for path in (package / room).rglob("*") if path.suffix == ".py" and path.is_file()]
    files += [path for path in (package / "data").rglob("*") if path.suffix in (".png", ".npz", ".csv", ".gz")]
    return sorted(files, key=lambda path: path.relative_to(package).as_posix())


def source_hash(package=PACKAGE):
    """Return one checksum of all these files: a change of a single letter changes it, comments included."""
    total = hashlib.sha256()
    for path in source_files(package):
        content = path.read_bytes()
        if path.suffix == ".py":
            content = content.replace(b"\r\n", b"\n")
        total.update(path.relative_to(package).as_posix().encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()[:16]


@cache
def _cached_hash():
    return source_hash()  # once in a process: its modules stay those that it imported


def identity():
    """Return what the runs of this process are made by: code, versions and processor."""
    return {
        "source": _cached_hash(),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "blas": _blas(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def code_of(made_by):
    """Return what runs in one report must have in common, as ``SOURCE/NUMPY``.

    >>> code_of({"source": "6204dde43202b743", "numpy": "2.4.6"})
    '6204dde43202b743/2.4.6'
    """
    return "/".join(made_by[name] for name in SAME)


def _blas():
    try:
        about = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{about['name']} {about['version']}"
    except (KeyError, TypeError):
        return "unknown"


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine() or sys.platform


def digest(settings, made_by):
    """Return the name of a run: equal where settings, code and NumPy are."""
    known = {"settings": settings, **{name: made_by[name] for name in SAME}}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]
