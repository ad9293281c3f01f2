"""A lock keeps a second one out while its holder lives, and nobody when he is dead."""

import os
import signal
import subprocess
import sys

import pytest

from senumpy.files.lock import locked

HOLD = """
import sys
from senumpy.files.lock import locked
with locked(sys.argv[1], "taken"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["is told to end", "is killed"])
def test_another_process_is_kept_out_until_its_holder_is_gone(end, tmp_path, request):
    path = tmp_path / "below" / "lock"
    command = [sys.executable, "-c", HOLD, path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=request.config.rootpath, **pipes) as holder:
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(ValueError, match="taken"), locked(path, "taken"):
            pass
        holder.send_signal(signal.SIGKILL) if end == "is killed" else holder.stdin.close()
        holder.wait()
    assert path.exists() == (end == "is killed"), "what a killed process leaves is a file, and locks nothing"
    with locked(path, "taken"):
        assert path.exists()
    assert not path.parent.exists()


def test_a_folder_with_something_else_in_it_stays(tmp_path):
    with locked(tmp_path / "lock", "taken"):
        (tmp_path / "mine.txt").write_text("mine")
    assert os.listdir(tmp_path) == ["mine.txt"]


def test_a_file_that_its_holder_has_removed_is_not_taken_for_the_lock(tmp_path, monkeypatch):
    from senumpy.files import lock

    def lock_and_lose(file):
        (tmp_path / "lock").unlink()
        return True

    monkeypatch.setattr(lock, "_lock", lock_and_lose)
    with pytest.raises(ValueError, match="taken"), locked(tmp_path / "lock", "taken"):
        pass
