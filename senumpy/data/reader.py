"""A network has one strict idea of a picture and files have many, so somebody has to translate."""

from os import PathLike

import numpy as np
from PIL import Image

from senumpy.arguments import check_count, check_plain
from senumpy.data.bundled import ASSETS, PHOTO_NAMES
from senumpy.data.decoding import check_size, decode, upright
from senumpy.data.pixels import to_rgb
from senumpy.files.paths import as_path


def read_image(picture: str | PathLike | bytes | np.ndarray, size: int | None = None) -> np.ndarray:
    """Read a picture of your own, or a bundled one by its name, in the form a network wants.

    The picture is turned upright as the camera noted it, laid on white where it is transparent, and brought to red,
    green and blue in 8 bits (`senumpy.data.pixels.to_rgb` has the rules for 16 and 32 bits). Of an animation you get
    the first frame. Nothing else that is written beside the pixels counts. PNG, JPEG, TIFF, WebP, GIF and BMP are read,
    whatever the file is called.

    Parameters
    ----------
    picture : str or path, bytes, binary file, PIL image, or uint8 array (H, W), (H, W, 3) or (H, W, 4)
        As text one of `PHOTO_NAMES`, or else a path: a file of your own that is called just "cat" is `"./cat"`.
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
        Where there is no such file.
    ValueError
        Where it is not a picture, is broken, or has more than 51 million pixels; or where `size` is below 1.

    Examples
    --------
    >>> x = read_image("cat", size=64)
    >>> x.shape, x.dtype
    ((3, 64, 64), dtype('float32'))
    """
    if size is not None:
        size = check_count("size", size)
    image, name = open_picture(picture)
    if size is not None:  # before anything is converted: a copy of the whole picture can cost a gigabyte
        image = _central_square(image)
    image = to_rgb(image, name)
    if size is not None:
        image = image.resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / 255         # (H, W, 3) -> (3, H, W)


def open_picture(picture):
    """Return an upright PIL image, and what to call it in an error."""
    if isinstance(picture, Image.Image):
        check_size(picture, "the PIL image")
        return upright(picture), "the PIL image"
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return decode(bytes(picture), "the picture given as bytes"), "the picture given as bytes"
    if isinstance(picture, np.ndarray):
        return _from_array(picture), "the array"
    if hasattr(picture, "read"):
        data = picture.read()
        name = repr(getattr(picture, "name", "the picture in the open file"))
        if not isinstance(data, bytes):
            raise ValueError(f"{name} is open as text, and a picture is bytes: open it with mode 'rb'")
        return decode(data, name), name
    if not isinstance(picture, (str, PathLike)):
        raise ValueError(
            f"a picture is a path, a name such as {PHOTO_NAMES[0]!r}, bytes, an open binary file, a PIL image or an "
            f"array of uint8, got {type(picture).__name__}"
        )
    path = _find(picture)
    return decode(path.read_bytes(), repr(str(path))), repr(str(path))


def _from_array(a):
    check_plain("the picture", a)
    grey_or_colours = a.ndim == 2 or (a.ndim == 3 and a.shape[2] in (3, 4))
    if a.dtype != np.uint8 or not grey_or_colours or 0 in a.shape:
        raise ValueError(
            "a picture as an array must be uint8 of shape (H, W), (H, W, 3) or (H, W, 4), "
            f"got {a.dtype} of shape {a.shape}; float arrays (3, H, W) need no reading"
        )
    image = Image.fromarray(np.ascontiguousarray(a))
    check_size(image, "the array")
    return image


def _find(path_or_name):
    """Return the path of a file that exists."""
    if str(path_or_name) in PHOTO_NAMES:
        return ASSETS / "photos" / f"{path_or_name}.png"
    path = as_path(path_or_name, "picture")
    if path.is_dir():
        raise ValueError(f"{str(path_or_name)!r} is a folder, not a picture: for a folder of pictures use read_folder")
    if not path.exists():
        raise FileNotFoundError(
            f"there is no file {str(path_or_name)!r}, and no bundled photograph of that name: those are "
            f"{', '.join(PHOTO_NAMES)}"
        )
    return path


def _central_square(image):
    """Cut the largest square from the middle."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))
