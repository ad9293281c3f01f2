"""An .npz is believed when every array in it is the one that was written, and is never unpacked to more than it is."""

import subprocess
import sys
import zipfile

import numpy as np
import pytest

from senumpy.files.arrays import MANIFEST, CheckpointError, read_arrays, write_arrays

ARRAYS = {"a": np.arange(6.0).reshape(2, 3), "b/c": np.ones(4, np.float32)}


@pytest.fixture
def path(tmp_path):
    return write_arrays(tmp_path / "file", ARRAYS, {"kind": "test"})


def repacked(path, change):
    """Write the file anew, with zip's own checksums, after ``change(members)``."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def refusal(path):
    with pytest.raises(CheckpointError) as error:
        read_arrays(path)
    assert str(path) in str(error.value)
    return str(error.value)


def test_layouts_and_types_come_back(tmp_path):
    a = np.arange(24.0).reshape(2, 3, 4)
    arrays = {"F": np.asfortranarray(a), "T": a.T, "strided": a[:, ::2], "reversed": a[::-1], "big": a.astype(">f4"),
              "0-d": np.array(2.5), "empty": np.zeros((0, 3)), "flags": np.array([True, False]),
              "words": np.array(["a", "bc"]), "all one": np.broadcast_to(np.float32(7), (2, 2))}  # fmt: skip
    read = read_arrays(write_arrays(tmp_path / "x", arrays, {}))
    for name, array in arrays.items():
        assert read[name].dtype == array.dtype and np.array_equal(read[name], array) and read[name].shape == array.shape


def test_the_same_arrays_make_the_same_bytes(tmp_path):
    one, other = (write_arrays(tmp_path / name, ARRAYS, {"kind": "test"}) for name in "xy")
    assert one.read_bytes() == other.read_bytes()


def test_numpy_reads_it(path):
    with np.load(path) as file:
        assert {*file.files} == {*ARRAYS, MANIFEST}
        assert np.array_equal(file["a"], ARRAYS["a"])


def test_a_change_that_zip_does_not_see_is_seen(path):
    def change(members):
        members["a.npy"] = members["a.npy"][:-1] + b"\x01"
        members["b/c.npy"] = members["b/c.npy"][:-1] + b"\x01"

    message = refusal(repacked(path, change))
    assert "'a' is not the array in the manifest: other sha256" in message and "'b/c'" in message


def test_everything_that_is_missing_or_too_much_is_named(path):
    def change(members):
        members["z.npy"] = members.pop("a.npy")
        members["y.npy"] = members["b/c.npy"]

    message = refusal(repacked(path, change))
    for words in ("'a' is missing", "'y' is not in the manifest", "'z' is not in the manifest"):
        assert words in message


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.npy", "'a.npy' is there 2 times"), ("a", "'a' is no array"), ("notes.txt", "'notes.txt' is no array"),
     (MANIFEST, f"'{MANIFEST}' is there 2 times"), ("../a.npy", "'../a' is not in the manifest"),
     ("/a.npy", "'/a' is not in the manifest")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_name_too_many_is_refused(path, name, words):
    with zipfile.ZipFile(path) as file:
        content = file.read("a.npy")
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(name, content)
    assert words in refusal(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [(b"{", "manifest.json"), (b"[]", "not a manifest"), (b'{"format": "theirs", "arrays": {}}', "not a manifest"),
     (b'{"format": "senumpy", "version": 2, "arrays": {}}', "version 2"), (b"[" * 100_000, "manifest.json"),
     (b" " * (1 << 23), "at most")],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(path, text, words):
    assert words in refusal(repacked(path, lambda members: members.update({MANIFEST: text})))


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_numpy_does_not_write_is_not_unpacked(tmp_path, kind):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", kind) as file, file.open("a.npy", "w") as member:
        np.save(member, np.ones(3))
    assert "unusual" in refusal(tmp_path / "a.npz")


def test_a_header_that_numpy_cannot_read_is_no_traceback(path):
    """NumPy takes such headers for those of Python 2, and its repair of them raises a TokenError."""

    def change(members):
        members["a.npy"] = members["a.npy"].replace(b"(2, 3)", b"(2, 3(")

    assert "'a.npy'" in refusal(repacked(path, change))


BOMBS = """
import resource, sys, zipfile
import numpy as np
from senumpy.files.arrays import CheckpointError, read_arrays
kind, path = sys.argv[1:]
if kind == "packed":
    np.savez_compressed(path, a=np.zeros(1 << 26))
else:
    with zipfile.ZipFile(path, "w") as file, file.open("a.npy", "w") as member:
        header = {"descr": "<f8" if kind == "claimed" else "<U500000000", "fortran_order": False, "shape": (1 << 30,)}
        np.lib.format.write_array_header_1_0(member, header)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (100 << 20), -1))
try:
    read_arrays(path)
except CheckpointError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the memory of a child as Linux does")
@pytest.mark.parametrize(("kind", "words"), [("packed", "would unpack to"), ("claimed", "bytes, and there are 0"),
                                             ("words", "bytes, and there are 0")])  # fmt: skip
def test_a_bomb_is_refused_within_a_memory_cap(tmp_path, kind, words, request):
    command = [sys.executable, "-c", BOMBS, kind, str(tmp_path / "bomb.npz")]
    done = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True)
    assert words in done.stdout and "MemoryError" not in done.stdout and done.returncode == 0, done.stderr
