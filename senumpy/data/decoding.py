"""A picture file is pixels with a letter attached. Of the letter one word is read, which way is up, and no more.

Cameras, scanners and programs write dates, places and numbers beside the pixels, and they write them wrongly in every
possible way. None of that is a reason not to see the picture.
"""

from io import BytesIO

from PIL import ExifTags, Image, UnidentifiedImageError

# Only these decoders are ever asked. Others start programs of their own on a stranger's file (PostScript) or have been
# looked at by hardly anybody.
FORMATS = ("PNG", "JPEG", "MPO", "TIFF", "WEBP", "GIF", "BMP", "AVIF")

# A file of a few kilobytes can claim billions of pixels. Nearly all cameras stay within 8192 x 6144, 50.3 million.
MAX_PIXELS = 51_000_000

ORIENTATION = 0x112  # the number of the note "which way is up" among the others
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(data: bytes, name: str) -> Image.Image:
    """Decode a picture file, the first frame of it, and turn it upright.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What to call it in an error.

    Raises
    ------
    ValueError
        Where it is no picture of a known format, is broken, or has more than `MAX_PIXELS` pixels.
    """
    Image.init()
    try:
        with Image.open(BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN]) as image:
            check_size(image, name)
            if image.format == "TIFF":
                forget_other_notes(image)
            image.load()  # (Pillow turns a TIFF here, and strikes out its note)
            return upright(image)
    except UnidentifiedImageError:
        raise ValueError(
            f"{name} is not a picture that can be read: PNG, JPEG, TIFF, WebP, GIF and BMP can"
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"{name} has far too many pixels, more than {MAX_PIXELS:,}: make it smaller first") from error
    except TooManyPixelsError:
        raise
    except Exception as error:  # a damaged file makes decoders raise whatever they like, MemoryError included
        raise ValueError(
            f"{name} is a broken picture ({type(error).__name__}: {error}): save it again from another program"
        ) from error


class TooManyPixelsError(ValueError):
    """The picture is larger than `MAX_PIXELS`."""


def check_size(image: Image.Image, name: str) -> None:
    """Raise a ValueError for a picture that would not fit into memory, before it is decoded."""
    width, height = image.size
    if width * height == 0:
        raise ValueError(f"{name} has no pixels: it is {width} x {height}")
    if width * height > MAX_PIXELS:
        raise TooManyPixelsError(
            f"{name} has {width} x {height} pixels, far too many pixels: at most {MAX_PIXELS:,} are read; make it "
            "smaller first"
        )


def forget_other_notes(image: Image.Image) -> None:
    """Take from an opened TIFF the notes that Pillow would read and write anew while it decodes: Exif, GPS, XMP."""
    if not isinstance(image.info.get("xmp", b""), bytes):
        del image.info["xmp"]
    exif = image.getexif()
    for directory in ExifTags.IFD:
        if directory in exif:
            del exif[directory]


def upright(image: Image.Image) -> Image.Image:
    """Turn a picture as the camera noted it, where the note can be read.

    >>> image = Image.new("L", (40, 30))
    >>> image.getexif()[ORIENTATION] = 6
    >>> upright(image).size
    (30, 40)
    """
    try:
        note = image.getexif().get(ORIENTATION)
        turn = TURNS.get(note)
    except Exception:  # a note that cannot be read is as good as none
        turn = None
    return image.copy() if turn is None else image.transpose(turn)
