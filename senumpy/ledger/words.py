"""A ledger as tables and sentences: whoever prints a number of operations must say which ones are in it."""

from senumpy.ledger.costs import BATCH_NORM, GATES, POOLING, SCALE, SQUEEZE
from senumpy.tables import text_table

ADDED, MULTIPLIED = "an addition a value, or a comparison", "a product a value, or an addition"
EACH_IS = {POOLING: ADDED, SQUEEZE: ADDED, SCALE: MULTIPLIED, BATCH_NORM: "not counted"}


def describe(ledger):
    """Return a ledger as text: by stage, by kind, what SE adds, and what is not counted.

    Examples
    --------
    >>> from senumpy.ledger import count
    >>> from senumpy.models import TinyCNN
    >>> print(describe(count(TinyCNN(se=False, widths=(16, 32)), (3, 8, 8))))
    by stage      output  parameters  of them SE  statistics  multiply-adds  of them SE
    conv1     16 x 4 x 4         464           0          32         27,648           0
    conv2             32       4,672           0          64         73,856           0
    fc                10         330           0           0            320           0
    all                        5,466           0          96        101,824           0
    <BLANKLINE>
    by kind         parameters  multiply-adds
    convolutions         5,040        101,376
    linear layers          330            320
    global pooling                        128  an addition a value, or a comparison
    batch norm              96                 not counted
    all                  5,466        101,824
    <BLANKLINE>
    There are no SE blocks.
    Convolutions and linear layers alone: 101,696 multiply-adds. One is a product and its addition; some count both.
    Batch norm's 96 running statistics are not trained, and not among the parameters.
    Not counted: BatchNorm2d, ReLU, MaxPool2d, the additions of biases.
    """
    if not hasattr(ledger, "entries"):
        raise ValueError(f"ledger must be a Ledger, as senumpy.ledger.count returns it, got {type(ledger).__name__}")
    parts = [text_table(*by_stage(ledger)), "", text_table(*by_kind(ledger)), "", *_sentences(ledger)]
    return "\n".join(parts)


def by_stage(ledger):
    """Return header and rows of the table by stage."""
    header = ("by stage", "output", "parameters", "of them SE", "statistics", "multiply-adds", "of them SE")
    rows = [(name, _size(part), *_numbers(part)) for name, part in ledger.stages.items()]
    return header, [*rows, ("all", "", *_numbers(ledger))]


def by_kind(ledger):
    """Return header and rows of the table by kind; what is neither held nor counted has no row."""
    held, work = ledger.held, ledger.work
    kinds = list(dict.fromkeys((*work, *(kind for kind in held if kind != BATCH_NORM), BATCH_NORM)))
    rows = [
        (
            kind,
            f"{held[kind]:,}" if kind in held else "",
            f"{work[kind]:,}" if kind in work else "",
            EACH_IS.get(kind, ""),
        )
        for kind in kinds
        if kind in held or kind in work
    ]
    header = ("by kind", "parameters", "multiply-adds", "")
    return header, [*rows, ("all", f"{ledger.parameters:,}", f"{ledger.multiply_adds:,}", "")]


def _numbers(part):
    numbers = part.parameters, part.se.parameters, part.statistics, part.multiply_adds, part.se.multiply_adds
    return tuple(f"{number:,}" for number in numbers)


def _size(part):
    """Return the shape that comes out of a stage: that of its last layer that was called."""
    shapes = [entry.out for entry in part.entries if entry.out is not None]
    return " x ".join(map(str, shapes[-1])) if shapes else ""


def _sentences(ledger):
    yield _what_se_adds(ledger)
    yield (
        f"Convolutions and linear layers alone: {ledger.matrix_products:,} multiply-adds. One is a product and its "
        "addition; some count both."
    )
    if ledger.statistics:
        yield f"Batch norm's {ledger.statistics:,} running statistics are not trained, and not among the parameters."
    if ledger.not_counted:
        yield f"Not counted: {', '.join(ledger.not_counted)}."
    for sentence in ledger.unknown:
        yield f"{sentence}."


def _what_se_adds(ledger):
    se = ledger.se
    if not se.entries:
        return "There are no SE blocks."
    parameters, work = ledger.parameters - se.parameters, ledger.multiply_adds - se.multiply_adds
    return (
        f"SE adds {se.parameters:,} parameters{_share(se.parameters, parameters)} and {se.multiply_adds:,} "
        f"multiply-adds{_share(se.multiply_adds, work)}, {se.work.get(GATES, 0):,} of them in its two layers."
    )


def _share(added, before):
    return f" ({100 * added / before:.2f} % of the rest)" if before else ""
