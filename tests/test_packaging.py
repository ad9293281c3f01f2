"""What is installed and given away: the two lists of requirements say the same, and no file is left behind."""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import senumpy

ROOT = Path(__file__).parent.parent
JUNK = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".*cache*", ".ipynb_checkpoints", ".DS_Store")


@pytest.fixture(scope="module")
def project():
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 cannot read TOML by itself")
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def lines(name):
    return {line.strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line.strip()}


def library_files():
    """The files of the package that are no Python, relative to the package."""
    package = ROOT / "senumpy"
    files = [path.relative_to(package) for path in package.rglob("*") if path.is_file()]
    return [path for path in files if path.suffix not in (".py", ".pyc") and not path.name.startswith(".")]


def test_requirements_txt_is_what_the_package_needs_and_what_the_tests_need(project):
    project = project["project"]
    extras = project["optional-dependencies"]
    of_developers = ("ruff", "setuptools", "hypothesis")
    of_everybody = [r for r in extras["test"] if not r.startswith(of_developers)]
    wanted = {*project["dependencies"], *of_everybody}
    assert lines("requirements.txt") == wanted
    assert set(extras["notebooks"]) <= wanted


def test_whatever_the_library_imports_has_a_lower_bound(project):
    names = {re.match(r"[\w-]+", r)[0] for r in project["project"]["dependencies"]}
    assert names == {"numpy", "matplotlib", "tqdm", "pillow"}
    for requirement in lines("requirements.txt"):
        assert re.fullmatch(r"[\w-]+>=\d+(\.\d+)+", requirement), requirement


def test_the_version_is_one_number(project):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert project["project"]["version"] == senumpy.__version__ == re.search(r"(?m)^version: (.*)$", citation)[1]
    (author,) = project["project"]["authors"]
    assert author["name"] in citation and author["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_public_address_stands_in_every_place_or_in_none(project):
    """``senumpy.REPOSITORY`` is empty as long as nobody knows it: then nothing may point to a guess."""
    known = senumpy.REPOSITORY
    citation, readme = ((ROOT / name).read_text(encoding="utf-8") for name in ("CITATION.cff", "README.md"))
    assert re.findall(r"(?m)^repository-code: (.*)$", citation) == ([known] if known else [])
    assert project["project"].get("urls", {}) == ({"Repository": known} if known else {})
    assert re.findall(r"git clone (\S+)", readme) == ([known] if known else [])


def test_the_workflow_runs_every_python_that_the_package_names(project):
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    listed = re.search(r"python-version: \[(.*)\]", workflow)[1]
    named = [c.rpartition(" ")[2] for c in project["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert re.findall(r"[\d.]+", listed) == named
    assert project["project"]["requires-python"] == f">={named[0]}"


def test_every_file_of_the_library_is_package_data(project):
    """A picture or a table of weights of another kind would be missing after `pip install`, and nowhere else."""
    patterns = project["tool"]["setuptools"]["package-data"]["senumpy"]
    assert all(pattern.startswith("**/*.") for pattern in patterns)
    kinds = {pattern.removeprefix("**/*") for pattern in patterns}
    assert [str(path) for path in library_files() if path.suffix not in kinds] == []


def test_the_source_distribution_is_the_library_alone(project, tmp_path):
    """Half of the tests without their helpers, as setuptools takes them by itself, would be of no use to anybody."""
    pytest.importorskip("setuptools", minversion="77", reason="it builds the distribution")
    copy = tmp_path / "clone"
    copy.mkdir()
    for name in ("senumpy", "tests", "docs", "benchmarks"):
        shutil.copytree(ROOT / name, copy / name, ignore=JUNK)
    for name in ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CITATION.cff", "requirements.txt"):
        shutil.copy(ROOT / name, copy / name)
    code = "import setuptools.build_meta as b; print(b.build_sdist('dist'))"
    built = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    with tarfile.open(copy / "dist" / built.stdout.split()[-1]) as archive:
        held = {name.partition("/")[2] for name in (m.name for m in archive if m.isfile()) if ".egg-info/" not in name}
    package = {path.relative_to(copy).as_posix() for path in (copy / "senumpy").rglob("*") if path.is_file()}
    around = {"pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CITATION.cff", "PKG-INFO", "setup.cfg"}
    assert held == package | around
