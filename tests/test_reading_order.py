"""Each package begins with a list of its files in reading order, and the list is the folder."""

import ast
import re
from pathlib import Path

import pytest

import senumpy

ROOMS = sorted(file.parent for file in Path(senumpy.__file__).parent.glob("*/**/__init__.py"))
NO_PAGES = {"ops": {"_checks"}}  # its front says what they are for


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_list_is_the_folder(room):
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    listed = re.findall(r"^`(\w+)`  ", text, re.MULTILINE)
    pages = {file.stem for file in room.glob("*.py")} - {"__init__"} - NO_PAGES.get(room.name, set())
    assert sorted(listed) == sorted(pages)
