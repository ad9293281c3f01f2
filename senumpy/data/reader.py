"""A network has one strict idea of a picture and files have many, so somebody has to translate."""

import struct
import warnings
from os import PathLike
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from senumpy.data.arguments import check_count
from senumpy.data.bundled import ASSETS, PHOTO_NAMES

# What Pillow raises on a file that starts like a picture and then breaks off or lies.
BROKEN_FILE = (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, RuntimeError, struct.error)


def read_image(path_or_name: str | PathLike, size: int | None = None) -> np.ndarray:
    """Read a picture of your own, or a bundled one by its name, in the form a network wants.

    The picture is turned upright as the camera noted it (EXIF), laid on white where it is transparent, and brought to
    red, green and blue. Of an animation you get the first frame.

    Parameters
    ----------
    path_or_name : str or path
        A file, or one of `PHOTO_NAMES`. A file of your own that is called just "cat" is `"./cat"`.
    size : int, optional
        Cut the largest square from the middle and bring it to `size` x `size` pixels (Lanczos). Without it the
        picture keeps its height and width.

    Returns
    -------
    ndarray, float32, shape (3, H, W)
        Values in [0, 1].

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a picture, is broken, or has far too many pixels; or if `size` is below 1.

    Examples
    --------
    >>> x = read_image("cat", size=64)
    >>> x.shape, x.dtype
    ((3, 64, 64), dtype('float32'))
    """
    if size is not None:
        check_count("size", size)
    image = _open_upright(_find(path_or_name))
    image = _to_rgb(image, path_or_name)
    if size is not None:
        image = _central_square(image).resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / 255         # (H, W, 3) -> (3, H, W)


def read_folder(path: str | PathLike, size: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Read a data set of your own: a folder with one sub-folder of pictures for each class.

    Classes and pictures come in alphabetical order. Hidden files (".something") are left out; every other file in a
    class must be a picture, so that none is dropped unnoticed.

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
        If there is no such folder.
    ValueError
        If it is not a folder, has no sub-folders, or one of them is empty or holds something that is not a picture.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("dark", "light"):
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("RGB", (60, 40), "black" if name == "dark" else "white").save(f"{folder}/{name}/one.png")
    ...     x, labels, class_names = read_folder(folder, size=32)
    >>> x.shape, labels.tolist(), class_names
    ((2, 3, 32, 32), [0, 1], ('dark', 'light'))
    """
    check_count("size", size)
    folder = Path(path)
    if not folder.exists():
        raise FileNotFoundError(f"There is no folder {str(path)!r}.")
    classes = _visible(folder, Path.is_dir) if folder.is_dir() else []
    if not classes:
        raise ValueError(f"{str(path)!r} has no sub-folders. Expected a folder with one sub-folder for each class.")
    files = [_visible(class_folder, lambda file: True) for class_folder in classes]     # links to nowhere too
    for class_folder, members in zip(classes, files, strict=True):
        if not members:
            raise ValueError(f"The class folder {str(class_folder)!r} is empty. Put pictures into it or remove it.")
    x = np.stack([read_image(file, size) for members in files for file in members])     # (N, 3, size, size)
    labels = np.repeat(np.arange(len(files)), [len(members) for members in files])
    return x, labels, tuple(class_folder.name for class_folder in classes)


def _visible(folder, wanted):
    return sorted(entry for entry in folder.iterdir() if wanted(entry) and not entry.name.startswith("."))


def _find(path_or_name):
    """Return the path of a file that exists."""
    if path_or_name in PHOTO_NAMES:
        return ASSETS / "photos" / f"{path_or_name}.png"
    path = Path(path_or_name)
    if path.is_dir():
        raise ValueError(f"{str(path_or_name)!r} is a folder, not a picture. For a folder of pictures use read_folder.")
    if not path.exists():
        raise FileNotFoundError(f"There is no file {str(path_or_name)!r}, and no bundled photograph of that name: "
                                f"those are {', '.join(PHOTO_NAMES)}.")
    return path


def _open_upright(path):
    """Decode the file, turned as the camera noted; refuse what is no picture or would not fit into memory."""
    # A file of a few kilobytes can claim billions of pixels. Pillow warns at about 90 million, which an honest camera
    # can have, and raises at twice as many.
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")
        try:
            with Image.open(file) as image:
                return ImageOps.exif_transpose(image)
        except Image.DecompressionBombError as error:
            raise ValueError(f"{str(path)!r} has far too many pixels: more than {2 * Image.MAX_IMAGE_PIXELS:,}. "
                             "Make it smaller with another program first.") from error
        except UnidentifiedImageError as error:
            raise ValueError(f"{str(path)!r} is not a picture that can be read. PNG, JPEG, TIFF, WebP, GIF and BMP "
                             "can.") from error
        except BROKEN_FILE as error:
            raise ValueError(f"{str(path)!r} is a broken picture: {error}. Try to save it again from another "
                             "program.") from error


def _central_square(image):
    """Cut the largest square from the middle."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _to_rgb(image, path_or_name):
    """Bring any kind of pixels to red, green and blue in 8 bits, with white behind what is transparent."""
    if image.mode.startswith("I"):
        image = _from_16_bits(image, path_or_name)
    if image.mode == "F":
        raise ValueError(f"{str(path_or_name)!r} has floating-point pixels, and nothing says which value is white. "
                         "Save it with 8 or 16 bits.")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _from_16_bits(image, path_or_name):
    """Scale 16-bit grey to 8 bits; Pillow's own conversion would cut everything above 255 to white."""
    grey = np.asarray(image)
    if grey.min() < 0 or grey.max() > 65535:
        raise ValueError(f"{str(path_or_name)!r} has values from {grey.min()} to {grey.max()}, which do not fit into "
                         "16 bits. Save it with 8 or 16 bits.")
    return Image.fromarray(np.rint(grey / 257).astype(np.uint8))
