"""Overriding changes the forward pass as told, and undoes itself whatever happens."""

import numpy as np
import pytest
from gates.planted import TinyForTests, random_images

from senumpy.gates import (
    ablate_channels,
    compare_gates,
    constant_gates,
    gate_values,
    mean_gates,
    override_gates,
    predict_logits,
    set_gates,
    shuffled_gates,
)
from senumpy.models import TinyCNN, load_tiny_cnn
from senumpy.training import RECIPES, evaluate


def overrides(model):
    return [model.children[name].override for name in ("se1", "se2")]


def test_gates_and_output_follow_the_rule_and_come_back():
    model, x = TinyForTests(), random_images(6)
    learned, said = gate_values(model, x), predict_logits(model, x)
    with override_gates(model, constant_gates(0.25)):
        assert all((s == 0.25).all() for s in gate_values(model, x).values())
        assert abs(predict_logits(model, x) - said).max() > 1e-3
    assert overrides(model) == [None, None]
    np.testing.assert_array_equal(gate_values(model, x)["se2"], learned["se2"])
    np.testing.assert_array_equal(predict_logits(model, x), said)


def test_gates_all_at_one_give_the_network_without_se():
    model, x = TinyForTests(), random_images(6)
    plain = TinyCNN(num_classes=3, widths=(8, 8), se=False)
    plain.load_state_dict({name: a for name, a in model.state_dict().items() if not name.startswith("se")})
    with override_gates(model, constant_gates(1.0)):
        np.testing.assert_allclose(predict_logits(model, x), predict_logits(plain, x), rtol=1e-5, atol=1e-6)


def test_it_undoes_itself_on_errors_and_when_nested():
    model = TinyForTests()
    with pytest.raises(RuntimeError), override_gates(model, constant_gates(0.5)):
        raise RuntimeError
    assert overrides(model) == [None, None]
    outer, inner = constant_gates(0.1), constant_gates(0.9)
    with override_gates(model, outer):
        with override_gates(model, inner, ["se2"]):
            assert overrides(model) == [outer, inner]
        assert overrides(model) == [outer, outer]
    assert overrides(model) == [None, None]


def test_a_wrong_name_changes_nothing():
    model = TinyForTests()
    for rule in ({"se1": constant_gates(1), "se9": constant_gates(1)}, {"conv1": constant_gates(1)}):
        with pytest.raises(ValueError, match="no SE block"), override_gates(model, rule):
            pass
    with pytest.raises(ValueError, match="no SE block se9"), override_gates(model, constant_gates(1), ["se9"]):
        pass
    with pytest.raises(ValueError, match="names its blocks itself"), override_gates(model, {}, ["se1"]):
        pass
    assert overrides(model) == [None, None]


def test_rules_leave_the_gates_they_get_alone_and_keep_the_dtype():
    s = np.random.default_rng(0).random((5, 4)).astype(np.float32)
    before = s.copy()
    for rule in (constant_gates(0.5), set_gates([1, 3], 0.0), mean_gates({"a": s.astype(np.float64)})["a"],
                 shuffled_gates(np.random.default_rng(0))):  # fmt: skip
        assert rule(s).dtype == np.float32 and rule(s).shape == s.shape
        np.testing.assert_array_equal(s, before)


def test_channels_are_set_and_means_frozen_by_value():
    model, x = TinyForTests(), random_images(9)
    learned = gate_values(model, x)
    with override_gates(model, set_gates([0, 5], 1.0), ["se1"]):
        s = gate_values(model, x)["se1"]
    assert (s[:, [0, 5]] == 1).all()
    np.testing.assert_array_equal(np.delete(s, [0, 5], axis=1), np.delete(learned["se1"], [0, 5], axis=1))
    with override_gates(model, mean_gates(learned)):
        found = gate_values(model, x[:2])
    np.testing.assert_allclose(found["se1"], np.tile(learned["se1"].mean(axis=0), (2, 1)), rtol=1e-6)


def test_shuffling_moves_whole_rows_between_pictures():
    s = np.random.default_rng(1).random((20, 3))
    moved = shuffled_gates(np.random.default_rng(0))(s)
    assert sorted(map(tuple, moved)) == sorted(map(tuple, s)) and (moved != s).any()


def test_the_effect_of_a_channel_is_the_difference_it_makes():
    model, x = TinyForTests(), random_images(4)
    effects = ablate_channels(model, x, "se1", value=1.0)
    assert effects.shape == (8, 4, 3)
    with override_gates(model, set_gates([3], 1.0), ["se1"]):
        np.testing.assert_array_equal(effects[3], predict_logits(model, x) - predict_logits(TinyForTests(), x))
    assert ablate_channels(model, x).shape == (8, 4, 3)  # the last block by default
    with pytest.raises(ValueError, match="no SE block 'se7'"):
        ablate_channels(model, x, "se7")


def test_the_cued_digits_need_their_gates():
    """The one task of which it is known what the gates decide: take the decision away, and chance is left."""
    task = RECIPES["cued-digits"].task(n_train=1, n_test=120)
    model = load_tiny_cnn("cued-digits")
    results = compare_gates(model, task.x_test, task.labels_test)
    assert results["learned"] == evaluate(model, task.x_test, task.labels_test)
    assert results["learned"].accuracy > 0.9
    assert max(results[name].accuracy for name in ("shuffled", "mean", "half", "open")) < 0.5
