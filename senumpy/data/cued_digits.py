"""Three digits lie over each other, and a stripe far away says which to read: here channel attention has work to do.

A gate sees the average of every channel over the whole picture, stripe included, and can turn two of the three digits
off. A convolution of small reach sees only a neighbourhood, and in none of them are the stripe and a whole digit.
"""

from typing import NamedTuple

import numpy as np

from senumpy.arguments import as_generator, check_count, check_plain
from senumpy.data.bundled import load_digits
from senumpy.data.digits import DIGIT_NAMES, enlarge_twice
from senumpy.data.split import stratified_split
from senumpy.data.task import Task

CUE_NAMES = ("red", "green", "blue")  # in the order of the channels

DIGIT_SIZE = 16


class CuedDigits(NamedTuple):
    """Pictures with three digits and a stripe, and how each was made.

    Attributes
    ----------
    x : ndarray, float32, shape (N, 3, size, size)
        The pictures, values in [0, 1].
    cues : ndarray, int64, shape (N,)
        The colour of the stripe: 0 red, 1 green, 2 blue.
    digits : ndarray, int64, shape (N, 3)
        The digits in red, green and blue, three different ones. The right answer to picture n under a stripe of
        colour c is `digits[n, c]`.
    """

    x: np.ndarray
    cues: np.ndarray
    digits: np.ndarray

    @property
    def labels(self) -> np.ndarray:
        """The right answers, shape (N,): the digit in the colour of the stripe."""
        return np.take_along_axis(self.digits, self.cues[:, None], axis=1)[:, 0]


def cued_digits(
    *,
    n_train: int = 4000,
    n_test: int = 1000,
    size: int = 32,
    stripe_rows: int = 5,
    digit_rows: tuple[int, int] = (13, 16),
    rng: np.random.Generator | None = None,
) -> Task:
    """Make the task in which channel attention matters: read the digit whose colour the stripe has.

    Three different digits lie over each other, one in red, one in green, one in blue. They are doubled to 16 x 16 and
    lie, all three, at one random place in the lower part of the picture. The top rows are a stripe of one full colour.
    No digit image is in both parts, not even under another colour. A reader who knows all three digits but cannot see
    the stripe is right one time in three.

    The other arguments are for finding the limits: fewer training pictures, a thinner stripe, or digits so near the
    stripe (`digit_rows=(5, 5)`) that a convolution sees both.

    Parameters
    ----------
    n_train, n_test : int
        How many pictures, at least 1.
    size : int
        Height and width of the pictures, large enough for the stripe and the digits.
    stripe_rows : int
        Height of the stripe, at least 1.
    digit_rows : (int, int)
        First and last possible row of the digits' top edge; `stripe_rows <= first <= last <= size - 16`.
    rng : numpy.random.Generator, optional
        Draws everything. Without it, `np.random.default_rng(0)`: the same task every time. The test part does not
        depend on `n_train`.

    Returns
    -------
    Task
        Pictures of shape (N, 3, size, size), ten classes.

    Raises
    ------
    ValueError
        Where a count is below 1, or the stripe and the digits do not fit into the picture without touching.

    Examples
    --------
    >>> task = cued_digits(n_train=100, n_test=50)
    >>> task.x_train.shape
    (100, 3, 32, 32)
    """
    train, test = cued_digits_details(
        n_train=n_train, n_test=n_test, size=size, stripe_rows=stripe_rows, digit_rows=digit_rows, rng=rng
    )
    return Task(train.x, train.labels, test.x, test.labels, DIGIT_NAMES)


def cued_digits_details(
    *,
    n_train: int = 4000,
    n_test: int = 1000,
    size: int = 32,
    stripe_rows: int = 5,
    digit_rows: tuple[int, int] = (13, 16),
    rng: np.random.Generator | None = None,
) -> tuple[CuedDigits, CuedDigits]:
    """Make the pictures of `cued_digits` and tell what is in them: the cue and all three digits.

    Parameters and errors are those of `cued_digits`, and the same arguments give the same pictures.

    Returns
    -------
    train, test : CuedDigits
        The two parts.

    Examples
    --------
    What would be the right answers if every stripe were green?

    >>> train, test = cued_digits_details(n_train=100, n_test=50)
    >>> if_green = test.digits[:, 1]
    >>> bool((if_green == test.labels)[test.cues == 1].all()), bool((if_green == test.labels)[test.cues != 1].any())
    (True, False)
    """
    check_count("n_train", n_train)
    check_count("n_test", n_test)
    _check_layout(size, stripe_rows, digit_rows)
    images, labels = load_digits()
    split_rng, train_rng, test_rng = as_generator(rng, seed=0).spawn(3)
    part_train, part_test = stratified_split(labels, 0.25, split_rng)
    ink = enlarge_twice(images)                                                # (1797, 16, 16)
    train = _draw(ink[part_train], labels[part_train], n_train, size, stripe_rows, digit_rows, train_rng)
    test = _draw(ink[part_test], labels[part_test], n_test, size, stripe_rows, digit_rows, test_rng)
    return train, test


def repaint_stripe(x: np.ndarray, cue: int | np.ndarray, *, stripe_rows: int = 5) -> np.ndarray:
    """Give pictures of cued digits a stripe of another colour, and leave the digits alone.

    Parameters
    ----------
    x : ndarray, shape (N, 3, H, W) or (3, H, W)
        Pictures of `cued_digits`; they are not changed.
    cue : int or ndarray of int, shape (N,)
        The new colour: 0 red, 1 green, 2 blue. One for all pictures, or one for each.
    stripe_rows : int
        Height of the stripe, as the pictures were made with.

    Returns
    -------
    ndarray, same shape and dtype as `x`
        The repainted copy.

    Raises
    ------
    ValueError
        Where `x` does not hold pictures of three channels, or a cue is not 0, 1 or 2.

    Examples
    --------
    >>> x = cued_digits(n_train=1, n_test=1).x_test[0]
    >>> repaint_stripe(x, 1)[:, 0, 0]
    array([0., 1., 0.], dtype=float32)
    """
    check_plain("x", x)
    check_plain("cue", cue)
    x, cue = np.array(x), np.asarray(cue)
    if x.dtype.kind != "f" or x.ndim not in (3, 4) or x.shape[-3] != 3:
        raise ValueError(
            f"x must be floating-point pictures of shape (N, 3, H, W) or (3, H, W), got {x.dtype} of shape {x.shape}"
        )
    if cue.shape not in ((), x.shape[:-3]):
        raise ValueError(f"cue must be one number or one for each picture, {x.shape[:-3]}, got shape {cue.shape}")
    if cue.dtype.kind not in "iu" or not np.isin(cue, (0, 1, 2)).all():
        raise ValueError(f"a cue is 0 (red), 1 (green) or 2 (blue), got {cue.tolist()}")
    if check_count("stripe_rows", stripe_rows) > x.shape[-2]:
        raise ValueError(f"stripe_rows must be at most the pictures' {x.shape[-2]} rows, got {stripe_rows}")
    lit = np.arange(3) == cue[..., None]                                # (3,) or (N, 3)
    x[..., :stripe_rows, :] = lit[..., None, None]
    return x


def _check_layout(size, stripe_rows, digit_rows):
    """Make sure that the stripe and the digits fit under each other."""
    size, stripe_rows = check_count("size", size), check_count("stripe_rows", stripe_rows)
    if np.shape(digit_rows) != (2,):
        raise ValueError(f"digit_rows must be a pair, the first and the last row, got {digit_rows!r}")
    first, last = (check_count("digit_rows", row) for row in digit_rows)
    if not stripe_rows <= first <= last <= size - DIGIT_SIZE:
        raise ValueError(
            f"the digits' top edge must stay between the stripe and the bottom: {stripe_rows} <= first <= last <= "
            f"{size - DIGIT_SIZE} for stripe_rows={stripe_rows} and size={size}, got digit_rows={digit_rows}"
        )


def _draw(ink, labels, n, size, stripe_rows, digit_rows, rng):
    """Draw `n` pictures from a stock of digit images (K, 16, 16) with their labels (K,)."""
    digits = rng.permuted(np.tile(np.arange(10), (n, 1)), axis=1)[:, :3]    # (N, 3), all different within a row
    # Sorted by label, the images of digit d are one run, and a random place in that run is a random image of d.
    by_label = np.argsort(labels, kind="stable")
    count = np.bincount(labels)
    start = np.cumsum(count) - count
    chosen = by_label[start[digits] + rng.integers(count[digits])]      # (N, 3)

    first, last = digit_rows
    top = rng.integers(first, last + 1, size=(n, 1, 1, 1))
    left = rng.integers(size - DIGIT_SIZE + 1, size=(n, 1, 1, 1))
    x = np.zeros((n, 3, size, size), dtype=np.float32)
    picture, channel, row, column = np.ogrid[:n, :3, :DIGIT_SIZE, :DIGIT_SIZE]
    x[picture, channel, top + row, left + column] = ink[chosen]         # (N, 3, 16, 16) of each picture

    cues = rng.integers(3, size=n)
    return CuedDigits(repaint_stripe(x, cues, stripe_rows=stripe_rows), cues, digits)
