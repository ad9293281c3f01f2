"""Does a test notice? Change one operator, comparison or constant of the source at a time, and run the tests.

    python -m benchmarks.mutants senumpy/ops --tests tests/ops --backward
    python -m benchmarks.mutants senumpy/layers --tests tests/layers tests/models
    python -m benchmarks.mutants senumpy/gates --tests tests/gates --sample 150

Each mutant is written to the record as soon as it is judged, so a stopped run goes on where it was. Words of messages,
docstrings and type annotations are left alone: a test of every word would hold nobody's gradient.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import json
import os
import random
import sys
from pathlib import Path

ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
              ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult}  # fmt: skip
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
               ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}  # fmt: skip
OTHER_NAMES = {"max": "min", "min": "max", "any": "all", "all": "any", "sum": "mean", "mean": "sum",
               "maximum": "minimum", "zeros": "ones", "ones": "zeros"}  # fmt: skip
SECONDS = 300  # for the tests of one mutant: longer is an endless loop, and noticed


def mutations(node):
    """Yield ``(what, change)`` for a node; ``change(copy of the node)`` returns the mutant of it."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in ARITHMETIC:
        other = ARITHMETIC[type(node.op)]
        yield f"{type(node.op).__name__} to {other.__name__}", lambda n: _set(n, op=other())
        if isinstance(node, ast.BinOp):
            yield "left term alone", lambda n: n.left
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield f"without {type(node.op).__name__}", lambda n: n.operand
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        other = COMPARISONS[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} to {other.__name__}", lambda n: _set(n, ops=[other(), *n.ops[1:]])
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} to {other.__name__}", lambda n: _set(n, op=other())
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        yield f"{node.value!r} to {value!r}", lambda n: _set(n, value=value)
    elif isinstance(node, ast.Attribute) and node.attr in OTHER_NAMES:
        yield f"{node.attr} to {OTHER_NAMES[node.attr]}", lambda n: _set(n, attr=OTHER_NAMES[n.attr])
    elif isinstance(node, ast.Name) and node.id in OTHER_NAMES and isinstance(node.ctx, ast.Load):
        yield f"{node.id} to {OTHER_NAMES[node.id]}", lambda n: _set(n, id=OTHER_NAMES[n.id])
    elif isinstance(node, ast.If):
        yield "if False", lambda n: _set(n, test=ast.Constant(False))


def _set(node, **fields):
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def sites(tree, backward_only):
    """Yield ``(node, number of the mutation, function, line, what)`` for everything that can be changed."""
    spoken = [node for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.Raise))]
    words = {id(part) for node in spoken for part in ast.walk(node)}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and (not backward_only or "backward" in function.name):
            for statement in function.body:
                for node in ast.walk(statement):
                    if id(node) not in words:
                        for k, (what, _) in enumerate(mutations(node)):
                            yield node, k, function.name, getattr(node, "lineno", 0), what


def mutants(path, backward_only):
    """Yield ``(name, source tree)`` of each mutant of a file, once for each place."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    order = {id(node): number for number, node in enumerate(ast.walk(tree))}
    seen = set()
    for node, k, function, line, what in sites(tree, backward_only):
        key = order[id(node)], k
        if key not in seen:
            seen.add(key)
            yield f"{path}:{line} {function}: {what} #{key[0]}.{k}", (path, *key)


def mutated(path, number, k):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    target = list(ast.walk(tree))[number]
    change = list(mutations(target))[k][1]

    class Swap(ast.NodeTransformer):
        def visit(self, node):
            return change(copy.copy(node)) if node is target else self.generic_visit(node)

    return ast.fix_missing_locations(Swap().visit(tree))


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Hand out one module with a changed source."""

    def __init__(self, module, tree, path):
        self.module, self.code = module, compile(tree, str(path), "exec")

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name == self.module else None

    def exec_module(self, module):
        exec(self.code, vars(module))


def survives(path, number, k, tests):
    """Run the tests in a fork with one mutant in place of its module; say whether all of them passed."""
    module = ".".join(path.with_suffix("").parts)
    child = os.fork()
    if child == 0:
        import signal

        import pytest

        signal.alarm(SECONDS)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1), os.dup2(quiet, 2)
        try:
            sys.meta_path.insert(0, Finder(module, mutated(path, number, k), path))
            code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])
        except BaseException:
            code = 1
        os._exit(int(code != 0))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="a file or a folder of senumpy")
    parser.add_argument("--tests", nargs="+", required=True, help="the tests that should notice")
    parser.add_argument("--backward", action="store_true", help="only functions with backward in their names")
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, drawn with the seed 0")
    parser.add_argument("--record", type=Path, default=Path("mutants.json"), help="the verdicts (%(default)s)")
    args = parser.parse_args()
    files = [args.source] if args.source.is_file() else sorted(args.source.rglob("*.py"))
    all_of_them = [m for path in files for m in mutants(path, args.backward)]
    if args.sample and args.sample < len(all_of_them):
        all_of_them = random.Random(0).sample(all_of_them, args.sample)
    record = json.loads(args.record.read_text()) if args.record.exists() else {}
    import numpy  # noqa: F401  before the forks: each of them finds it there
    import pytest  # noqa: F401

    for name, where in all_of_them:
        if name not in record:
            record[name] = "survived" if survives(*where, args.tests) else "killed"
            args.record.write_text(json.dumps(record, indent=0))
            print(record[name], name, flush=True)
    verdicts = [record[name] for name, _ in all_of_them]
    print(f"{verdicts.count('killed')} of {len(verdicts)} killed")


if __name__ == "__main__":
    main()
