"""What is printed says which operations are in it, and which are not."""

import pytest

from senumpy.layers import Conv2d, Linear, SEBlock, Sequential
from senumpy.ledger import build_empty, count, describe


def table(text, first):
    """The cells of the table whose header begins with a word, by the first cell of each row; two spaces part cells."""
    lines = text.partition(first)[2].splitlines()[1:]
    rows = [line.split() for line in lines[: lines.index("")]]
    return {row[0]: row[1:] for row in rows}


def test_the_table_by_stage_has_the_ledgers_numbers():
    ledger = count(build_empty("se-resnet20", reduction=4), (3, 32, 32))
    rows = table(describe(ledger), "by stage")
    assert list(rows) == ["conv1", "layer1", "layer2", "layer3", "fc", "all"]
    for name, part in {**ledger.stages, "all": ledger}.items():
        numbers = [int(cell.replace(",", "")) for cell in rows[name][-5:]]
        assert numbers == [
            part.parameters,
            part.se.parameters,
            part.statistics,
            part.multiply_adds,
            part.se.multiply_adds,
        ]
    assert rows["layer2"][:5] == ["32", "x", "16", "x", "16"]


def test_the_page_about_it_shows_what_is_printed(request):
    page = (request.config.rootpath / "docs" / "ledger.md").read_text(encoding="utf-8")
    text = describe(count(build_empty("se-resnet50"), (3, 224, 224)))
    assert text.partition("\n\n")[0] in page
    assert "9.84 % more parameters, 0.33 % more work" in page
    assert "(9.84 % of the rest)" in text and "(0.33 % of the rest)" in text


def test_the_stages_add_up():
    ledger = count(build_empty("se-resnet8"), (3, 32, 32))
    for number in ("parameters", "statistics", "multiply_adds", "matrix_products"):
        assert sum(getattr(part, number) for part in ledger.stages.values()) == getattr(ledger, number)
    assert sum(ledger.held.values()) == ledger.parameters


def test_the_footer_names_what_is_not_counted():
    text = describe(count(build_empty("se-resnet8"), (3, 32, 32)))
    (footer,) = [line for line in text.splitlines() if line.startswith("Not counted")]
    for name in ("BatchNorm2d", "ReLU", "the additions of biases", " additions of shortcuts", "inside SE blocks"):
        assert name in footer


def test_what_se_adds_is_a_share_of_the_rest():
    model = Sequential(Conv2d(2, 8, 1, bias=False), SEBlock(8, 2))
    text = describe(count(model, (2, 5, 2)))
    assert "SE adds 64 parameters (400.00 % of the rest) and 224 multiply-adds (140.00 % of the rest), 64 of" in text
    text = describe(count(SEBlock(8, 2), (8, 5, 2)))
    assert "SE adds 64 parameters and 224 multiply-adds, 64 of them" in text
    assert "There are no SE blocks." in describe(count(Linear(2, 2), (2,)))


def test_an_unknown_layer_is_named_at_the_end():
    class Mine(Linear):
        def forward(self, x):
            return super().forward(x)

    text = describe(count(Sequential(Linear(2, 2), Mine(2, 3)), (2,)))
    assert text.endswith("Mine '1' is not known here: its parameters are counted, its work is not.")


@pytest.mark.parametrize("shape", [None, (3, 32, 32)])
def test_it_can_be_printed_without_an_image_too(shape):
    assert "15,898" in describe(count(build_empty("se-tiny-cnn"), shape))
