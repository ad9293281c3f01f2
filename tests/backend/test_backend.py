"""The switch: it turns, it turns back, and it never falls back to NumPy without a word."""

import builtins
import subprocess
import sys

import numpy as np
import pytest
import strict_cupy
from comparing import mentions

from senumpy import backend


@pytest.fixture(autouse=True)
def numpy_again():
    yield
    backend.use("numpy")


@pytest.fixture
def no_cupy(monkeypatch):
    """Importing CuPy fails as it does where the package is missing, even on a machine that has it."""
    monkeypatch.setitem(sys.modules, "cupy", None)


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", strict_cupy.make_cupy(gpu=False))


def test_numpy_is_where_everything_starts():
    assert backend.current() is np and type(backend.asarray([1.0])) is np.ndarray


def test_use_as_a_function_stays(stand_in):
    backend.use("cupy")
    assert backend.current() is stand_in and type(backend.asarray([1.0])) is stand_in.ndarray
    backend.use("numpy")
    assert backend.current() is np


def test_use_as_a_context_gives_the_module_and_turns_back(stand_in):
    with backend.use("cupy") as xp:
        assert xp is backend.current() is stand_in
        with backend.use("numpy") as inner:
            assert inner is backend.current() is np
            with backend.use("cupy"):
                assert backend.current() is stand_in
            assert backend.current() is np
        assert backend.current() is stand_in
    assert backend.current() is np


def test_a_context_turns_back_to_what_was_chosen_before(stand_in):
    backend.use("cupy")
    with backend.use("numpy"):
        assert backend.current() is np
    assert backend.current() is stand_in


def test_an_exception_turns_back_and_passes_through(stand_in):
    with pytest.raises(ZeroDivisionError), backend.use("cupy"), backend.use("numpy"):
        1 / 0  # noqa: B018
    assert backend.current() is np


def test_without_cupy_the_error_names_the_packages(no_cupy):
    with pytest.raises(backend.BackendError, match=mentions("not installed", "cupy-cuda12x", "cupy-cuda13x")):
        backend.use("cupy")
    with pytest.raises(backend.BackendError), backend.use("cupy"):
        pytest.fail("the block must not run on NumPy instead")
    assert backend.current() is np


def test_without_a_gpu_the_error_says_so(no_gpu):
    with pytest.raises(backend.BackendError, match=mentions("GPU", "driver")):
        backend.use("cupy")
    assert backend.current() is np


@pytest.mark.parametrize("name", ["Cupy", "jax", "", None, np])
def test_an_unknown_name_is_refused_and_changes_nothing(name, stand_in):
    backend.use("cupy")
    with pytest.raises(ValueError, match=mentions("numpy", "cupy", repr(name))):
        backend.use(name)
    assert backend.current() is stand_in


def test_numpy_alone_never_imports_cupy(monkeypatch):
    """CuPy takes seconds to import and claims memory on the GPU: nobody pays for it unasked."""
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    plain_import = builtins.__import__

    def guarded(name, *args, **kwargs):
        assert not name.startswith("cupy")
        return plain_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", guarded)
    with backend.use("numpy"):
        x = backend.asarray([1.0])
        assert backend.array_module(x) is np and backend.to_numpy(x) is x
    assert "cupy" not in sys.modules


def test_the_module_is_read_from_the_array(stand_in):
    there, here = stand_in.zeros(2), np.zeros(2)
    assert backend.array_module(there) is stand_in and backend.array_module(here) is np
    assert backend.array_module(None, there, None) is stand_in
    assert backend.array_module(there, there.sum()) is stand_in
    with backend.use("cupy"):
        assert backend.array_module(here) is np  # what was given decides, not the switch
    with pytest.raises(ValueError, match=mentions("numpy", "cupy", "asarray", "to_numpy")):
        backend.array_module(there, here)


def test_asarray_moves_to_the_current_library(stand_in):
    here = np.arange(3, dtype=np.float32)
    with backend.use("cupy"):
        there = backend.asarray(here)
        assert type(there) is stand_in.ndarray and there.dtype == np.float32
        assert backend.asarray(there) is there
        assert backend.asarray([1, 2], dtype=np.float64).dtype == np.float64
    assert backend.asarray(here) is here
    assert np.array_equal(there.get(), here)


def test_to_numpy_is_the_way_home(stand_in):
    there = stand_in.asarray([[1.0, 2.0]])
    for current in ("cupy", "numpy"):
        with backend.use(current):
            home = backend.to_numpy(there)
            assert type(home) is np.ndarray and np.array_equal(home, [[1.0, 2.0]])
    home += 1
    assert np.array_equal(there.get(), [[1.0, 2.0]])
    assert strict_cupy.HOST_READS == ["get", "get", "get"]
    here = np.ones(2)
    assert backend.to_numpy(here) is here
    assert type(backend.to_numpy([1.0])) is type(backend.to_numpy(2.0)) is np.ndarray
    assert type(backend.to_numpy(there.sum())) is np.ndarray


def test_coming_home_while_cupy_is_current_keeps_numpy_arrays_numpy(stand_in):
    with backend.use("cupy"):
        assert type(backend.to_numpy(np.ones(2))) is np.ndarray


def test_importing_senumpy_needs_neither_cupy_nor_a_setting():
    code = "import sys; sys.modules['cupy'] = None; import senumpy.ops, senumpy.layers"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, timeout=60)
