"""The Python in README.md and docs/ runs as it stands, and prints what the page says that it prints."""

import re

import matplotlib.image
import numpy as np
import pytest

BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n^```\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
ROUNDING = re.compile(r"\d\.\de-1\d")  # such errors differ between processors


@pytest.mark.parametrize("page", ["README.md", "docs/your-own.md"])
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


LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
PAGES = """README.md CONTRIBUTING.md CHANGELOG.md docs/architecture.md docs/your-own.md benchmarks/README.md
notebooks/README.md""".split()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_that_are_here(page, request):
    path = request.config.rootpath / page
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{page}: the link to {target} leads nowhere"
