"""Do pictures of one class open the same channels? The mean gate per class answers, and the spread says how firmly.

These are the numbers behind figures 6 and 7 of the SENet paper. There, early blocks treat all classes alike and late
ones tell them apart. Whether a small network does the same is for the numbers to say.
"""

from typing import NamedTuple

import numpy as np

from senumpy.arguments import check_plain
from senumpy.finite import AS_GOOD_AS_CONSTANT, QUIET, all_finite
from senumpy.gates.arguments import check_gates


class ClassProfile(NamedTuple):
    """The gates of one block, class by class.

    Attributes
    ----------
    mean : array (K, C)
        Mean gate of each channel over the pictures of each class (figure 6).
    std : array (K, C)
        Standard deviation over the pictures within each class (figure 7).
    counts : array (K,)
        How many pictures of each class there were.
    differences : array (C,)
        Standard deviation of a channel's class means: by how much, as a gate, classes differ. Pictures count alike.
    explained : float, 0 to 1
        The share of the variance over pictures that the class accounts for, all channels together. 0: the block
        treats all classes alike. 1: the class fixes the gates. By chance alone it is about (K - 1) / (N - 1).
        Channels that move by less than a thousandth count as constant, and 0 is said where all are. NaN where a gate is
        not a number.
    """

    mean: np.ndarray
    std: np.ndarray
    counts: np.ndarray
    differences: np.ndarray
    explained: float


@QUIET
def class_profiles(gates, labels):
    """Sum up the gates of every block by class.

    With ``m_kc`` the mean gate of class k, ``m_c`` that of all pictures and ``n_k`` the number of pictures,
    ``explained = sum_kc n_k (m_kc - m_c)^2 / sum_nc (s_nc - m_c)^2``.

    Parameters
    ----------
    gates : dict of str to array (N, C)
        As `gate_values` returns them.
    labels : integer array (N,)
        The class of each picture, from 0. Every class up to the largest needs a picture.

    Returns
    -------
    dict of str to ClassProfile

    Raises
    ------
    ValueError
        Where labels and gates do not fit together, or a class has no picture.

    Examples
    --------
    >>> gates = {"se1": np.array([[0.0, 0.5], [0.2, 0.5], [1.0, 0.5], [0.8, 0.5]])}
    >>> profile = class_profiles(gates, np.array([0, 0, 1, 1]))["se1"]
    >>> profile.mean.round(2).tolist(), profile.differences.round(2).tolist()
    ([[0.1, 0.5], [0.9, 0.5]], [0.4, 0.0])
    >>> round(profile.explained, 3)  # 0.64 between the classes, 0.04 within them
    0.941
    """
    check_gates(gates)
    check_plain("labels", labels)
    labels = np.asarray(labels)
    counts = _counts(labels)
    return {name: _profile(np.asarray(s, dtype=np.float64), labels, counts, name) for name, s in gates.items()}


def _counts(labels):
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(labels) == 0 or labels.min() < 0:
        raise ValueError(
            f"labels must be one class number from 0 per picture, got {labels.dtype} of shape {labels.shape}"
        )
    counts = np.bincount(labels)
    if not counts.all():
        raise ValueError(
            f"every class needs a picture; without any: {np.flatnonzero(counts == 0).tolist()}. "
            "Number the classes you have from 0."
        )
    return counts


def _profile(s, labels, counts, name):
    if s.ndim != 2 or len(s) != len(labels):
        raise ValueError(f"the gates of {name} must be (pictures, channels) for {len(labels)} labels, got {s.shape}")
    K, C = len(counts), s.shape[1]
    mean, std = np.empty((K, C)), np.empty((K, C))
    for k in range(K):
        mean[k], std[k] = s[labels == k].mean(axis=0), s[labels == k].std(axis=0)
    between = (counts / counts.sum()) @ (mean - s.mean(axis=0)) ** 2  # (C,)
    return ClassProfile(mean, std, counts, np.sqrt(between), _explained(s, between))


def _explained(s, between):
    """Return the share of the variance of the gates that lies between the classes."""
    if not all_finite(s):
        return float("nan")
    variance = s.var(axis=0)  # (C,)
    moves = variance >= AS_GOOD_AS_CONSTANT**2
    return float(between[moves].sum() / variance[moves].sum()) if moves.any() else 0.0
