"""The operations are pages to be read: each body fits on a screen, and the list of pages is the folder."""

import ast
from pathlib import Path

import pytest

from senumpy import ops

FOLDER = Path(ops.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
LINES = 25  # of a body without its docstring: a screen


def bodies(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = node.body[1] if ast.get_docstring(node) else node.body[0]
            yield node.name, node.end_lineno - first.lineno + 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_body_is_longer_than_a_screen(file):
    long = {name: lines for name, lines in bodies(ast.parse(file.read_text(encoding="utf-8"))) if lines > LINES}
    assert not long, f"{file.name}: {long}: take a step with a name of its own out of it"
