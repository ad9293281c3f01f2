"""Imports run one way, downward, so that a student can read each part without opening the ones above it.

The source is parsed, not run: an import inside a function counts like any other.
"""

import ast
import graphlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import senumpy

PACKAGE = Path(senumpy.__file__).parent
MODULES = {
    ".".join(("senumpy", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# What each room may know of the others, floor by floor. The front door is what a reader gets from ``import senumpy``.
FRONT_DOOR = "the front door"
GROUND = {"starting", "arguments", "finite", "tables", "backend", "files"}
MATHS = GROUND | {"ops", "layers", "models", "data"}
MAY_IMPORT = {
    **{room: set() for room in GROUND},
    "pictures": {"finite"},  # arrays and dictionaries in, a figure out
    "ops": {"arguments", "backend"},
    "layers": {"arguments", "backend", "ops"},
    "models": {"arguments", "backend", "files", "ops", "layers"},
    "data": {"arguments", "backend", "files"},
    "training": MATHS,
    "manners": {"starting", "files", "backend", "training"},
    "gradcheck": MATHS,
    "ledger": MATHS,
    "mistakes": {"ops", "gradcheck"},
    "gates": MATHS | {"training"},
    "lab": MATHS | {"training"},
    FRONT_DOOR: MATHS | {"training"},
    "commands": MATHS
    | {FRONT_DOOR, "pictures", "training", "manners", "gradcheck", "ledger", "mistakes", "gates", "lab"},
    "__main__": {FRONT_DOOR, "starting", "backend", "manners", "commands"},
}
LIBRARIES = {
    "pictures": {"numpy", "matplotlib", "PIL"},
    "backend": {"numpy"},
    "files": {"numpy"},
    "ops": {"numpy"},
    "layers": {"numpy"},
    "models": {"numpy"},
    "data": {"numpy", "PIL"},
    "training": {"numpy", "tqdm"},
}
ONLY_INSIDE_FUNCTIONS = {"torch", "cupy", "safetensors", "mpi4py"}  # all are optional


def part_of(module):
    """The part of the house a module belongs to: the second word of its name."""
    return module.split(".")[1] if "." in module else FRONT_DOOR


def imports(module, source):
    """The full names of all modules that the source asks for, in order."""
    package = module if module not in MODULES or MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:  # a name may be a module of its own, or something inside the base
                yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in MODULES else base
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("import_module", "__import__"):
                yield str(node.args[0].value)


def own(names):
    return [name for name in names if name.split(".")[0] == "senumpy"]


def upward(module, source):
    """The imports of other parts that the table does not allow."""
    allowed = MAY_IMPORT[part_of(module)] | {part_of(module)}
    return [name for name in own(imports(module, source)) if part_of(name) not in allowed]


def at_module_level(source):
    """The source without the bodies of its functions."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = [ast.Pass()]
    return ast.unparse(tree)


def test_the_table_names_every_part():
    assert set(MAY_IMPORT) == {part_of(module) for module in MODULES}
    list(graphlib.TopologicalSorter(MAY_IMPORT).static_order())  # the table itself runs one way


def test_architecture_draws_the_floors_as_they_are():
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = page.partition("\n```\n")[2].partition("```")[0].splitlines()
    floor = {room: height for height, rooms in enumerate(reversed(drawn)) for room in rooms.split()}
    assert set(floor) == set(MAY_IMPORT) - {FRONT_DOOR, "__main__"}
    for room in floor:
        assert all(floor[below] < floor[room] for below in MAY_IMPORT[room] - {FRONT_DOOR}), room
        assert f"(../senumpy/{room}" in page, f"{room} has no line in the table of rooms"


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module):
    assert upward(module, MODULES[module].read_text(encoding="utf-8")) == []


def test_no_module_imports_itself_by_a_detour():
    graph = {
        module: set(own(imports(module, path.read_text(encoding="utf-8")))) - {module}
        for module, path in MODULES.items()
    }
    assert sum(map(len, graph.values())) > 100, "the imports were found"
    list(graphlib.TopologicalSorter(graph).static_order())  # a CycleError lists the modules in the circle


@pytest.mark.parametrize("module", MODULES)
def test_other_libraries_stay_where_they_belong(module):
    source = MODULES[module].read_text(encoding="utf-8")
    others = {name.split(".")[0] for name in imports(module, source)} - sys.stdlib_module_names - {"senumpy"}
    allowed = LIBRARIES.get(part_of(module))
    assert allowed is None or others - ONLY_INSIDE_FUNCTIONS <= allowed
    if others & ONLY_INSIDE_FUNCTIONS:
        when_imported = {name.split(".")[0] for name in imports(module, at_module_level(source))}
        assert not when_imported & ONLY_INSIDE_FUNCTIONS


UPWARD = [
    ("senumpy.ops.se", "from senumpy import layers"),
    ("senumpy.ops.se", "from senumpy.layers.layer import Layer"),
    ("senumpy.ops.se", "from ..layers import Linear"),
    ("senumpy.ops", "from ..models import TinyCNN"),
    ("senumpy.ops.se", "import importlib\nimportlib.import_module('senumpy.layers')"),
    ("senumpy.backend", "from . import ops"),
    ("senumpy.models.tiny_cnn", "from ..training import SGD"),
    ("senumpy.data.photos", "from senumpy.ops import linear_forward"),
    ("senumpy.layers.basic", "import numpy, senumpy.training as t"),
    ("senumpy.layers.basic", "def f():\n    from senumpy.gradcheck import check"),
    ("senumpy.training.trainer", "if True:\n    from senumpy.gates import health"),
    ("senumpy.training.trainer", "from senumpy import TinyCNN"),
    ("senumpy.training.trainer", "import senumpy"),
    ("senumpy.gates.values", "from senumpy.commands import train"),
    ("senumpy.gradcheck.pairs", "from senumpy.mistakes import gallery"),
]


@pytest.mark.parametrize("module, source", UPWARD)
def test_an_import_that_runs_upward_is_noticed(module, source):
    assert len(upward(module, source)) == 1


def test_what_is_allowed_is_not_reported():
    for module, source in {
        "senumpy.ops.se": "from .linear import linear_forward\nfrom ..backend import array_module\nimport numpy",
        "senumpy.training.trainer": "from senumpy import data, ops\nfrom senumpy.models import TinyCNN",
        "senumpy.gates.values": "from senumpy.training import evaluate",
        "senumpy.commands.train": "import senumpy\nfrom senumpy import gates, TinyCNN",
    }.items():
        assert upward(module, source) == []


def test_importing_the_package_loads_nothing_heavy(tmp_path):
    """Decoys come first on the path, so it does not matter what is installed here."""
    heavy = ("matplotlib", "torch", "cupy", "mpi4py", "IPython")
    for name in heavy:
        (tmp_path / f"{name}.py").write_text(f"raise RuntimeError('{name} was imported')\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PACKAGE.parent)])}
    for module in ("senumpy", "torch"):  # the second proves that a decoy works
        result = subprocess.run(
            [sys.executable, "-c", f"import {module}"], env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        assert (result.returncode == 0) == (module == "senumpy"), result.stderr
    assert "torch was imported" in result.stderr


def test_the_library_leaves_the_environment_alone():
    """Only ``python -m senumpy`` chooses a number of threads, and only where the user has not."""
    code = "import os; before = dict(os.environ); import senumpy; assert dict(os.environ) == before"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)
