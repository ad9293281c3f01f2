"""The paper's numbers beside the counts as text: cell by cell, rule by rule, and then the section on complexity."""

from senumpy.layers import SEBlock
from senumpy.ledger.counts import count
from senumpy.ledger.empty import build_empty
from senumpy.ledger.paper import (
    CELLS,
    EVERYTHING,
    PARAMETER_RULES,
    PRODUCTS,
    UNITS,
    WORK_RULES,
    count_cells,
    missed,
    prints,
)
from senumpy.tables import text_table

SECTION_4 = ("ResNet-50", "SE in all stages", "no squeeze")


def describe_paper():
    """Return text: tables 10, 13, 15, 16 and the section on complexity, beside what is counted here."""
    authors = count_cells(CELLS)
    torchvisions = count_cells([cell for cell in CELLS if cell.label in SECTION_4], stride_in_1x1=False)
    parts = (
        'The paper beside what is counted here: "yes" for the same printed digits, "ours" where the paper prints none.',
        "Parameters, in millions:\n" + _comparison(authors, "parameters", PARAMETER_RULES),
        "Multiply-adds of an image of 224 x 224, in thousand millions. With the stride in the first 1 x 1 of a stage, "
        "as the authors have it:\n" + _comparison(authors, "work", WORK_RULES),
        "With the stride in the 3 x 3, as torchvision and timm have it, and as it is the default here:\n"
        + _comparison(torchvisions, "work", WORK_RULES),
        "The section on complexity (4):\n" + "\n".join(_complexity(authors)),
    )
    return "\n\n".join(parts)


def _comparison(counted, what, rules):
    """Return a table of the cells, and a sentence for each rule about those that do not come out of it."""
    decimals = {"parameters": 3, "work": 4}[what]
    rows = []
    for cell, numbers in counted.items():
        printed = getattr(cell, what)
        if printed or what == "parameters":
            row = [cell.table, cell.label, printed]
            for rule in rules:
                number = numbers[rule] / UNITS[what]
                row += [f"{number:.{decimals}f}", ("yes" if prints(printed, number) else "no") if printed else ""]
            rows.append(row)
    header = ["table", "network", "paper", *(word for rule in rules for word in (rule, ""))]
    return "\n".join((text_table(header, rows), *_verdicts(counted, what, rules)))


def _verdicts(counted, what, rules):
    wrong = {rule: missed(counted, rule, what) for rule in rules}
    asked = sum(bool(getattr(cell, what)) for cell in counted)
    for rule, cells in wrong.items():
        names = ", ".join(f"{cell.label} ({getattr(cell, what)})" for cell in cells)
        yield f"{rule}: " + (f"all but {names}." if 0 < len(cells) < asked else f"{'none' if cells else 'all'} agree.")
    if all(0 < len(cells) < asked for cells in wrong.values()):
        yield "No single rule gives every cell."


def _complexity(counted):
    """Yield what section 4 says about SE-ResNet-50, beside its exact counts."""
    model = build_empty("se-resnet50")
    ledger = count(model)
    blocks = [layer for _, layer in model.named_layers() if isinstance(layer, SEBlock)]
    channels = [block.params["fc.0.weight"].shape[1] for block in blocks]
    added, plain = ledger.se.parameters, ledger.parameters - ledger.se.parameters
    last = ledger.stages["layer4"].se.parameters
    yield f"equation 5, (2 / r) sum N_s C_s^2, r = 16: {2 * sum(C * C for C in channels) // 16:,}; counted: {added:,}"
    yield f"paper: ~2.5 million more than ~25 million, ~10 %; counted: {100 * added / plain:.2f} % of {plain:,}"
    yield f"paper: ~4 % without the last stage's blocks; counted: {100 * (added - last) / plain:.2f} %"
    yield f"(so the last stage has {100 * last / added:.1f} % of what SE adds)"
    by_label = {cell.label: numbers for cell, numbers in counted.items() if cell.work}
    without, with_se = by_label["ResNet-50"], by_label["SE in all stages"]
    shares = ", ".join(f"{100 * (with_se[rule] / without[rule] - 1):.2f} % ({rule})" for rule in (PRODUCTS, EVERYTHING))
    yield f"paper: 0.26 % more multiply-adds, which is 3.87 / 3.86; counted: {shares}"
