"""What is done to a piece of source. Words are left alone: a test of every word would hold nobody's gradient."""

import ast

ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
              ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult}  # fmt: skip
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
               ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}  # fmt: skip
NAMES = {"max": "min", "min": "max", "any": "all", "all": "any", "sum": "mean", "mean": "sum", "maximum": "minimum",
         "minimum": "maximum", "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like"}  # fmt: skip


def changes(node):
    """Return ``[(what, change), ...]`` for a node: ``change(copy of the node)`` is what stands there instead."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in ARITHMETIC:
        found = [_other("op", node.op, ARITHMETIC)]
        return found + [("left term alone", lambda n: n.left)] * isinstance(node, ast.BinOp)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        return [(f"without {type(node.op).__name__}", lambda n: n.operand)]
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        what, _ = _other("op", node.ops[0], COMPARISONS)
        return [(what, lambda n: _with(n, ops=[COMPARISONS[type(n.ops[0])](), *n.ops[1:]]))]
    if isinstance(node, ast.BoolOp):
        return [_other("op", node.op, {ast.And: ast.Or, ast.Or: ast.And})]
    if isinstance(node, ast.If):
        return [("if False", lambda n: _with(n, test=ast.Constant(False)))]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        return [(f"{node.value!r} to {value!r}", lambda n: _with(n, value=value))]
    field = {ast.Attribute: "attr", ast.Name: "id"}.get(type(node))
    name = getattr(node, field) if field and isinstance(node.ctx, ast.Load) else None
    return [(f"{name} to {NAMES[name]}", lambda n: _with(n, **{field: NAMES[name]}))] if name in NAMES else []


def _other(field, old, table):
    new = table[type(old)]
    return f"{type(old).__name__} to {new.__name__}", lambda n: _with(n, **{field: new()})


def _with(node, **fields):
    for name, value in fields.items():
        setattr(node, name, value)
    return node
