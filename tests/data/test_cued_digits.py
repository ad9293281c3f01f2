"""The cued digits: everything the task claims is read back from the pictures themselves."""

import numpy as np
import pytest

from senumpy.data import cued_digits, cued_digits_details, load_digits, repaint_stripe

IMAGES, LABELS = load_digits()
NUMBER_OF = {image.repeat(2, 0).repeat(2, 1).tobytes(): number for number, image in enumerate(IMAGES)}


def find_digit(channel, stripe_rows=5):
    """Find which of the 1,797 digits lies in a channel (H, W), and where: (number, top, left)."""
    ink = np.rint(channel * 16).astype(np.uint8)
    ink[:stripe_rows] = 0
    size = len(ink)
    for top in range(stripe_rows, size - 15):
        for left in range(size - 15):
            window = ink[top : top + 16, left : left + 16]
            number = NUMBER_OF.get(window.tobytes())
            if number is not None and window.sum() == ink.sum():
                return number, top, left
    raise AssertionError("no digit of the collection lies in this channel")


def find_all(x, stripe_rows=5):
    """`find_digit` for every channel of every picture: three arrays (N, 3)."""
    found = np.array([[find_digit(channel, stripe_rows) for channel in picture] for picture in x])
    return np.moveaxis(found, -1, 0)


def test_shapes_types_and_range():
    task = cued_digits()
    assert task.x_train.shape == (4000, 3, 32, 32) and task.x_test.shape == (1000, 3, 32, 32)
    assert task.class_names == tuple("0123456789")
    for x, labels in ((task.x_train, task.labels_train), (task.x_test, task.labels_test)):
        assert x.dtype == np.float32 and labels.dtype == np.int64
        assert x.min() == 0 and x.max() == 1
        assert labels.shape == (len(x),)


def test_pictures_hold_what_the_details_say():
    parts = cued_digits_details(n_train=300, n_test=300)
    task = cued_digits(n_train=300, n_test=300)
    for part, x, labels in zip(parts, (task.x_train, task.x_test), (task.labels_train, task.labels_test), strict=True):
        assert np.array_equal(part.x, x) and np.array_equal(part.labels, labels)
        stripe = x[:, :, :5]                                            # (N, 3, 5, 32)
        assert np.array_equal(stripe, np.broadcast_to(stripe[..., :1, :1], stripe.shape))
        assert (stripe[..., 0, 0].sum(1) == 1).all()
        cue = stripe[..., 0, 0].argmax(1)
        digits = LABELS[find_all(x)[0]]
        assert np.array_equal(cue, part.cues)
        assert np.array_equal(digits, part.digits)
        assert np.array_equal(digits[np.arange(300), cue], labels)


def test_no_digit_image_is_in_both_parts():
    train, test = cued_digits_details(n_train=1000, n_test=500)
    in_train, in_test = set(find_all(train.x)[0].ravel()), set(find_all(test.x)[0].ravel())
    assert len(in_train) > 1100 and len(in_test) > 400
    assert not in_train & in_test


def test_three_digits_lie_at_one_place_anywhere_in_the_allowed_rows():
    number, top, left = find_all(cued_digits_details(n_train=600, n_test=1)[0].x)
    assert all(len(set(row)) == 3 for row in LABELS[number])
    assert (top == top[:, :1]).all() and (left == left[:, :1]).all()
    assert np.unique(top).tolist() == [13, 14, 15, 16]
    assert np.unique(left).tolist() == list(range(17))


def test_cues_digits_and_answers_are_balanced():
    train, _ = cued_digits_details(n_train=6000, n_test=1)
    assert np.abs(np.bincount(train.cues) / 2000 - 1).max() < 0.1
    assert np.abs(np.bincount(train.labels) / 600 - 1).max() < 0.2
    for channel in train.digits.T:
        assert np.abs(np.bincount(channel) / 600 - 1).max() < 0.2
    table = np.histogram2d(train.cues, train.labels, bins=(3, 10))[0]
    assert table.min() > 140, "the colour of the stripe gives the answer away"


def test_labels_under_another_cue():
    _, test = cued_digits_details(n_train=1, n_test=100)
    for cue in range(3):
        repainted = test._replace(x=repaint_stripe(test.x, cue), cues=np.full(100, cue))
        assert np.array_equal(repainted.labels, test.digits[:, cue])


def test_layout_follows_the_arguments():
    train, _ = cued_digits_details(n_train=60, n_test=1, size=24, stripe_rows=2, digit_rows=(2, 3))
    _, top, _ = find_all(train.x, stripe_rows=2)
    assert train.x.shape == (60, 3, 24, 24)
    assert np.unique(top).tolist() == [2, 3]
    assert (train.x[:, :, :2].sum(1) == 1).all()


def test_same_generator_same_task_and_size_of_training_leaves_the_test_alone():
    small = {"n_train": 20, "n_test": 30}
    first, again = cued_digits(**small), cued_digits(**small, rng=np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert np.array_equal(first.x_test, cued_digits(n_train=50, n_test=30).x_test)
    assert not np.array_equal(first.x_test, cued_digits(**small, rng=np.random.default_rng(1)).x_test)


def test_repaint_changes_the_stripe_of_a_copy():
    x = cued_digits(n_train=1, n_test=9).x_test
    before = x.copy()
    cues = np.arange(9) % 3
    y = repaint_stripe(x, cues)
    assert np.array_equal(x, before) and y.dtype == x.dtype
    assert np.array_equal(y[:, :, 5:], x[:, :, 5:])
    assert np.array_equal(y[:, :, :5], np.broadcast_to(np.eye(3)[cues][:, :, None, None], (9, 3, 5, 32)))
    assert np.array_equal(repaint_stripe(x[1], 2), repaint_stripe(x, 2)[1])
    assert np.array_equal(repaint_stripe(x, 0, stripe_rows=1)[:, :, 1:], x[:, :, 1:])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((2, 1, 32, 32)), 0), r"\(2, 1, 32, 32\)"),
        ((np.zeros((3, 32)), 0), r"\(3, 32\)"),
        ((np.zeros((2, 3, 32, 32)), 3), "0 .red., 1 .green. or 2 .blue."),
        ((np.zeros((2, 3, 32, 32)), [0, -1]), "a cue is 0"),
        ((np.zeros((2, 3, 32, 32)), [0, 1, 2]), "one for each picture"),
        ((np.zeros((3, 4, 32)), 0), "at most the pictures. 4 rows"),
    ],
)
def test_repaint_refuses_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        repaint_stripe(*arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_train": 0}, "n_train"),
        ({"n_test": 1.5}, "n_test"),
        ({"stripe_rows": 0}, "stripe_rows"),
        ({"stripe_rows": 14}, "14 <= first <= last <= 16"),
        ({"digit_rows": (16, 13)}, "digit_rows="),
        ({"digit_rows": (13, 17)}, "digit_rows="),
        ({"digit_rows": 13}, "digit_rows must be a pair"),
        ({"digit_rows": (13, 14.5)}, "digit_rows must be an integer"),
        ({"size": 28}, "5 <= first <= last <= 12 for stripe_rows=5 and size=28"),
        ({"size": "32"}, "size must be an integer"),
        ({"rng": 1}, r"default_rng\(1\)"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        cued_digits(**options)
