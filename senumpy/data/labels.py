"""Names for classes, from a file: a network knows numbers only."""

import json

from senumpy.arguments import check_count
from senumpy.data.errors import DataError
from senumpy.files.paths import as_path

LARGEST = 1 << 24  # bytes


def read_labels(path, num_classes):
    """Return the names of all classes of a network, in their order.

    Parameters
    ----------
    path : path
        A text with a name a line, class 0 first; or a .json: a list, or a dictionary by number, whose values are names
        or lists that end with the name (as Keras' ``imagenet_class_index.json``: ``{"0": ["n01440764", "tench"]}``).
    num_classes : int
        How many there must be.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    DataError
        Where it holds something else, or another number of names.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "names.txt")
    ...     _ = path.write_text("cat\\ndog\\n")
    ...     read_labels(path, 2)
    ['cat', 'dog']
    """
    path, num_classes = as_path(path), check_count("num_classes", num_classes)
    if path.is_dir() or path.exists() and path.stat().st_size > LARGEST:
        raise DataError(f"{str(path)!r} is {'a folder' if path.is_dir() else 'too large'}, expected a list of names")
    try:
        text = path.read_text(encoding="utf-8-sig")
        names = _from_json(json.loads(text)) if path.suffix == ".json" else text.splitlines()
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{str(path)!r} is no text in UTF-8, or no JSON: {error}") from error
    names = names and [name.strip() if isinstance(name, str) else "" for name in names]
    if not names or not all(names):
        raise DataError(f"{str(path)!r} should hold a name for each class, none of them empty")
    if len(names) != num_classes:
        raise DataError(f"{str(path)!r} holds {len(names)} names, and the network has {num_classes} classes")
    return names


def _from_json(content):
    """Return a list of names, or None for what is none."""
    if isinstance(content, dict):
        if set(content) != set(map(str, range(len(content)))):
            return None
        content = [content[str(k)] for k in range(len(content))]
    if not isinstance(content, list):
        return None
    return [entry[-1] if isinstance(entry, list) and entry else entry for entry in content]
