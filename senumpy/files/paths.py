"""What is a path, before anything is done with it."""

import os
from pathlib import Path


def as_path(path, name="path"):
    """Return a path, or raise a ValueError for what is none; an empty one would mean the folder one happens to be in.

    >>> as_path("")
    Traceback (most recent call last):
    ...
    ValueError: path must be the path of a file or a folder, got ''
    """
    if not isinstance(path, (str, os.PathLike)) or not str(path):
        raise ValueError(f"{name} must be the path of a file or a folder, got {path!r}")
    return Path(path)
