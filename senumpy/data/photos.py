"""From a small window of a photograph, say which photograph it is: colour and texture are all there is to go by."""

import numpy as np

from senumpy.arguments import as_generator, check_count
from senumpy.data.bundled import PHOTO_NAMES, load_photo
from senumpy.data.task import Task

VARIANTS = ("plain", "light", "cast", "permuted")

# Each photograph is cut into a board of 4 x 4 cells. Like four queens on a chessboard, the test cells share no row and
# no column, so the test sees every height and every width of the picture.
BOARD = 4
TEST_CELLS = ((0, 1), (1, 3), (2, 0), (3, 2))
TRAIN_CELLS = tuple((i, j) for i in range(BOARD) for j in range(BOARD) if (i, j) not in TEST_CELLS)


def photos(
    *,
    variant: str = "plain",
    train_per_class: int = 200,
    test_per_class: int = 100,
    crop_size: int = 32,
    rng: np.random.Generator | None = None,
) -> Task:
    """Make a task of small crops of the eight bundled photographs; the class is the photograph.

    Each photograph is a board of 4 x 4 cells of 56 x 56 pixels. Four cells are for the test, one in each row and
    column; twelve are for training. A crop lies within one cell, so no pixel is in both parts. Crops of the same part
    may overlap each other: there are far fewer independent test pictures than test crops.

    The variants change every crop, of both parts, by a draw of its own. The crops lie at the same places in all four.

    ============  ==================================================================================
    "plain"       as photographed
    "light"       all channels times one factor, from 1/8 to 1, evenly on a logarithmic scale
    "cast"        each channel times a factor of its own, from 1/8 to 1, likewise
    "permuted"    red, green and blue in a random order
    ============  ==================================================================================

    Parameters
    ----------
    variant : str
        "plain", "light", "cast" or "permuted".
    train_per_class, test_per_class : int
        How many crops of each photograph, at least 1.
    crop_size : int
        Height and width of a crop, 1 to 56.
    rng : numpy.random.Generator, optional
        Places and changes the crops. Without it, `np.random.default_rng(0)`: the same task every time. The test part
        does not depend on how many training crops there are.

    Returns
    -------
    Task
        Pictures of shape (N, 3, crop_size, crop_size), N = 8 * train_per_class and 8 * test_per_class.

    Raises
    ------
    ValueError
        Where there is no such variant, or a size is out of range.

    Examples
    --------
    >>> task = photos(variant="light", train_per_class=20, test_per_class=10)
    >>> task.x_train.shape, task.class_names[0]
    ((160, 3, 32, 32), 'cat')
    """
    if variant not in VARIANTS:
        raise ValueError(f"there is no variant {variant!r}: choose one of {', '.join(VARIANTS)}")
    n_train = check_count("train_per_class", train_per_class)
    n_test = check_count("test_per_class", test_per_class)
    train_rng, test_rng = as_generator(rng, seed=0).spawn(2)
    pictures = np.stack([load_photo(name) for name in PHOTO_NAMES])     # (8, 224, 224, 3)
    x_train, labels_train = _crops(pictures, TRAIN_CELLS, n_train, crop_size, variant, train_rng)
    x_test, labels_test = _crops(pictures, TEST_CELLS, n_test, crop_size, variant, test_rng)
    return Task(x_train, labels_train, x_test, labels_test, PHOTO_NAMES)


def _crops(pictures, cells, per_class, crop_size, variant, rng):
    """Cut `per_class` crops of each picture from the given cells, in random order of classes."""
    labels = rng.permutation(np.repeat(np.arange(len(pictures)), per_class))
    top, left = _corners(cells, pictures.shape[1] // BOARD, len(labels), crop_size, rng)
    rows = top[:, None] + np.arange(crop_size)                          # (N, crop_size)
    columns = left[:, None] + np.arange(crop_size)
    x = pictures[labels[:, None, None], rows[:, :, None], columns[:, None, :]]     # (N, crop_size, crop_size, 3)
    x = x.transpose(0, 3, 1, 2).astype(np.float32) / 255                # (N, 3, crop_size, crop_size)
    return _vary(x, variant, rng), labels


def _corners(cells, cell_size, n, crop_size, rng):
    """Draw the top left corners of `n` crops, each anywhere within a cell."""
    if check_count("crop_size", crop_size) > cell_size:
        raise ValueError(
            f"crop_size must be at most {cell_size}, the size of a cell of the board that keeps training and test "
            f"apart, got {crop_size}"
        )
    cell = np.array(cells)[rng.integers(len(cells), size=n)]            # (N, 2)
    inside = rng.integers(cell_size - crop_size + 1, size=(n, 2))
    top, left = (cell * cell_size + inside).T
    return top, left


def _vary(x, variant, rng):
    """Change the light, the colour cast or the order of the channels, each crop by a draw of its own."""
    n = len(x)
    if variant == "permuted":
        order = rng.permuted(np.tile(np.arange(3), (n, 1)), axis=1)
        return x[np.arange(n)[:, None], order]
    if variant == "light":
        return x * _darkening(rng, (n, 1, 1, 1))
    if variant == "cast":
        return x * _darkening(rng, (n, 3, 1, 1))
    return x


def _darkening(rng, shape):
    """Draw factors between 1/8 and 1; they only darken, so nothing is lost by clipping at white."""
    return np.exp2(-rng.uniform(0, 3, size=shape)).astype(np.float32)
