"""Wrong arguments are named where they come in."""

import numpy as np
import pytest

from senumpy.arguments import as_generator, check_count


@pytest.mark.parametrize("value", [1, 7, np.int64(3), np.uint8(2)])
def test_whole_numbers_pass(value):
    assert check_count("n", value) == value
    assert type(check_count("n", value)) is int


@pytest.mark.parametrize("value", [0, -1, 2.0, "3", None, [1]])
def test_anything_else_is_refused_by_name(value):
    with pytest.raises(ValueError, match="n must be an integer of at least 1"):
        check_count("n", value)


def test_rng_passes_and_none_is_a_fixed_one():
    rng = np.random.default_rng(5)
    assert as_generator(rng) is rng
    assert as_generator(None, seed=0).random() == as_generator(None, seed=0).random()


@pytest.mark.parametrize("wrong", [7, np.random, np.random.RandomState(0)])
def test_seed_or_old_random_state_is_refused(wrong):
    with pytest.raises(ValueError, match="must be a numpy.random.Generator"):
        as_generator(wrong)
