"""What notebooks/README.md promises a teacher: the handout is complete, and an exercise left undone earns no marks."""

import ast
import contextlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from senumpy.lab import RESULTS

nbformat = pytest.importorskip("nbformat", reason="the notebooks need Jupyter: pip install jupyter")
nbclient = pytest.importorskip("nbclient", reason="the notebooks need Jupyter: pip install jupyter")
pytest.importorskip("nbconvert", reason="the notebooks need Jupyter: pip install jupyter")

pytestmark = [
    pytest.mark.notebooks,
    pytest.mark.skipif(os.name == "nt", reason="the lines of the README for a POSIX shell"),
]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
WITH_RESULTS = "06_when_channel_attention_matters.ipynb"
FULL_TASK = "tiny-cnn-cued-digits-12-epochs-rate-0.2"
TRAINS = re.compile(r"\btrain_by_recipe\(|\bhistories\b")  # the cells of notebook 6 that take long
SECONDS = 300


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def run_the_lines(marker, where, leave_out=""):
    """Run the lines under a marker of notebooks/README.md as they stand, with this Python's Jupyter."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    lines = re.search(rf"<!-- {marker} -->\n```sh\n(.*?)```", page, re.DOTALL)[1]
    for text in leave_out.split():
        lines = lines.replace(text, "")
    assert ".venv/bin/jupyter" in lines
    lines = lines.replace(".venv/bin/jupyter", f"'{sys.executable}' -m jupyter")
    environment = {name: value for name, value in os.environ.items() if name not in ("SENUMPY_GRADE", "MPLBACKEND")}
    environment |= {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    settings = {"shell": True, "capture_output": True, "text": True, "timeout": SECONDS}
    return subprocess.run(lines, cwd=where, env=environment, **settings)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A folder with the notebooks, and with the handout made from them as the README says."""
    clone = tmp_path_factory.mktemp("clone")
    shutil.copytree(FOLDER, clone / "notebooks", ignore=shutil.ignore_patterns("out", ".ipynb_checkpoints"))
    done = run_the_lines("handout", clone)
    assert done.returncode == 0, done.stderr
    return clone


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_handout_has_all_but_the_solutions_and_the_stored_results(path, clone):
    ours = nbformat.read(path, as_version=4)
    handout = nbformat.read(clone / "handout" / path.name, as_version=4)
    assert not tagged(handout, "solution")
    assert not any(cell.get("outputs") for cell in handout.cells)
    assert [cell.source for cell in handout.cells] == [
        cell.source for cell in ours.cells if cell not in tagged(ours, "solution")
    ]
    text = " ".join(" ".join(cell.source for cell in handout.cells if cell.cell_type == "markdown").split())
    promises = re.findall(r"[^.]*\bsolutions\b[^.]*\.", text, re.IGNORECASE)
    assert promises and all("Where your copy has solutions" in promise for promise in promises), promises


def test_every_file_that_notebook_6_reads_is_in_the_handout(clone):
    notebook = nbformat.read(clone / "handout" / WITH_RESULTS, as_version=4)
    trees = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    texts |= {f"{text}-{FULL_TASK}" for text in texts if FULL_TASK in texts}  # a question's report of the full task
    assert len({path for path in RESULTS.glob("*.json") if path.stem in texts}) == 16


def test_notebook_6_of_the_handout_runs_to_its_end_trainings_left_out(clone, monkeypatch):
    notebook = nbformat.read(clone / "handout" / WITH_RESULTS, as_version=4)
    kept = [cell for cell in notebook.cells if cell.cell_type != "code" or not TRAINS.search(cell.source)]
    assert len(notebook.cells) - len(kept) == 2
    notebook.cells = kept
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    monkeypatch.delenv("SENUMPY_GRADE", raising=False)
    where = {"metadata": {"path": str(clone / "handout")}}
    nbclient.NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=where).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_dots_are_an_error_under_the_switch_for_marking_and_not_yet_without_it(path, monkeypatch, capsys):
    for number, cell in enumerate(tagged(nbformat.read(path, as_version=4), "check"), start=1):
        monkeypatch.delenv("SENUMPY_GRADE", raising=False)
        exec(cell.source, {"os": os, "answer": ...})
        assert capsys.readouterr().out == f"Exercise {number}: not yet\n"
        monkeypatch.setenv("SENUMPY_GRADE", "1")
        with pytest.raises(AssertionError, match=f"Exercise {number} has no answer"):
            exec(cell.source, {"os": os, "answer": ...})
        capsys.readouterr()


def test_an_untouched_notebook_fails_when_marked_and_passes_otherwise(clone):
    theirs, marked = clone / "handout" / "theirs.ipynb", clone / "handout" / "marked.ipynb"
    shutil.copy(clone / "handout" / "02_squeeze_excite_scale.ipynb", theirs)

    assert run_the_lines("mark", clone).returncode == 0
    errors = [
        output.evalue
        for cell in tagged(nbformat.read(marked, as_version=4), "check")
        for output in cell.outputs
        if output.output_type == "error"
    ]
    assert errors == [f"Exercise {number} has no answer" for number in (1, 2, 3)]

    with contextlib.suppress(FileNotFoundError):
        marked.unlink()
    assert run_the_lines("mark", clone, leave_out="--allow-errors").returncode != 0
    assert not marked.exists()
    assert run_the_lines("mark", clone, leave_out="--allow-errors SENUMPY_GRADE=1").returncode == 0
    assert marked.exists()
