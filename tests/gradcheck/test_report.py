"""The report as text, as HTML, as JSON; and what it refuses to be."""

import json

import numpy as np
import pytest
from gradcheck.pairs import LINEAR, SE, linear_backward, linear_forward, se_backward, se_forward

from senumpy.gradcheck import check
from senumpy.tables import html_table, text_table


@pytest.fixture(scope="module")
def failed():
    return check(se_forward, lambda d, c: se_backward(d, c, "no gate"), SE)


def test_attributes(failed):
    x = failed.tensors["x"]
    assert list(failed.tensors) == ["x", "w1", "b1", "w2", "b2"]
    assert x.status == "FAIL" and x.entries == x.size == SE["x"].size and x.method == "complex_step"
    assert x.analytic.shape == x.numeric.shape == SE["x"].shape
    gap = np.abs(x.analytic - x.numeric)
    assert gap[x.worst_index] == gap.max()
    assert x.error == pytest.approx(gap.max() / np.abs(x.numeric).max())
    assert failed.worst is x


def test_text_is_aligned(failed):
    title, head, *lines = str(failed).splitlines()
    assert title == "FAIL"
    table = [head, *lines[:5]]
    verdicts = [line.split()[-1] for line in table]
    assert verdicts == ["verdict", "FAIL", "PASS", "PASS", "PASS", "PASS"]
    assert len({line.rindex(verdict) for line, verdict in zip(table, verdicts, strict=True)}) == 1
    at = ", ".join(map(str, failed.tensors["x"].worst_index))
    assert f"wrong: dx[{at}]: backward says" in lines[5]
    assert lines[6].startswith("hint: dx: the path through the mean")
    assert repr(failed) == str(failed)


def test_html(failed):
    html = failed._repr_html_()
    assert html.count("<tr>") == 6 and "color:#c62828'>FAIL</b>" in html and "hint: dx" in html
    assert "&lt;script&gt;" in html_table(["a"], [["<script>"]], notes=["<script>"])
    assert "<script>" not in html_table(["a"], [["<script>"]], title="<script>", notes=["<script>"])


def test_json(failed):
    failed.name = "se"
    back = json.loads(json.dumps(failed.to_dict()))
    assert back["name"] == "se" and back["status"] == "FAIL" and back["hints"] == failed.hints
    assert back["tensors"]["w1"]["status"] == "PASS" and back["tensors"]["x"]["worst_index"]
    missing = check(linear_forward, lambda d, c: (*linear_backward(d, c)[:2], None), LINEAR)
    assert json.loads(json.dumps(missing.to_dict(), allow_nan=False))["tensors"]["b"]["error"] is None


def test_a_report_is_neither_true_nor_false(failed):
    with pytest.raises(TypeError, match="ask report.status"):
        bool(failed)


def test_parts_of_a_tensor_are_named(failed):
    report = check(linear_forward, linear_backward, LINEAR, max_entries=6)
    assert "6 of 20" in str(report) and report.tensors["w"].entries == 6
    assert np.isnan(report.tensors["w"].numeric).sum() == 14


def test_numbers_lean_to_the_right():
    lines = text_table(("name", "count"), [("a", "1"), ("bcdef", "1000")]).splitlines()
    assert lines == ["name   count", "a          1", "bcdef   1000"]
