"""What the tests let pass: a library's own warnings and one false alarm of the BLAS, but nothing out of senumpy.

The rules stand in pyproject.toml. A small test suite is planted elsewhere and run by them, beside a library that is
newer than we are.
"""

import os
import re
import shlex
import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pytest

LIBRARY = """
    import warnings

    warnings.warn("deprecated on import: a line of its own", DeprecationWarning, stacklevel=1)
    warnings.warn("deprecated on import: whoever asks for it", DeprecationWarning, stacklevel=2)

    def say(category, stacklevel=1):
        warnings.warn("said by the library", category, stacklevel=stacklevel)
"""
OURS = """
    import warnings

    import newer_library
    import numpy as np

    def ask(category, stacklevel=1):
        newer_library.say(category, stacklevel)

    def say(category):
        warnings.warn("said by senumpy", category, stacklevel=1)

    def false_alarm():
        warnings.warn("invalid value encountered in matmul", RuntimeWarning, stacklevel=1)

    def overflow():
        return np.array([1e200]) * np.array([1e200])
"""
SUITE = """
    import importlib.util, sys
    from pathlib import Path

    import newer_library
    import numpy as np
    import pytest

    spec = importlib.util.spec_from_file_location("senumpy.planted", Path(__file__).with_name("planted.py"))
    planted = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(planted)

    class OurWarning(UserWarning): pass
    class LibraryDeprecation(DeprecationWarning): pass  # as Matplotlib and pyparsing have theirs

    AGEING = [
        DeprecationWarning, PendingDeprecationWarning, FutureWarning, np.exceptions.VisibleDeprecationWarning,
        LibraryDeprecation,
    ]

    @pytest.mark.parametrize("category", AGEING)
    def test_library_passes_when_it_ages(category):
        newer_library.say(category)
        planted.ask(category)
        planted.ask(category, 2)  # names the line of senumpy that called

    def test_library_passes_whatever_else_it_says():
        newer_library.say(UserWarning)
        planted.ask(UserWarning)

    def test_blas_passes():
        planted.false_alarm()

    def test_ours_fails_in_words_of_our_own():
        planted.say(OurWarning)

    def test_ours_fails_when_a_library_points_at_our_line():
        planted.ask(UserWarning, 2)

    def test_ours_fails_when_numpy_overflows():
        planted.overflow()

    def test_arithmetic_fails_in_a_library_too():
        newer_library.say(RuntimeWarning)
"""


def outcomes(folder, pyproject, *options):
    """Run the planted suite by our rules; return {name: outcome}."""
    for name, source in {"newer_library": LIBRARY, "planted": OURS, "test_planted": SUITE}.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(source))
    root = pyproject.parent
    command = [sys.executable, "-m", "pytest", "-c", pyproject, "--rootdir", folder, "-p", "no:cacheprovider", "-vv"]
    ours = ["-o", "addopts=", "-o", f"pythonpath={shlex.quote(str(folder))} {shlex.quote(str(root))}"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # other people's plugins have warnings too
    command += [*ours, *options, folder]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    found = re.findall(r"::(test_\S+) (PASSED|FAILED|ERROR)", result.stdout)
    assert found, result.stdout + result.stderr
    return dict(found)


def test_a_newer_library_stops_no_test_and_what_comes_out_of_senumpy_stops_its_own(tmp_path, request):
    found = outcomes(tmp_path, request.config.rootpath / "pyproject.toml")
    assert found == {name: "FAILED" if "fails" in name else "PASSED" for name in found}
    assert len(found) == 11


def test_continuous_integration_makes_every_warning_an_error_but_the_false_alarm_of_the_blas(tmp_path, request):
    root = request.config.rootpath
    script = root / ".ci" / "run"
    (line,) = [line for line in script.read_text(encoding="utf-8").splitlines() if " -W error " in line]
    options = shlex.split(line[line.index("-W error") :])
    options += ["-W", "ignore:deprecated on import:DeprecationWarning"]  # else the planted suite would not even begin
    found = outcomes(tmp_path, root / "pyproject.toml", *options)
    assert found == {name: "PASSED" if name == "test_blas_passes" else "FAILED" for name in found}
    assert len(found) == 11


def test_the_false_alarm_of_the_blas_passes():
    warnings.warn("invalid value encountered in matmul", RuntimeWarning, stacklevel=1)


@pytest.mark.parametrize(
    ("operation", "x", "message"),
    [
        (lambda x: x - x, np.inf, "invalid value encountered in subtract"),
        (lambda x: x * x, 1e200, "overflow encountered in multiply"),
        (lambda x: x[None] @ x, 1e200, "overflow encountered in matmul"),
    ],
)
def test_any_other_warning_of_arithmetic_is_an_error(operation, x, message):
    with pytest.raises(RuntimeWarning, match=message):
        operation(np.array([x]))
