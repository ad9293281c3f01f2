"""A folder with a sub-folder for each class is a data set; what operating systems leave in it is no picture."""

from os import PathLike
from pathlib import Path

import numpy as np

from senumpy.arguments import check_count
from senumpy.data.reader import read_image
from senumpy.files.paths import as_path

# What Windows, macOS, network storage and Jupyter put into folders; their names in lower case.
NOT_THE_USERS = {
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin",
    "system volume information", "lost+found", "icon\r",
}  # fmt: skip


def read_folder(path: str | PathLike, size: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Read a data set of your own: a folder with one sub-folder of pictures for each class.

    Classes and pictures come in alphabetical order. Hidden files (".something") and what systems leave behind
    (Thumbs.db, desktop.ini, __MACOSX, @eaDir ...) are passed over; every other file in a class must be a picture, so
    that none is dropped unnoticed.

    Parameters
    ----------
    path : str or path
        The folder.
    size : int
        Height and width that all pictures are brought to, as `read_image` does it.

    Returns
    -------
    x : ndarray, float32, shape (N, 3, size, size)
        The pictures, values in [0, 1].
    labels : ndarray, int64, shape (N,)
        The class of each picture, counted from 0.
    class_names : tuple of str
        The names of the sub-folders.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder.
    ValueError
        Where it is not a folder, has no sub-folders, or one of them is empty or holds something that is not a picture.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("dark", "light"):
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("RGB", (60, 40), "black" if name == "dark" else "white").save(f"{folder}/{name}/one.png")
    ...     x, labels, class_names = read_folder(folder, size=32)
    >>> x.shape, labels.tolist(), class_names
    ((2, 3, 32, 32), [0, 1], ('dark', 'light'))
    """
    check_count("size", size)
    folder = as_path(path)
    if not folder.exists():
        raise FileNotFoundError(f"there is no folder {str(path)!r}")
    classes = _of_the_user(folder, Path.is_dir) if folder.is_dir() else []
    if not classes:
        raise ValueError(f"{str(path)!r} has no sub-folders: expected a folder with one sub-folder for each class")
    files = [_of_the_user(class_folder, lambda file: True) for class_folder in classes]     # links to nowhere too
    for class_folder, members in zip(classes, files, strict=True):
        if not members:
            raise ValueError(f"the class folder {str(class_folder)!r} is empty: put pictures into it or remove it")
    x = np.stack([read_image(file, size) for members in files for file in members])     # (N, 3, size, size)
    labels = np.repeat(np.arange(len(files)), [len(members) for members in files])
    return x, labels, tuple(class_folder.name for class_folder in classes)


def _of_the_user(folder, wanted):
    return sorted(
        entry
        for entry in folder.iterdir()
        if wanted(entry) and not entry.name.startswith(".") and entry.name.lower() not in NOT_THE_USERS
    )
