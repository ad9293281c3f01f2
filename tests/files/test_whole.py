"""A file is whole or the old one, whoever else writes, and whatever the disk or another program says."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from senumpy.files import whole
from senumpy.files.whole import leftovers, whole_file, writable, write_whole


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="asks Linux for the names of open files")
def test_it_is_written_beside_the_target_flushed_and_then_renamed(tmp_path, monkeypatch):
    did, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (did.append(Path(os.readlink(f"/proc/self/fd/{file}"))), fsync(file)))
    monkeypatch.setattr(os, "replace", lambda old, new: (did.append((Path(old), Path(new))), replace(old, new)))
    write_whole(tmp_path / "a.txt", "all of it")
    (part, (renamed, target), folder) = did
    assert part == renamed and part.parent == tmp_path and part != target == tmp_path / "a.txt" and folder == tmp_path


def test_two_who_write_at_once_do_not_meet(tmp_path):
    with whole_file(tmp_path / "a.txt") as one, whole_file(tmp_path / "a.txt") as other:
        assert one != other and one.suffix == other.suffix == ".txt"
        one.write_text("one")
        other.write_text("other")
        assert sorted(leftovers(tmp_path)) == sorted([one, other])
    assert (tmp_path / "a.txt").read_text() == "one" and leftovers(tmp_path) == []


@pytest.mark.parametrize(("refusals", "succeeds"), [(2, True), (99, False)])
def test_a_file_that_another_program_holds_open_is_tried_again(refusals, succeeds, tmp_path, monkeypatch):
    """As Windows says it, while a virus scanner looks into the old file."""
    replace, tries = os.replace, []

    def refuse(old, new):
        tries.append(old)
        if len(tries) <= refusals:
            raise PermissionError(errno.EACCES, "Access is denied")
        return replace(old, new)

    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(whole, "WAITS", (0.0, 0.001, 0.001))
    if succeeds:
        write_whole(tmp_path / "a.txt", "new")
    else:
        with pytest.raises(OSError, match=r"cannot write '.*a\.txt': Access is denied"):
            write_whole(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == ("new" if succeeds else "old") and leftovers(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_disk_that_refuses_at_the_last_moment_leaves_the_old_file(code, tmp_path, monkeypatch):
    def refuse(file):
        raise OSError(code, os.strerror(code))

    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match=f"cannot write .*a.txt': {os.strerror(code)}"):
        write_whole(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "old" and leftovers(tmp_path) == []
    with pytest.raises(OSError, match=f"cannot write into the folder .*{os.strerror(code)}"):
        writable(tmp_path, room=10)


LIMIT = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, -1)); "
NOBODY = "import os, sys; import senumpy.files.whole; os.setgid(65534); os.setuid(65534); "
ASK = "from pathlib import Path; from senumpy.files.whole import writable; writable(Path(sys.argv[1]), room=2_000_000)"


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="Windows has other limits and users")
def test_room_is_asked_for_before_the_work(tmp_path, request):
    done = subprocess.run([sys.executable, "-c", LIMIT + ASK, tmp_path], cwd=request.config.rootpath,
                          capture_output=True, text=True)  # fmt: skip
    assert "File too large" in done.stderr.splitlines()[-1] and list(tmp_path.iterdir()) == []
    writable(tmp_path, room=2_000_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become nobody")
def test_a_folder_of_somebody_else_is_refused(tmp_path, request):
    tmp_path.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", NOBODY + ASK, tmp_path], cwd=request.config.rootpath,
                          capture_output=True, text=True)  # fmt: skip
    assert "cannot write into the folder" in done.stderr and "Permission denied" in done.stderr
