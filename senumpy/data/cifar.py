"""CIFAR-10's binary files: records of 3,073 bytes, a label and then a red, a green and a blue image of 32 x 32."""

from os import PathLike

import numpy as np

from senumpy.data.errors import DataError
from senumpy.files.paths import as_path

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
RECORD = 1 + 3 * 32 * 32
LARGEST = 1 << 30


def read_cifar10(path: str | PathLike) -> tuple[np.ndarray, np.ndarray]:
    """Read the images and labels of one file, such as ``data_batch_1.bin``.

    Returns
    -------
    x : ndarray, uint8, shape (N, 3, 32, 32)
    labels : ndarray, int64, shape (N,)

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    DataError
        Where its size is no whole number of records, or a label is above 9.
    """
    path = as_path(path)
    size = path.stat().st_size
    if size == 0 or size % RECORD or size > LARGEST:
        raise DataError(
            f"{str(path)!r} should hold records of {RECORD:,} bytes, up to {LARGEST:,} in all, found {size:,} bytes"
        )
    records = np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() >= len(CLASSES):
        at = int(labels.argmax())
        raise DataError(f"{str(path)!r}: a label should be 0 to 9, found {labels[at]} in record {at}")
    return records[:, 1:].reshape(-1, 3, 32, 32), labels
