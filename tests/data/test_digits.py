"""The plain digits task: right shapes, right labels, and nothing in both parts."""

import numpy as np
import pytest

from senumpy.data import digits, load_digits


def as_collected(x):
    """Undo the doubling and the scaling: (N, 1, 16, 16) -> the bytes of each 8 x 8 image."""
    assert np.array_equal(x, x[:, :, ::2, ::2].repeat(2, axis=2).repeat(2, axis=3))
    return [image.tobytes() for image in np.rint(x[:, 0, ::2, ::2] * 16).astype(np.uint8)]


def test_shapes_types_and_range():
    task = digits()
    assert task.x_train.shape == (1347, 1, 16, 16) and task.x_test.shape == (450, 1, 16, 16)
    assert task.class_names == tuple("0123456789")
    for x, labels in ((task.x_train, task.labels_train), (task.x_test, task.labels_test)):
        assert x.dtype == np.float32 and labels.dtype == np.int64
        assert x.min() == 0 and x.max() == 1
        assert labels.shape == (len(x),)


def test_every_digit_is_in_one_part_with_its_own_label():
    images, labels = load_digits()
    label_of = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    task = digits()
    train, test = as_collected(task.x_train), as_collected(task.x_test)
    assert not set(train) & set(test)
    assert set(train) | set(test) == set(label_of) and len(label_of) == 1797
    assert [label_of[image] for image in train] == task.labels_train.tolist()
    assert [label_of[image] for image in test] == task.labels_test.tolist()


def test_test_part_has_its_share_of_every_class():
    task = digits(test_fraction=0.5)
    difference = np.bincount(task.labels_train) - np.bincount(task.labels_test)
    assert np.abs(difference).max() <= 1


def test_same_generator_same_task():
    assert np.array_equal(digits().x_test, digits(rng=np.random.default_rng(0)).x_test)
    assert not np.array_equal(digits().x_test, digits(rng=np.random.default_rng(1)).x_test)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="test_fraction"):
        digits(test_fraction=1)
    with pytest.raises(ValueError, match="default_rng"):
        digits(rng=0)
