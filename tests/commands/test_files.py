"""What cannot be written is found out before the work, not after it."""

import errno
import tempfile

import pytest

from senumpy.__main__ import main
from senumpy.files.whole import writable


def test_a_folder_is_made_and_left_empty(tmp_path):
    assert list(writable(tmp_path / "a" / "b").iterdir()) == []
    assert list(writable(tmp_path / "a" / "b").iterdir()) == []


def test_a_folder_that_takes_no_file_is_refused(tmp_path, monkeypatch):
    def refuse(dir):
        raise PermissionError(errno.EACCES, "Permission denied", dir)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(OSError, match="cannot write into the folder .*: Permission denied"):
        writable(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        "train --out file/out",
        "lab se --task digits --seeds 1 --out file/lab",
        "watch cat --out file/out",
    ],
)
def test_commands_ask_before_they_start(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("in the way")
    assert main(command.split()) == 2
    printed = capsys.readouterr()
    assert not printed.out and "cannot write into the folder" in printed.err
