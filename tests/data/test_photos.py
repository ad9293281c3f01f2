"""The photograph task: crops come from where the docstring says, and no pixel is in both parts."""

from importlib import import_module

import numpy as np
import pytest

from senumpy.data import PHOTO_NAMES, load_photo, photos

# The package offers the function `photos` under the same name, so the module is fetched by its path.
photos_module = import_module("senumpy.data.photos")


@pytest.fixture
def coordinates(monkeypatch):
    """Replace the photographs by pictures whose pixels say where they are: (row, column, class)."""

    def where(name):
        row, column = np.mgrid[:224, :224]
        return np.stack([row, column, np.full_like(row, PHOTO_NAMES.index(name))], axis=-1).astype(np.uint8)

    monkeypatch.setattr(photos_module, "load_photo", where)


def pixels(x):
    """Read the coordinates back: (N, 3, H, W) -> (N, H, W, 3) of whole numbers."""
    return np.rint(x * 255).astype(int).transpose(0, 2, 3, 1)


def seen(x):
    """Mark every pixel of every photograph that some crop shows: (class, row, column)."""
    row, column, label = pixels(x).reshape(-1, 3).T
    marks = np.zeros((8, 224, 224), dtype=bool)
    marks[label, row, column] = True
    return marks


@pytest.mark.parametrize("crop_size", [1, 32, 56])
def test_no_pixel_is_in_both_parts(coordinates, crop_size):
    task = photos(crop_size=crop_size, train_per_class=100, test_per_class=100)
    train, test = seen(task.x_train), seen(task.x_test)
    assert train.any((1, 2)).all() and test.any((1, 2)).all()
    assert not (train & test).any()


def test_test_cells_share_no_row_and_no_column_and_training_has_all_others(coordinates):
    task = photos(train_per_class=150, test_per_class=150)
    # (class, row of the board, row in the cell, column of the board, column in the cell)
    train, test = (seen(x).reshape(8, 4, 56, 4, 56) for x in (task.x_train, task.x_test))
    train_cells, test_cells = train.any((2, 4)), test.any((2, 4))       # (8, 4, 4)
    assert (test_cells.sum(1) == 1).all() and (test_cells.sum(2) == 1).all()
    assert np.array_equal(train_cells, ~test_cells)
    for part in (train, test):
        assert part.any((0, 1, 3, 4)).all() and part.any((0, 1, 2, 3)).all(), "crops stay away from an edge"


def test_crops_are_windows_of_the_picture_their_label_names(coordinates):
    task = photos(train_per_class=20, test_per_class=10)
    for x, labels in ((task.x_train, task.labels_train), (task.x_test, task.labels_test)):
        row, column, label = np.moveaxis(pixels(x), -1, 0)              # each (N, 32, 32)
        assert (label == labels[:, None, None]).all()
        assert (np.diff(row, axis=1) == 1).all() and (np.diff(row, axis=2) == 0).all()
        assert (np.diff(column, axis=2) == 1).all() and (np.diff(column, axis=1) == 0).all()


@pytest.mark.parametrize("variant", ["plain", "light", "cast", "permuted"])
def test_shapes_types_range_and_balance(variant):
    task = photos(variant=variant, train_per_class=12, test_per_class=5)
    assert task.class_names == PHOTO_NAMES
    for x, labels, n in ((task.x_train, task.labels_train, 12), (task.x_test, task.labels_test, 5)):
        assert x.shape == (8 * n, 3, 32, 32) and x.dtype == np.float32
        assert labels.dtype == np.int64
        assert x.min() >= 0 and x.max() <= 1
        assert np.bincount(labels).tolist() == [n] * 8
        assert np.abs(np.diff(labels)).sum() > 8, "the classes come one after the other"


def test_plain_crops_are_the_photograph():
    task = photos(train_per_class=3, test_per_class=1)
    for x, label in zip(task.x_train, task.labels_train, strict=True):
        photo = load_photo(PHOTO_NAMES[label])
        crop = np.rint(x * 255).astype(np.uint8).transpose(1, 2, 0)
        windows = np.lib.stride_tricks.sliding_window_view(photo, (32, 32, 3))[:, :, 0]
        places = np.argwhere((windows[:, :, 0, 0] == crop[0, 0]).all(-1))
        assert any(np.array_equal(windows[i, j], crop) for i, j in places)


def pairs(variant):
    """The plain crops and their changed versions, of both parts."""
    options = {"train_per_class": 40, "test_per_class": 40}
    plain, changed = photos(**options), photos(variant=variant, **options)
    assert np.array_equal(plain.labels_train, changed.labels_train)
    return np.concatenate([plain.x_train, plain.x_test]), np.concatenate([changed.x_train, changed.x_test])


def factors(plain, changed):
    """The factor of each channel of each crop (N, 3), where the channel is not black."""
    plain, changed = plain.astype(float), changed.astype(float)
    factor = changed.sum((2, 3)) / np.maximum(plain.sum((2, 3)), 1e-6)
    assert np.allclose(changed, plain * factor[:, :, None, None], atol=1e-6)
    return factor[plain.sum((1, 2, 3)) > 30]


def test_light_is_one_factor_for_each_crop():
    factor = factors(*pairs("light"))
    assert np.allclose(factor, factor[:, :1], rtol=1e-4)
    assert 1 / 8 - 1e-4 < factor.min() < 0.14 and 0.9 < factor.max() < 1 + 1e-4
    assert abs(np.log2(factor[:, 0]).mean() + 1.5) < 0.2


def test_cast_is_one_factor_for_each_channel():
    factor = factors(*pairs("cast"))
    assert 1 / 8 - 1e-4 < factor.min() < 0.14 and 0.9 < factor.max() < 1 + 1e-4
    assert (np.abs(np.corrcoef(np.log2(factor).T)[np.triu_indices(3, 1)]) < 0.2).all()


def test_permuted_holds_the_same_channels_in_all_six_orders():
    plain, changed = pairs("permuted")
    coloured = plain.mean((2, 3)).std(axis=1) > 0.05                    # in a grey crop the order cannot be seen
    plain, changed = plain[coloured], changed[coloured]
    same = (changed[:, :, None] == plain[:, None]).all((-1, -2))        # (N, new channel, old channel)
    assert (same.sum(1) == 1).all() and (same.sum(2) == 1).all()
    orders, counts = np.unique(same.argmax(2), axis=0, return_counts=True)
    assert len(orders) == 6
    assert counts.min() > 0.4 * counts.mean()


def test_same_generator_same_task_and_size_of_training_leaves_the_test_alone():
    first, again = photos(train_per_class=5), photos(train_per_class=5, rng=np.random.default_rng(0))
    assert np.array_equal(first.x_train, again.x_train) and np.array_equal(first.x_test, again.x_test)
    assert np.array_equal(first.x_test, photos(train_per_class=9).x_test)
    assert not np.array_equal(first.x_test, photos(train_per_class=5, rng=np.random.default_rng(1)).x_test)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variant": "dark"}, "plain, light, cast, permuted"),
        ({"crop_size": 57}, "crop_size must be at most 56"),
        ({"crop_size": 0}, "crop_size must be an integer"),
        ({"train_per_class": 0}, "train_per_class"),
        ({"test_per_class": -1}, "test_per_class"),
        ({"rng": 3}, r"default_rng\(3\)"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        photos(**options)
