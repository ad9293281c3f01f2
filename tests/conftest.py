"""What pytest needs to know for all tests: the stand-in for CuPy, and when to skip those that need a GPU, or MPI."""

import sys

import mpi_runs
import pytest
import strict_cupy

from senumpy import backend

# pytest imports every module in search of doctests; these import PyTorch, which is optional.
collect_ignore_glob = ["torch_*.py"]


def why_no_gpu():
    """Return None where a real CuPy finds a GPU, else the reason."""
    try:
        import cupy
    except ImportError:
        return "CuPy is not installed"
    return None if cupy.cuda.is_available() else "CuPy finds no GPU"


def pytest_collection_modifyitems(items):
    for mark, what, why_not in (("gpu", "a GPU", why_no_gpu), ("mpi", "MPI", mpi_runs.why_no_mpi)):
        marked = [item for item in items if item.get_closest_marker(mark)]
        reason = why_not() if marked else None
        if reason:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=f"needs {what}: {reason}"))


@pytest.fixture
def stand_in(monkeypatch):
    """The stand-in as the module ``cupy``; afterwards NumPy is the current library again."""
    cupy = strict_cupy.make_cupy()
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    strict_cupy.HOST_READS.clear()
    yield cupy
    backend.use("numpy")
