"""Every notebook runs from top to bottom, and its checks accept the solutions and refuse the wrong answers.

One run does it all. Behind each exercise the kernel's names are saved, the wrong answer and then the solution are
tried against the check, and the names are put back, so that the rest of the notebook runs as for a reader who has not
solved anything. Two notebooks run at a time: two cores, one thread each.
"""

import asyncio
import os
from pathlib import Path
from typing import NamedTuple

import pytest

nbformat = pytest.importorskip("nbformat", reason="the notebooks need Jupyter: pip install jupyter")
nbclient = pytest.importorskip("nbclient", reason="the notebooks need Jupyter: pip install jupyter")
jupyter_client = pytest.importorskip("jupyter_client", reason="the notebooks need Jupyter: pip install jupyter")

pytestmark = pytest.mark.notebooks

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SECONDS_PER_CELL = 300  # several times what the longest takes: two notebooks run at once, perhaps on a busy machine
AT_A_TIME = 2
HELPFUL = ("AssertionError", "ValueError", "GradientError")  # the last is the gradient check's report

SAVE_NAMES = "get_ipython().names_before = dict(get_ipython().user_ns)"
RESTORE_NAMES = """
(lambda shell: (shell.user_ns.clear(), shell.user_ns.update(shell.names_before)))(get_ipython())
"""


class Run(NamedTuple):
    pairs: list  # of (cell as committed, cell as executed)
    problems: list  # of what the checks did wrong


def tags(cell):
    return cell.metadata.get("tags", [])


def text_of(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


async def execute(client, cell, index):
    """Run a copy of the cell in the kernel and return it with its outputs."""
    copy = nbformat.from_dict(cell)
    copy.outputs = []
    return await client.async_execute_cell(copy, index)


async def try_answers(client, number, solution, check, index):
    """Return what is wrong with a check, given one wrong answer and one right one."""
    problems = []
    code = nbformat.v4.new_code_cell

    await execute(client, code(solution.metadata.wrong), index)
    try:
        await execute(client, check, index)
    except nbclient.exceptions.CellExecutionError as error:
        if error.ename not in HELPFUL or not error.evalue:
            expected = "not a message of one of " + ", ".join(HELPFUL)
            problems.append(f"exercise {number}: a wrong answer gives {error.ename}: {error.evalue!r}, {expected}")
    else:
        problems.append(f"exercise {number}: the check accepts the wrong answer {solution.metadata.wrong!r}")

    await execute(client, code(solution.source), index)
    try:
        praise = text_of(await execute(client, check, index))
    except nbclient.exceptions.CellExecutionError as error:
        problems.append(f"exercise {number}: the check refuses the solution: {error.ename}: {error.evalue}")
    else:
        if not praise or "not yet" in praise:
            problems.append(f"exercise {number}: for the solution the check prints {praise!r}")
    return problems


async def run(path, ipython_dir):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and "widget" not in tags(cell)]
    solutions = [cell for cell in cells if "solution" in tags(cell)]
    # Without other folders to look in, "python3" is the running interpreter, whatever kernels are installed.
    specs = jupyter_client.kernelspec.KernelSpecManager(kernel_dirs=[])
    manager = jupyter_client.AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    where = {"metadata": {"path": str(FOLDER)}}
    copy = nbformat.from_dict(notebook)
    client = nbclient.NotebookClient(copy, km=manager, timeout=SECONDS_PER_CELL, resources=where)
    environment = {name: value for name, value in os.environ.items() if name not in ("MPLBACKEND", "SENUMPY_GRADE")}
    environment |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment["IPYTHONDIR"] = str(ipython_dir)  # no start-up files of whoever runs this

    pairs, problems, number = [], [], 0
    async with client.async_setup_kernel(env=environment, cleanup_kc=True):
        for index, cell in enumerate(cells):
            executed = await execute(client, cell, index)
            pairs.append((cell, executed))
            if "check" in tags(cell) and number < len(solutions):
                number += 1
                if "not yet" not in text_of(executed):
                    problems.append(f"exercise {number}: unsolved, the check prints {text_of(executed)!r}")
                await execute(client, nbformat.v4.new_code_cell(SAVE_NAMES), index)
                problems += await try_answers(client, number, solutions[number - 1], cell, index)
                await execute(client, nbformat.v4.new_code_cell(RESTORE_NAMES), index)
    return Run(pairs, problems)


async def run_all(paths, ipython_dir):
    turn = asyncio.Semaphore(AT_A_TIME)

    async def in_turn(path):
        async with turn:
            return await run(path, ipython_dir)

    results = await asyncio.gather(*map(in_turn, paths), return_exceptions=True)
    return dict(zip(paths, results, strict=True))


@pytest.fixture(scope="module")
def runs(request, tmp_path_factory):
    """A run, or the exception that ended it, for each notebook that the selected tests ask for."""
    wanted = [item.callspec.params["path"] for item in request.session.items if "runs" in item.fixturenames]
    return asyncio.run(run_all(list(dict.fromkeys(wanted)), tmp_path_factory.mktemp("ipython")))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_checks_its_exercises(path, runs):
    result = runs[path]
    if isinstance(result, BaseException):
        raise result
    assert not result.problems, "\n".join(result.problems)
    for committed, executed in result.pairs:
        warnings = [output for output in executed.outputs if output.get("name") == "stderr"]
        assert not warnings, f"this cell writes to stderr:\n{committed.source}\n\n{warnings[0].text}"
        if executed.outputs:
            assert committed.outputs, f"this cell shows something, but is committed without it:\n{committed.source}"
