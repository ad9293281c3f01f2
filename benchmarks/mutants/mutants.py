"""All the mutants of a file, and their names."""

import ast
import copy
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from .changes import changes


class Mutant(NamedTuple):
    name: str
    path: Path
    node: int  # the number of the changed node, in the order of `ast.walk`
    change: int  # which of the changes of that node

    def tree(self):
        """Return the source of the file, changed."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        target = list(ast.walk(tree))[self.node]
        _, change = changes(target)[self.change]

        class Swap(ast.NodeTransformer):
            def visit(self, node):
                return change(copy.copy(node)) if node is target else self.generic_visit(node)

        return ast.fix_missing_locations(Swap().visit(tree))


def mutants(path, backward=False):
    """Return the mutants of a file, or of its backward functions alone."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = [line.strip() for line in re.sub(r"  # .*", "", text).splitlines()]
    owner, words = _owners(tree), _words(tree)
    seen, found = Counter(), []
    for number, node in enumerate(ast.walk(tree)):
        function = owner.get(id(node), "the module")
        if id(node) in words or (backward and "backward" not in function):
            continue
        for k, (what, _) in enumerate(changes(node)):
            name = f"{path.as_posix()} {function}: {lines[node.lineno - 1]} | {what}"
            seen[name] += 1
            found.append(Mutant(name if seen[name] == 1 else f"{name} ({seen[name]})", path, number, k))
    return found


def _owners(tree):
    """Return the name of the function, within classes and functions, that each node is part of."""
    owner = {}

    def walk(node, name):
        for child in ast.iter_child_nodes(node):
            inside = name
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                inside = f"{name}.{child.name}" if name else child.name
            if inside:
                owner[id(child)] = inside
            walk(child, inside)

    walk(tree, "")
    return owner


def _words(tree):
    """Return the ids of all that is said rather than done: messages and annotations."""
    said = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.JoinedStr, ast.Raise)):
            said.append(node)
        said += [part for part in (getattr(node, "annotation", None), getattr(node, "returns", None)) if part]
    return {id(part) for node in said for part in ast.walk(node)}
