"""How pictures become numbers belongs to the weights: a network must be shown what it was shown in training."""

import math
from dataclasses import dataclass

import numpy as np

from senumpy.arguments import check_number, check_plain, check_sizes

RESAMPLE = "bilinear", "bicubic"
ORDERS = {"RGB": (0, 1, 2), "BGR": (2, 1, 0)}


@dataclass(frozen=True)
class Preprocessing:
    """How a picture becomes what a network takes: ``(white x - mean) / std``, channel by channel.

    A file of weights says nothing about it. With the wrong one nothing fails, and the network is only worse.

    Attributes
    ----------
    order : "RGB" or "BGR"
        Of the channels; mean and std are in this order.
    white : float
        What white is before the mean is taken off: 1 or 255.
    mean, std : tuple of three float
    resize, crop : int
        Pixels of the short side, and of the square that is cut from the middle.
    resample : "bilinear" or "bicubic"
        With antialiasing, as `senumpy.data.read_cropped` does it.

    Examples
    --------
    >>> caffe = PREPROCESSING["caffe"]
    >>> print(caffe)
    channels blue, green, red from 0 to 255, minus (104, 117, 123); short side to 256 pixels (bilinear, antialiased), \
the middle 224 x 224
    >>> caffe(np.ones((3, 1, 1), np.float32)).ravel()
    array([151., 138., 132.], dtype=float32)
    """

    order: str = "RGB"
    white: float = 1.0
    mean: tuple = (0.0, 0.0, 0.0)
    std: tuple = (1.0, 1.0, 1.0)
    resize: int = 256
    crop: int = 224
    resample: str = "bilinear"

    def __post_init__(self):
        for name, words in (("order", ORDERS), ("resample", RESAMPLE)):
            word = getattr(self, name)
            if not isinstance(word, str) or word not in words:
                raise ValueError(f"{name} must be one of {', '.join(words)}, got {word!r}")
        check_sizes(resize=self.resize, crop=self.crop)
        for name in ("mean", "std"):
            numbers = getattr(self, name)
            if not isinstance(numbers, (tuple, list)) or len(numbers) != 3:
                raise ValueError(f"{name} must be three numbers, got {numbers!r}")
        for m, s in zip(self.mean, self.std, strict=True):
            check_number("each of mean", m, "and finite", math.isfinite)
            check_number("each of std", s, "above 0", lambda s: s > 0)
        check_number("white", self.white, "above 0", lambda white: white > 0)

    def __call__(self, x):
        """Return red, green and blue from 0 to 1, (3, H, W) or (N, 3, H, W), as the network takes them, in float32."""
        check_plain("x", x)
        if getattr(x, "ndim", 0) < 3 or x.shape[-3] != 3 or x.dtype.kind != "f":
            raise ValueError(f"x must be pictures as floats, (3, H, W) or (N, 3, H, W), got {_kind(x)}")
        mean, std = (np.array(numbers, np.float32).reshape(3, 1, 1) for numbers in (self.mean, self.std))
        x = np.asarray(x, np.float32)[..., ORDERS[self.order], :, :]
        return (x * np.float32(self.white) - mean) / std

    def _size_in_words(self):
        filtered = f"({self.resample}, antialiased)"
        return f"short side to {self.resize} pixels {filtered}, the middle {self.crop} x {self.crop}"

    def __str__(self):
        names = {"R": "red", "G": "green", "B": "blue"}
        words = [f"channels {', '.join(names[letter] for letter in self.order)} from 0 to {self.white:g}"]
        if any(self.mean):
            words.append(f"minus ({', '.join(f'{m:g}' for m in self.mean)})")
        if set(self.std) != {1}:
            words.append(f"divided by ({', '.join(f'{s:g}' for s in self.std)})")
        return f"{', '.join(words)}; {self._size_in_words()}"


@dataclass(frozen=True)
class LinePreprocessing(Preprocessing):
    """The same for a line of text, which keeps its proportions: what is left of the width is zero.

    Attributes
    ----------
    height, width : int
        Of what the network takes, in pixels; they stand in the place of resize and crop, which have no say here.

    Examples
    --------
    >>> LINES_OF_TEXT(np.ones((3, 48, 100), np.float32))[0, 0, [0, 99, 100, 191]]
    array([1., 1., 0., 0.], dtype=float32)
    """

    height: int = 48
    width: int = 192

    def __post_init__(self):
        super().__post_init__()
        check_sizes(height=self.height, width=self.width)

    def __call__(self, x):
        """Return a line from 0 to 1, (3, height, W) or (N, 3, height, W), followed by zeros up to the width."""
        x = super().__call__(x)
        H, W = x.shape[-2:]
        if H != self.height or W > self.width:
            raise ValueError(
                f"x must be {self.height} pixels high and at most {self.width} wide, got {H} x {W}: read it by "
                "senumpy.data.read_line"
            )
        return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, self.width - W)])

    def _size_in_words(self):
        filtered = f"({self.resample}, antialiased)"
        return f"to {self.height} pixels of height {filtered} and at most {self.width} of width, the rest zero"


def _kind(x):
    return f"{x.dtype} of shape {x.shape}" if hasattr(x, "shape") else type(x).__name__


# Of networks for ImageNet: torchvision's and timm's, and those of the authors' own files for Caffe.
PREPROCESSING = {
    "torchvision": Preprocessing(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    "caffe": Preprocessing("BGR", 255.0, (104.0, 117.0, 123.0)),
}
LINES_OF_TEXT = LinePreprocessing("BGR", 1.0, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))  # of `load_text_direction`
