"""No op without value tests, no layer without its twin: whoever adds one is told here which tables to add it to.

The tables are what the general tests run down. An op that is missing from one of them is not asked those questions,
and nothing else would notice.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import device_cases
import op_cases
import op_recipes
import oracles
import pytest

from senumpy import layers, ops, pictures
from senumpy.gradcheck.against import torch_twin
from senumpy.gradcheck.suite import run as suite
from senumpy.mistakes import MISTAKES

TESTS = Path(__file__).parent
NO_KNOWN_MISTAKE = {}  # ops of which nobody knows a mistake worth showing, and why: {name: reason}


def ops_of_pytorch():
    """Those of the tests and of PyTorch itself; where it is not installed, nobody can say what is missing."""
    try:
        import torch_ops
    except ImportError:
        return set(op_recipes.OPS)
    return set(vars(torch_ops)) | set(vars(torch_ops.functional))


def layers_named_in(path):
    """Every ``layers.Name`` in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "layers":
            yield node.attr


def classes_of(table):
    return {type(make(rng=None)).__name__ for make, _ in table.values()}


TABLES_OF_OPS = {
    "tests/op_cases.py, CASES: cases at awkward shapes": {case.op for case in op_cases.CASES},
    "tests/oracles.py: the same op, one number at a time": set(vars(oracles)),
    "tests/torch_ops.py: the same op of PyTorch, which has none of this name": ops_of_pytorch(),
    "senumpy/gradcheck/suite/ops.py, OPS: a probe for the checker": set(suite.OPS),
    "senumpy/mistakes/THEME.py, GALLERY: a wrong backward": {m.op for m in MISTAKES.values()} | set(NO_KNOWN_MISTAKE),
}
TABLES_OF_LAYERS = {
    "tests/device_cases.py, LAYERS: how to make it, and a shape": classes_of(device_cases.LAYERS) | {"Sequential"},
    "senumpy/gradcheck/suite/layers.py, LAYERS: a probe for the checker": set(suite.LAYERS),
    "senumpy/gradcheck/against/torch_twin.py: its twin for against_torch": set(
        layers_named_in(Path(inspect.getfile(torch_twin)))
    ),
}


def is_layer(a):
    return inspect.isclass(a) and issubclass(a, layers.Layer) and a is not layers.Layer


def exported_layers():
    return {name for name in layers.__all__ if is_layer(getattr(layers, name))}


def gaps(names, tables):
    """A line for every table in which one of the names is missing."""
    return [f"{name} is missing in {place}" for name in sorted(names) for place in tables if name not in tables[place]]


def test_every_op_is_in_every_table():
    missing = gaps(op_recipes.OPS, TABLES_OF_OPS)
    assert not missing, "add to these tables what is missing:\n" + "\n".join(missing)


def test_every_layer_is_in_every_table():
    missing = gaps(exported_layers(), TABLES_OF_LAYERS)
    assert not missing, "add to these tables what is missing:\n" + "\n".join(missing)


@pytest.mark.parametrize("tables", [TABLES_OF_OPS, TABLES_OF_LAYERS], ids=["ops", "layers"])
def test_a_newcomer_is_told_every_place(tables):
    lines = gaps({"newcomer"}, tables)
    assert len(lines) == len(tables) and all(line.startswith("newcomer is missing in ") for line in lines)


def test_contributing_lists_the_places_and_they_are_ten():
    """What every newcomer needs is numbered; what only some need is named below the numbers."""
    page = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = page.partition("## Add an op\n")[2].partition("\n## ")[0]
    numbered = re.findall(r"^\d+\. `([^`]+)`", text, re.MULTILINE)
    named = re.findall(r"`((?:tests|senumpy)/[^`]+\.py)`", text)
    places = {re.match("[^,:]+", place)[0] for place in (*TABLES_OF_OPS, *TABLES_OF_LAYERS)}
    pages = {f"senumpy/{room}/{file}.py" for room in ("ops", "layers") for file in ("PAGE", "__init__")}
    of_some = {"tests/torch_ops.py", "tests/device_cases.py"}
    assert sorted(numbered) == sorted(places - of_some | pages)
    assert len(numbered) <= 10
    assert set(named) == places | pages | {"tests/ops/test_PAGE.py"}


def test_every_op_goes_both_ways():
    backwards = {name.removesuffix("_backward") for name in ops.__all__ if name.endswith("_backward")}
    assert backwards == set(op_recipes.OPS)
    assert len(ops.__all__) == 2 * len(op_recipes.OPS), "ops.__all__ holds pairs: NAME_forward and NAME_backward"


def public_names_in(package, wanted):
    """The public names of what is defined in the modules of a package."""
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for name, a in vars(importlib.import_module(info.name)).items():
            if wanted(a) and a.__module__ == info.name and not name.startswith("_"):
                yield name


def test_what_is_written_in_the_folder_is_exported():
    """Else an op could be used by the name of its file, and no table would ask for it."""
    functions = set(public_names_in(ops, inspect.isfunction))
    assert {name for name in functions if name.endswith(("_forward", "_backward"))} == set(ops.__all__)
    assert set(public_names_in(layers, is_layer)) == exported_layers()


def test_the_entrywise_ops_are_recognised():
    """By the words ``x : array of any shape`` in the docstring; they are asked about any rank, and far out."""
    assert {"relu", "sigmoid", "tanh", "hard_sigmoid", "hard_swish"} <= set(op_recipes.ENTRYWISE)


def test_every_picture_is_drawn_by_the_tests():
    tests = "".join(path.read_text(encoding="utf-8") for path in (TESTS / "pictures").glob("test_*.py"))
    drawn = set(re.findall(r"\b(?:plot|save|draw)_\w+(?=\()", tests))
    written = {name for name in public_names_in(pictures, inspect.isfunction) if name.startswith("plot_")}
    assert written <= set(pictures.__all__), "pictures/__init__.py exports every figure"
    assert set(pictures.__all__) <= drawn, "tests/pictures draws every figure"
