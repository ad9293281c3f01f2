"""Names of classes from files: as many as there are classes, or a sentence."""

import json

import pytest
from comparing import mentions

from senumpy.data import DataError, read_labels

FILES = {
    "a.txt": "cat\ndog\nbird\n", "windows.txt": "cat\r\ndog\r\nbird", "mark.txt": "\ufeffcat\ndog\nbird",
    "blanks.txt": "  cat\ndog  \nbird\n", "list.json": json.dumps(["cat", "dog", "bird"]),
    "numbers.json": json.dumps({"1": "dog", "0": "cat", "2": "bird"}),
    "keras.json": json.dumps({"0": ["n0", "cat"], "1": ["n1", "dog"], "2": ["n2", "bird"]}),
}  # fmt: skip


@pytest.mark.parametrize("name, text", FILES.items(), ids=FILES)
def test_every_form_is_read(name, text, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    assert read_labels(tmp_path / name, 3) == ["cat", "dog", "bird"]


def test_names_of_any_language(tmp_path):
    (tmp_path / "a.txt").write_text("Käse\n猫\n", encoding="utf-8")
    assert read_labels(tmp_path / "a.txt", 2) == ["Käse", "猫"]


WRONG = {
    "too few": ("a.txt", b"cat\ndog\n", ["2 names", "3 classes"]),
    "too many": ("a.txt", b"a\nb\nc\nd\n", ["4 names", "3 classes"]),
    "one empty": ("a.txt", b"a\n\nc\n", ["none of them empty"]),
    "nothing": ("a.txt", b"", ["a name for each class"]),
    "no text": ("a.txt", b"\xff\xfe\x00", ["no text in UTF-8"]),
    "no JSON": ("a.json", b"{", ["no JSON"]),
    "a number": ("a.json", b"3", ["a name for each class"]),
    "numbers": ("a.json", b"[1, 2, 3]", ["a name for each class"]),
    "a gap": ("a.json", b'{"0": "a", "1": "b", "3": "c"}', ["a name for each class"]),
    "an empty list": ("a.json", b'["a", "b", []]', ["a name for each class"]),
    "deep": ("a.json", b"[" * 100_000, ["no JSON"]),
}  # fmt: skip


@pytest.mark.parametrize("name, content, words", WRONG.values(), ids=WRONG)
def test_what_is_no_list_of_names_is_refused(name, content, words, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=mentions(name, *words)):
        read_labels(tmp_path / name, 3)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_labels(tmp_path / "none.txt", 3)
    with pytest.raises(DataError, match="a folder"):
        read_labels(tmp_path, 3)
