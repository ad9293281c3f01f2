"""A gradient from a few dozen pictures is rough but cheap, and many cheap steps beat one perfect step."""

from collections.abc import Iterator

import numpy as np

from senumpy.arguments import as_generator, check_count, check_flag, check_plain


def minibatches(
    x: np.ndarray, labels: np.ndarray, batch_size: int, *, rng: np.random.Generator | None = None,
    drop_last: bool = False, with_indices: bool = False,
) -> Iterator[tuple[np.ndarray, ...]]:  # fmt: skip
    """Walk once through a data set, `batch_size` pictures at a time.

    Every picture comes exactly once. If the number does not divide evenly, the last batch is smaller. It is kept: a
    mean over it is still a fair, if rougher, estimate. (Batch norm in training is content with a single picture too,
    unless its maps have shrunk to 1 x 1; then `drop_last` leaves it out.)

    Parameters
    ----------
    x : ndarray, shape (N, ...)
        The pictures.
    labels : ndarray, int64, shape (N,)
        Their classes.
    batch_size : int
        How many pictures in a batch, at least 1.
    rng : numpy.random.Generator, optional
        Shuffles the pictures; call again with the same generator and the order is a new one. Without it they come in
        order, which is what an evaluation wants.
    drop_last : bool
        Leave out the last batch where it is smaller than the others.
    with_indices : bool
        Also tell which pictures they are.

    Yields
    ------
    x : ndarray, shape (B, ...)
        The pictures of the batch, B = batch_size or, in the last batch, what is left.
    labels : ndarray, shape (B,)
        Their classes.
    indices : ndarray, int64, shape (B,)
        Their places in `x`, only with `with_indices`.

    Raises
    ------
    ValueError
        Where there are no pictures, the lengths differ, `batch_size` is below 1 (or above N, with `drop_last`), `rng`
        is not a Generator, or a switch is not True or False.

    Examples
    --------
    >>> x, labels = np.zeros((5, 3, 8, 8)), np.array([0, 1, 2, 3, 4])
    >>> [batch.tolist() for _, batch in minibatches(x, labels, 2)]
    [[0, 1], [2, 3], [4]]
    >>> [indices.tolist() for _, _, indices in minibatches(x, labels, 2, drop_last=True, with_indices=True)]
    [[0, 1], [2, 3]]
    """
    check_plain("x", x)
    check_plain("labels", labels)
    x, labels = np.asarray(x), np.asarray(labels)
    if labels.ndim != 1 or x.ndim < 1 or len(x) != len(labels):
        raise ValueError(
            f"minibatches needs one label for each picture, got x of shape {x.shape} and labels of shape {labels.shape}"
        )
    if len(x) == 0:
        raise ValueError("minibatches needs at least one picture, got an empty x")
    batch_size = check_count("batch_size", batch_size)
    rng = rng if rng is None else as_generator(rng)
    drop_last, with_indices = check_flag("drop_last", drop_last), check_flag("with_indices", with_indices)
    if drop_last and batch_size > len(x):
        raise ValueError(
            f"drop_last would leave out all {len(x)} pictures, fewer than batch_size={batch_size}: choose a smaller one"
        )
    # A function with a yield runs nothing until the first batch is asked for; so the checks stand outside of it.
    return _walk(x, labels, batch_size, rng, drop_last, with_indices)


def _walk(x, labels, batch_size, rng, drop_last, with_indices):
    order = None if rng is None else rng.permutation(len(x))
    end = len(x) - len(x) % batch_size if drop_last else len(x)
    for start in range(0, end, batch_size):
        batch = slice(start, start + batch_size)
        if order is not None:
            batch = order[batch]
        indices = (np.arange(len(x))[batch] if order is None else batch,) if with_indices else ()
        yield x[batch], labels[batch], *indices
