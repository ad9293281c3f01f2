"""The paper's cells come out of walking the networks, and the page says honestly which rule gives which."""

from math import prod

import pytest

from senumpy.ledger import build_empty, count, count_cells, describe_paper, paper_words
from senumpy.ledger.paper import (
    BIASES,
    EVERYTHING,
    PARAMETER_RULES,
    PRODUCTS,
    STATISTICS,
    TRAINED,
    WORK_RULES,
    Cell,
    missed,
    prints,
)


@pytest.fixture(scope="module")
def counted():
    return count_cells()


def by_label(counted, table):
    return {cell.label: numbers for cell, numbers in counted.items() if cell.table == table}


def test_table_10_and_equation_5(counted):
    table = by_label(counted, "10")
    for r in (2, 4, 8, 16, 32):
        added = 2 * (3 * 256**2 + 4 * 512**2 + 6 * 1024**2 + 3 * 2048**2) // r
        assert table[f"r = {r}"][TRAINED] - table["original"][TRAINED] == added
    assert table["r = 16"][TRAINED] == 25_557_032 + 2_514_944
    assert table["original"][STATISTICS] == 25_557_032 + 53_120
    assert table["r = 16"][BIASES] - table["r = 16"][STATISTICS] == 16_048
    assert [round(table[f"r = {r}"][BIASES] / 1e6, 3) for r in (2, 4, 8, 16, 32)] == [
        45.752, 35.689, 30.657, 28.141, 26.883,
    ]  # fmt: skip


def test_no_single_rule_gives_all_parameters(counted):
    names = {rule: [cell.label for cell in missed(counted, rule, "parameters")] for rule in PARAMETER_RULES}
    assert names[STATISTICS] == ["r = 8"]
    assert names[BIASES] == ["r = 2"]
    assert names[TRAINED] == ["r = 4", "r = 8", "r = 32", "SE in stage 4 alone", "SE after the 3 x 3"]


def test_the_multiply_adds_come_out_with_the_stride_in_the_1x1(counted):
    assert {rule: [cell.label for cell in missed(counted, rule, "work")] for rule in WORK_RULES} == {
        PRODUCTS: ["SE in all stages"],
        EVERYTHING: [],
    }
    assert by_label(counted, "13")["ResNet-50"][EVERYTHING] == 3_857_973_248 + 2048 * 49
    assert by_label(counted, "13")["SE in all stages"][EVERYTHING] == 3_871_627_264
    no_squeeze = by_label(counted, "16")["no squeeze"]
    assert no_squeeze[PRODUCTS] - by_label(counted, "13")["ResNet-50"][PRODUCTS] == 411_041_792
    assert round(no_squeeze[EVERYTHING] / 1e9, 4) == 4.2746


def test_what_the_paper_leaves_out(counted):
    ours = {label: round(numbers[STATISTICS] / 1e6, 2) for label, numbers in by_label(counted, "ours").items()}
    assert ours == {
        "SE in stage 5 alone": 27.18, "PRE (table 14)": 27.60, "POST (table 14)": 28.13, "Identity (table 14)": 28.13,
    }  # fmt: skip


def test_a_cell_that_is_printed_wrongly_is_noticed():
    cell = Cell("10", "r = 8", "30.8", "", (("reduction", 8),))
    assert missed(count_cells([cell]), BIASES, "parameters") == [cell]


@pytest.mark.parametrize(
    ("printed", "number", "agrees"),
    [
        ("30.7", 30.6501, True),
        ("30.7", 30.6499, False),
        ("3.87", 3.8650001, True),
        ("3.87", 3.8605, False),
        ("26", 26.4, True),
    ],
)
def test_printed_digits(printed, number, agrees):
    assert prints(printed, number) == agrees


@pytest.mark.slow
def test_table_2_as_the_page_about_it_has_it():
    """Thousand millions as printed, with and without the additions of shortcuts."""
    printed = {
        "resnet50": "3.86", "resnet101": "7.58", "resnet152": "11.30", "resnext50": "4.24",
        "se-resnet50": "3.87", "se-resnet101": "7.60", "se-resnet152": "11.32", "se-resnext50": "4.25",
    }  # fmt: skip
    agrees = {True: set(), False: set()}
    for name, digits in printed.items():
        ledger = count(build_empty(name, stride_in_1x1="resnext" not in name), (3, 224, 224))
        additions = sum(prod(entry.out) for entry in ledger.entries if entry.layer == "ResidualUnit")
        assert f"the {additions:,} additions of shortcuts" in ledger.not_counted
        for counted in agrees:
            if prints(digits, (ledger.multiply_adds + counted * additions) / 1e9):
                agrees[counted].add(name)
    assert agrees[True] == {"resnet50", "resnet101", "resnet152", "resnext50", "se-resnet101", "se-resnext50"}
    assert agrees[False] == {"resnet50", "se-resnet50", "se-resnet152"}


def test_the_page_says_it_in_words(counted, monkeypatch):
    def again(cells, stride_in_1x1=True):
        return counted if stride_in_1x1 else count_cells(cells, stride_in_1x1=False)

    monkeypatch.setattr(paper_words, "count_cells", again)
    page = describe_paper()
    assert "+ statistics: all but r = 8 (30.7)." in page
    assert "+ statistics, SE biases: all but r = 2 (45.7)." in page
    assert "+ squeeze and scale: all agree." in page and page.count("No single rule gives every cell.") == 1
    assert "r = 16: 2,514,944; counted: 2,514,944" in page
    assert "counted: 9.84 % of 25,557,032" in page and "counted: 3.69 %" in page and "62.5 %" in page
    rows = {tuple(line.split()[:4]): line for line in page.splitlines()}
    assert rows["10", "r", "=", "8"].split()[4:] == ["30.7", "30.587", "no", "30.640", "no", "30.657", "yes"]
    line = [line for line in page.splitlines() if "no squeeze" in line]
    assert line[1].split()[-5:] == ["4.27", "4.2690", "yes", "4.2746", "yes"]
    assert line[2].split()[-5:] == ["4.27", "4.5002", "no", "4.5058", "no"]
