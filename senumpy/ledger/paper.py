"""Numbers of the paper that take no training, each beside its count: which rule of counting gives the printed digits?

What is printed in Hu et al., "Squeeze-and-Excitation Networks" (arXiv 1709.01507, version 4), is data here. The other
side of every comparison is counted by walking the network that the cell is about.
"""

from dataclasses import dataclass

from senumpy.arguments import check_flag
from senumpy.layers import SEBlock
from senumpy.ledger.counts import count
from senumpy.ledger.empty import build_empty

IMAGE = (3, 224, 224)
TRAINED, STATISTICS, BIASES = "trained", "+ statistics", "+ statistics, SE biases"
PARAMETER_RULES = (TRAINED, STATISTICS, BIASES)
PRODUCTS, EVERYTHING = "layers alone", "+ squeeze and scale"
WORK_RULES = (PRODUCTS, EVERYTHING)
UNITS = {"parameters": 1e6, "work": 1e9}
ONLY_OURS = "ours"


@dataclass(frozen=True)
class Cell:
    """A network of the paper with what is printed about it: millions of parameters, thousand million multiply-adds.

    ``options`` are those of `senumpy.models.ResNet`, as (name, value). The paper counts the stem as the first stage, so
    its stages 2 to 5 are 1 to 4 here.
    """

    table: str
    label: str
    parameters: str = ""
    work: str = ""
    options: tuple = ()


def _cell(table, label, parameters="", work="", **options):
    return Cell(table, label, parameters, work, tuple(options.items()))


CELLS = (
    _cell("10", "original", "25.6", se=False),
    _cell("10", "r = 2", "45.7", reduction=2),
    _cell("10", "r = 4", "35.7", reduction=4),
    _cell("10", "r = 8", "30.7", reduction=8),
    _cell("10", "r = 16", "28.1"),
    _cell("10", "r = 32", "26.9", reduction=32),
    _cell("13", "ResNet-50", "25.6", "3.86", se=False),
    _cell("13", "SE in stage 2 alone", "25.6", "3.86", stages=(1,)),
    _cell("13", "SE in stage 3 alone", "25.7", "3.86", stages=(2,)),
    _cell("13", "SE in stage 4 alone", "26.4", "3.86", stages=(3,)),
    _cell("13", "SE in all stages", "28.1", "3.87"),
    _cell("15", "SE after the 3 x 3", "25.8", "3.86", position="inside"),
    _cell("16", "no squeeze", "28.1", "4.27", squeeze="none"),
    _cell(ONLY_OURS, "SE in stage 5 alone", stages=(4,)),
    _cell(ONLY_OURS, "PRE (table 14)", position="pre"),
    _cell(ONLY_OURS, "POST (table 14)", position="post"),
    _cell(ONLY_OURS, "Identity (table 14)", position="identity"),
)


def count_cells(cells=CELLS, *, stride_in_1x1=True):
    """Count the networks of the cells.

    Parameters
    ----------
    cells : sequence of Cell
    stride_in_1x1 : bool
        The authors' networks stride in the first 1 x 1 of a stage; torchvision's and timm's in the 3 x 3.

    Returns
    -------
    dict of Cell to dict of str to int
        By rule: of `PARAMETER_RULES` always, of `WORK_RULES` where the paper prints the network's multiply-adds.

    Examples
    --------
    >>> (cell,) = [cell for cell in CELLS if cell.label == "r = 8"]
    >>> count_cells([cell])[cell]
    {'trained': 30586920, '+ statistics': 30640040, '+ statistics, SE biases': 30657032}
    """
    check_flag("stride_in_1x1", stride_in_1x1)
    if not isinstance(cells, (tuple, list)) or not all(isinstance(cell, Cell) for cell in cells):
        raise ValueError(f"cells must be a list of Cells, such as senumpy.ledger.CELLS, got {cells!r}")
    shapes = {cell.options: IMAGE for cell in cells if cell.work}  # of those that an image must be sent through
    networks = dict.fromkeys(cell.options for cell in cells)
    counted = {options: _count(dict(options), stride_in_1x1, shapes.get(options)) for options in networks}
    return {cell: counted[cell.options] for cell in cells}


def _count(options, stride_in_1x1, shape):
    has_se = options.pop("se", True)
    name, options = ("se-resnet50", {**options, "bias": True}) if has_se else ("resnet50", options)
    model = build_empty(name, stride_in_1x1=stride_in_1x1, **options)
    ledger = count(model, shape)
    trained = ledger.parameters - _se_biases(model)
    numbers = {
        TRAINED: trained,
        STATISTICS: trained + ledger.statistics,
        BIASES: ledger.parameters + ledger.statistics,
    }
    if shape is not None:
        numbers |= {PRODUCTS: ledger.matrix_products, EVERYTHING: ledger.multiply_adds}
    return numbers


def _se_biases(model):
    blocks = [layer for _, layer in model.named_layers() if isinstance(layer, SEBlock)]
    return sum(array.size for block in blocks for name, array in block.params.items() if name.endswith("bias"))


def prints(printed, number):
    """Say whether a number, divided by the unit, rounds to the digits that the paper prints.

    >>> prints("30.7", 30.640), prints("30.7", 30.657)
    (False, True)
    """
    return f"{number:.{len(printed.partition('.')[2])}f}" == printed


def missed(counted, rule, what):
    """Return those cells whose printed ``what``, "parameters" or "work", does not come out by this rule."""
    return [
        cell for cell, numbers in counted.items()
        if getattr(cell, what) and not prints(getattr(cell, what), numbers[rule] / UNITS[what])
    ]  # fmt: skip
