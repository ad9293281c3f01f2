"""Two who write into one folder are told; one who crashed has locked nobody out."""

import os
from contextlib import contextmanager, suppress

from senumpy.files.paths import as_path


@contextmanager
def locked(path, sentence):
    """Hold a lock for one ``with`` block: a file that the operating system keeps locked while this process lives.

    Whatever ends the process, SIGKILL included, ends the lock: a file that lies there locks nothing by itself.

    Parameters
    ----------
    path : path
        Of the file; its folder is made where it is missing, and both are removed where nothing else is in there.
    sentence : str
        What to say where somebody else holds it.

    Raises
    ------
    ValueError
        With that sentence.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, locked(f"{folder}/lock", "somebody is here"):
    ...     with locked(f"{folder}/lock", "somebody is here"):
    ...         pass
    Traceback (most recent call last):
    ValueError: somebody is here
    """
    path = as_path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = open(path, "ab")
    try:
        if not (_lock(file) and _is_at(file, path)):
            raise ValueError(sentence)
        try:
            yield
        finally:
            _remove(file, path)
    finally:
        file.close()


def _lock(file):
    """Lock an open file unless another has; say whether that worked. (A file system without locks has none.)"""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # such as ENOLCK of a network's disk
        return True
    return True


def _remove(file, path):
    """Remove the file while it is locked, and its folder where nothing else is in it."""
    if os.name == "nt":  # Windows removes no file that is open
        file.close()
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()


def _is_at(file, path):
    """Say whether an open file is still the one of this name: its holder may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
