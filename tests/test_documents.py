"""The Python in README.md and docs/ runs as it stands, and prints what the page says; links lead somewhere."""

import re
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n^```\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")
ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "benchmarks/**/*.md", "notebooks/**/*.md", "senumpy/**/*.md")
    for path in ROOT.glob(pattern)
)
ROUNDING = re.compile(r"\d\.\de-1\d")  # such errors differ between processors


RUNNING = ["README.md", *(f"docs/{name}.md" for name in ("ledger", "parallel", "weights", "your-own"))]


@pytest.mark.parametrize("page", RUNNING)
def test_the_python_of_a_page_runs_and_prints_what_it_says(page, request, tmp_path, monkeypatch, capsys):
    text = (request.config.rootpath / page).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    a_folder_of_pictures(tmp_path / "pictures")
    names, blocks = {}, BLOCK.findall(text)
    assert blocks
    for code, output in blocks:
        exec(code, names)
        printed = capsys.readouterr().out
        if output:
            assert ROUNDING.sub("", printed) == ROUNDING.sub("", output)


def a_folder_of_pictures(folder):
    rng = np.random.default_rng(0)
    for name, colour in {"apple": [1, 0, 0], "pear": [0, 1, 0]}.items():
        (folder / name).mkdir(parents=True)
        for number in range(8):
            matplotlib.image.imsave(folder / name / f"{number}.png", (rng.random((40, 50, 3)) + colour) / 2)


def anchors(page):
    """The names that headings of a page have in links: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_headings_that_are_here(page):
    for target, anchor in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), f"{page}: the link to {target} leads nowhere"
        assert not anchor or anchor in anchors(path), f"{page}: {target or 'it'} has no heading #{anchor}"
