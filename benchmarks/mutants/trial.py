"""One mutant before the tests: in a fork, so that each starts with NumPy loaded and senumpy not."""

import importlib.util
import os
import resource
import signal
import sys
from importlib.machinery import SourceFileLoader

GIGABYTES = 12


class _Changed(SourceFileLoader):
    """Loads a file whose source is another than what lies on disk."""

    def __init__(self, name, mutant):
        super().__init__(name, str(mutant.path.resolve()))
        self.tree = mutant.tree()

    def get_code(self, fullname):
        return compile(self.tree, self.path, "exec")


class _Finder:
    """Hands out the mutant in place of its module; knows no others."""

    def __init__(self, mutant):
        parts = mutant.path.with_suffix("").parts
        self.name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self.loader = _Changed(self.name, mutant)

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.loader.path, loader=self.loader)


class _FirstFailure:
    name = ""

    def pytest_runtest_logreport(self, report):
        self.name = self.name or (report.nodeid if report.failed else "")

    pytest_collectreport = pytest_runtest_logreport


def noticed(mutant, groups, seconds=600):
    """Run groups of test files, one after another, and return the first test that fails, or "" where all pass.

    Whoever takes more seconds of processor time than that is in an endless loop, and was noticed.
    """
    import pytest  # by the first trial, in the parent: all forks find it there

    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1), os.dup2(quiet, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30,) * 2)
        signal.alarm(5 * seconds)  # asleep for ever takes no processor time
        name = "an error outside the tests"
        try:
            if mutant is not None:
                sys.meta_path.insert(0, _Finder(mutant))
            for files in filter(None, groups):
                first = _FirstFailure()
                code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *files], plugins=[first])
                name = "" if code == 0 else first.name or f"exit code {int(code)} of pytest"
                if name:
                    break
        finally:
            os.write(writable, (name or "nobody").encode())
            os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return "" if said == "nobody" else said or "the process died, or never ended"
