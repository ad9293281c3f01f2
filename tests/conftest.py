"""What pytest needs to know for all tests: the stand-in for CuPy, and when to skip the tests that need a real GPU."""

import sys

import pytest
import strict_cupy

from senumpy import backend

# pytest imports every module in search of doctests; these import PyTorch, which is optional.
collect_ignore = ["torch_modules.py", "torch_ops.py", "torch_resnet.py"]


def why_no_gpu():
    """Return None where a real CuPy finds a GPU, else the reason."""
    try:
        import cupy
    except ImportError:
        return "CuPy is not installed"
    return None if cupy.cuda.is_available() else "CuPy finds no GPU"


def pytest_collection_modifyitems(items):
    marked = [item for item in items if item.get_closest_marker("gpu")]
    reason = why_no_gpu() if marked else None
    if reason:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=f"needs a GPU: {reason}"))


@pytest.fixture
def stand_in(monkeypatch):
    """The stand-in as the module ``cupy``; afterwards NumPy is the current library again."""
    cupy = strict_cupy.make_cupy()
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    strict_cupy.HOST_READS.clear()
    yield cupy
    backend.use("numpy")
