"""The notebooks as they are committed: complete, small, readable by everybody, and with links that lead somewhere."""

import re
import runpy
import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the notebooks need Jupyter: pip install jupyter")

pytestmark = pytest.mark.notebooks

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = (
    "01_channels_are_not_equal", "02_squeeze_excite_scale", "03_backward_by_hand", "04_do_you_trust_your_gradient",
    "05_a_tiny_cnn", "06_when_channel_attention_matters", "07_watching_channel_weights", "08_the_same_in_pytorch",
    "09_on_the_gpu", "10_a_gradient_is_a_sum",
)  # fmt: skip
LARGEST_FILE = 330_000
FIRST_CELL = """\
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads would mostly wait for each other
if (Path.cwd().parent / "senumpy").is_dir():  # run from a clone: take the library beside this folder
    sys.path.insert(0, str(Path.cwd().parent))

try:
    import matplotlib.pyplot as plt
    import numpy as np

    import senumpy
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"{missing}. Open this notebook inside a clone of the project, after `pip install -r requirements.txt` in the "
        "clone's folder. Or install the library there, by `pip install .`, for the Python that runs this notebook."
    ) from None"""
ANSWER = re.compile(r"^(answer = |def answer\()", re.MULTILINE)
CAPTION = re.compile(r"^\*Figures?: .{40,}?\*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
ABSOLUTE_PATH = re.compile(r"(?<![\w.:/])/(home|root|tmp|work|Users|usr|opt|mnt|var)/\w|[A-Z]:\\\w")


@pytest.fixture(params=NAMES)
def path(request):
    return FOLDER / f"{request.param}.ipynb"


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture
def readme():
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def has_figure(cell):
    return cell.cell_type == "code" and any("image/png" in output.get("data", {}) for output in cell.outputs)


def test_there_are_these_ten_and_no_others():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == list(NAMES)


def test_format(notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert (notebook.metadata.kernelspec.name, notebook.metadata.kernelspec.display_name) == ("python3", "Python 3")


def test_size(path):
    kilobytes = path.stat().st_size // 1000
    assert kilobytes <= LARGEST_FILE // 1000, f"{kilobytes} kB: fewer or smaller pictures, see refresh.py beside this"


def test_no_widget_state(notebook):
    assert "widgets" not in notebook.metadata
    for cell in code_cells(notebook):
        assert not any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in cell.outputs)
    for cell in tagged(notebook, "widget"):
        assert not cell.outputs, "a cell tagged widget is committed without outputs"


def test_committed_as_executed_in_one_go_without_errors(notebook):
    cells = [cell for cell in code_cells(notebook) if "widget" not in cell.metadata.get("tags", [])]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert "execution" not in cell.metadata, "time stamps: they change with every run"
        for output in cell.outputs:
            assert output.output_type != "error" and output.get("name") != "stderr", cell.source


def test_no_path_of_one_machine(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            shown = output.get("text", "") + output.get("data", {}).get("text/plain", "")
            assert not ABSOLUTE_PATH.search(shown), shown


def test_opens_with_title_aims_minutes_and_the_common_first_cell(notebook):
    opening, *_ = notebook.cells
    assert opening.cell_type == "markdown" and opening.source.startswith("# ")
    assert "you will be able to" in opening.source and "minutes" in opening.source
    assert code_cells(notebook)[0].source == FIRST_CELL


@pytest.mark.parametrize("absent", ["senumpy", "numpy"])
def test_the_first_cell_says_what_to_do_where_the_library_is_missing(absent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setitem(sys.modules, absent, None)  # as if it were not installed
    with pytest.raises(ModuleNotFoundError, match=rf"{absent}.*inside a clone .*requirements.txt"):
        exec(FIRST_CELL, {})


def test_each_figure_has_a_caption_that_says_what_is_to_be_seen(notebook):
    waiting = []  # cells with a figure, until the next markdown cell
    for cell in notebook.cells:
        if has_figure(cell):
            waiting.append(cell)
        elif cell.cell_type == "markdown":
            captions = CAPTION.findall(cell.source)
            enough = len(captions) >= len(waiting) or any(caption.startswith("*Figures: ") for caption in captions)
            assert enough, f"no line '*Figure: ...*' behind\n{waiting[len(captions)].source}"
            waiting = []
    assert not waiting, f"no line '*Figure: ...*' behind\n{waiting[0].source}"


def test_the_metadata_of_the_pictures_hold_the_captions_of_the_text(notebook):
    committed = nbformat.writes(notebook)
    runpy.run_path(str(Path(__file__).with_name("refresh.py")))["give_captions"](notebook)
    assert nbformat.writes(notebook) == committed, "a caption was changed: python tests/notebooks/refresh.py"


def test_pictures_are_png(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            kinds = set(output.get("data", {})) - {"text/plain", "text/html", "text/markdown", "image/png"}
            assert not kinds, f"outputs of the kinds {sorted(kinds)}"


def test_exercises_checks_and_folded_solutions(notebook):
    exercises, checks, (heading, *solutions) = (tagged(notebook, tag) for tag in ("exercise", "check", "solution"))
    assert len(exercises) == len(checks) == len(solutions) >= 2
    order = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", []) if tag in ("exercise", "check")]
    assert order == ["exercise", "check"] * len(exercises)
    for number, (exercise, solution) in enumerate(zip(exercises, solutions, strict=True), start=1):
        assert "answer = ..." in exercise.source
        first_line, *_ = solution.source.splitlines()
        assert first_line == f"# Exercise {number}", "Jupyter shows the first line of a folded cell: give nothing away"
        assert solution.metadata.jupyter.source_hidden is True
        assert ANSWER.search(solution.source) and ANSWER.search(solution.metadata.wrong)
    headings = [cell for cell in notebook.cells if re.search("^#+ Solutions", cell.source, re.MULTILINE)]
    assert headings == [heading], "a handout without solutions leaves out their heading too"
    assert notebook.cells.index(checks[-1]) < notebook.cells.index(heading) < notebook.cells.index(solutions[0])


def test_links_lead_to_files_that_are_here(notebook):
    for cell in notebook.cells:
        for target in LINK.findall(cell.source if cell.cell_type == "markdown" else ""):
            if not re.match(r"https?://|#|attachment:", target):
                file = (FOLDER / target.partition("#")[0]).resolve()
                assert file.exists(), f"the link to {target} leads nowhere"
                assert file.is_relative_to(FOLDER.parent.resolve()), "Jupyter opens nothing outside of the clone"


def test_the_readme_leads_to_each_notebook_and_gives_its_minutes(notebook, path, readme):
    minutes = re.search(r"(\d+) minutes", notebook.cells[0].source)[1]
    rows = [line for line in readme.splitlines() if f"({path.name})" in line]
    assert len(rows) == 1 and f"| {minutes} |" in rows[0], f"{minutes} minutes in the notebook, in the README {rows}"


def test_the_links_of_the_readme_lead_somewhere(readme):
    for target in LINK.findall(readme):
        assert target.startswith(("http", "#")) or (FOLDER / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", ["README.md", "notebooks/README.md"])
def test_jupyter_is_started_from_the_root_of_the_clone_since_the_links_lead_out_of_this_folder(page):
    text = " ".join((FOLDER.parent / page).read_text(encoding="utf-8").split())
    starts = re.findall(r"[/\\]jupyter lab\b *(\S*)", text)
    assert len(starts) >= 2, "a line for Windows, too"
    assert not [word for word in starts if word.strip("/") == "notebooks"], "a folder would become the server's root"
