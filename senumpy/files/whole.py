"""A path that does not work should be found out before hours of work have gone into what it was to hold."""

import errno
import os
import secrets
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from senumpy.files.paths import as_path

WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds between the tries to put a file in its place
CHUNK = bytes(1 << 20)


def writable(folder, *names, option="--out", room=0):
    """Make the folder where it is missing, try to write into it, and return it.

    Parameters
    ----------
    folder : Path
    names : str
        Files that will be written there: where they exist already they must be files that may be replaced.
    option : str
        Named in the error.
    room : int
        So many bytes are written there and removed again: a full disk, a quota or a limit says no now, not later.

    Raises
    ------
    OSError
        Where that does not work.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            for start in range(0, room, len(CHUNK)):
                file.write(CHUNK[: room - start])
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        reason = "it is a file" if os.path.isfile(folder) else error.strerror or error
        raise OSError(f"cannot write into the folder {str(folder)!r} (see {option}): {reason}") from error
    for path in (folder / name for name in names):
        reason = _why_not(path)
        if reason:
            raise OSError(f"cannot write {str(path)!r} (see {option}): {reason}")
    return folder


def _why_not(path):
    """Return why a file cannot be written, or None: try it, with the name that it has while it is not whole."""
    if os.path.isdir(path):
        return os.strerror(errno.EISDIR)
    if os.path.exists(path) and not os.access(path, os.W_OK):
        return os.strerror(errno.EACCES)
    part = _part_of(path)
    try:
        open(part, "ab").close()
        part.unlink()
    except OSError as error:  # such as a name that is too long
        return error.strerror
    return None


def _part_of(path):
    """Return a name for a file while it is not whole, which nobody else takes; the suffix tells the format."""
    return path.with_name(f"{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")


def leftovers(folder):
    """Return the files that somebody was writing when he was killed, by the names that `whole_file` gives them."""
    return [file for file in Path(folder).glob("*.part*") if len(file.name.split(".")) > 2]


def spare(inputs, outputs, option="--out"):
    """Refuse to write over a file that is read, by whatever name or link it goes.

    Raises
    ------
    ValueError
        Where one of the outputs is one of the inputs.
    """
    for read in map(Path, inputs):
        for written in map(Path, outputs):
            if _same(read, written):
                raise ValueError(
                    f"{str(written)!r} would be written over {str(read)!r}, which is read: choose another {option}"
                )


def _same(one, other):
    """Say whether two paths are one file; where one does not exist, whether they would be."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


@contextmanager
def whole_file(path):
    """Give the path of a file beside this one to write to, and put it in this one's place when all of it is there.

    So a reader, a full disk, a kill or a power cut never meets half a file: what was written is on the disk, not only
    on its way there, before the old file goes. Nothing is left lying about (but by a kill: see `leftovers`).

    Raises
    ------
    OSError
        Where writing fails: with the name of the file, which Python's "No space left on device" does not tell.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder, "a.txt")) as part:
    ...         written = part.write_text("all of it")
    ...     [file.name for file in Path(folder).iterdir()]
    ['a.txt']
    """
    target = Path(os.path.realpath(as_path(path)))  # a link goes on pointing where it points
    if target.exists() and not target.is_file():  # such as /dev/stdout
        part = target
    else:
        part = _part_of(target)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        yield part
        if part != target:
            on_disk(part)
            put_in_place(part, target)
            on_disk(target.parent)
    except OSError as error:
        raise OSError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    finally:
        if part != target:
            part.unlink(missing_ok=True)


def put_in_place(part, target):
    """Rename; Windows refuses while a virus scanner or a preview holds the old file open, for a moment."""
    for wait in WAITS:
        try:
            return os.replace(part, target)
        except PermissionError:
            time.sleep(wait)
    return os.replace(part, target)


def on_disk(path):
    """Wait until a file, or the list of a folder's names, has left the memory of the operating system."""
    if path.is_dir() and os.name == "nt":  # Windows opens no folders, and needs no such call
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path, text):
    """Write text in UTF-8, whole or not at all."""
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8")
