"""NaN and infinity never pass for a healthy number, wherever they are; and they come without a warning on the way."""

import io

import numpy as np
import pytest
from gates.planted import FixedGates, ForgetsTheGate, NotCalled, TinyForTests, random_images, transplant

from senumpy import gates, lab, pictures
from senumpy.finite import in_units_of, largest_first, reach
from senumpy.layers import GlobalAvgPool, Linear, SEBlock, Sequential

BAD = [np.nan, np.inf, -np.inf]


def with_bad(name, value):
    """Return a model with one bad number in a parameter or buffer."""
    model = TinyForTests()
    {**model.params, **model.buffers}[name].flat[0] = value
    return model


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize(
    "name",
    ["se1.fc.0.weight", "se1.fc.2.weight", "se2.fc.0.weight", "se2.fc.2.weight", "conv1.weight", "bn2.weight",
     "bn2.bias", "bn1.running_mean", "bn1.running_var", "bn2.running_var", "fc.weight", "fc.bias"],
)  # fmt: skip
def test_a_bad_number_in_the_model_is_the_first_disease_and_named(name, value):
    health = gates.check_health(with_bad(name, value), random_images(20))
    block = health["se1" if name.startswith("se1") else "se2"]
    assert block.diseases[0] == "not a number" and block.verdict.startswith("Not a number")
    assert name in block.verdict and "Healthy" not in block.verdict
    for other in health.values():  # whatever was measured as NaN brings no other disease
        assert set(other.diseases) <= {"not a number"}


@pytest.mark.parametrize("value", BAD)
def test_one_bad_gate_is_enough(value):
    table = np.random.default_rng(0).random((10, 6))
    table[3, 2] = value
    model = Sequential(se=FixedGates(table), gap=GlobalAvgPool(), fc=Linear(6, 2))
    model.children["se"].backward = lambda dout: dout
    block = gates.check_health(model, np.ones((10, 6, 2, 2), np.float32))["se"]
    assert block.diseases[0] == "not a number" and "its gates" in block.verdict
    assert np.isnan([block.measured.mean, block.measured.spread, block.measured.near_half]).all()
    assert "nan" in gates.health_table({"se": block})


@pytest.mark.parametrize("weight", ["fc.0.weight", "fc.2.weight"])
def test_a_bad_gradient_is_found_in_its_block_only_and_shown_in_the_table(weight):
    class Spoils(ForgetsTheGate):
        def backward(self, dout):
            dx = super().backward(dout)
            self._grads = {name: np.full_like(g, 0.1) for name, g in self._grads.items()}
            self._grads[weight].flat[-1] = np.nan
            return dx

    health = gates.check_health(transplant(TinyForTests(), "se2", Spoils), random_images(20))
    assert health["se2"].diseases == ("not a number",) and health["se1"].diseases == ()
    assert f"the gradient of se2.{weight}" in health["se2"].verdict
    line = gates.health_table(health).splitlines()[3]
    assert line.startswith("se2") and line.endswith("nan")


def test_a_bad_gradient_outside_the_blocks_is_told_as_well():
    model = TinyForTests()
    conv = model.children["conv1"]
    backward = conv.backward

    def spoil(dout):
        dx = backward(dout)
        conv._grads["weight"] = conv._grads["weight"] * np.float32(np.nan)
        return dx

    conv.backward = spoil
    health = gates.check_health(model, random_images(20))
    assert all("the gradient of conv1.weight" in block.verdict for block in health.values())


def test_a_block_that_is_not_called_has_its_own_bad_numbers_only():
    model = NotCalled(num_classes=3, widths=(8, 8), reduction=2)
    model.load_state_dict(TinyForTests().state_dict())
    assert gates.check_health(model, random_images(20))["se2"].diseases == ("not called",)
    model.params["se2.fc.0.weight"][0, 0] = np.nan
    health = gates.check_health(model, random_images(20))
    assert health["se2"].diseases == ("not a number", "not called") and health["se1"].diseases == ()


def test_a_block_that_is_the_whole_model_is_examined_too():
    block = SEBlock(6, reduction=2, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).random((9, 6, 3, 3), np.float32)
    assert "not a number" not in gates.check_health(block, x)[""].diseases
    block.params["fc.0.weight"][0, 0] = np.nan
    assert gates.check_health(block, x)[""].diseases[0] == "not a number"


@pytest.mark.parametrize("value", BAD)
def test_bad_pictures_are_the_callers_fault_and_named(value):
    x = random_images(10)
    x[4, 1, 2, 3] = x[7, 0, 0, 0] = value
    with pytest.raises(ValueError, match=r"2 of the 10 pictures given hold NaN or infinity, the first is x\[4\]"):
        gates.check_health(TinyForTests(), x)


def test_what_is_measured_beside_a_bad_number_stays_what_it_is():
    """Class profiles, contrasts and effects: NaN for what is not a number, the same as ever for all else."""
    rng = np.random.default_rng(0)
    s, labels = rng.random((12, 4)), np.arange(12) % 3
    clean = gates.class_profiles({"se": s}, labels)["se"]
    for value in BAD:
        bad = s.copy()
        bad[4, 2] = value  # a picture of class 1
        profile = gates.class_profiles({"se": bad}, labels)["se"]
        assert np.isnan(profile.explained) and np.isnan(profile.differences[2]) and not np.isfinite(profile.mean[1, 2])
        np.testing.assert_array_equal(profile.differences[[0, 1, 3]], clean.differences[[0, 1, 3]])

        places = np.arange(0, 30, 10)
        maps = rng.random((3, 3, 2))
        whole = gates.region_contrast(gates.SlidingGates({"se": maps}, maps, places, places, 10), "se", (12, 12, 6, 6))
        maps[0, 0, 1] = value
        found = gates.region_contrast(gates.SlidingGates({"se": maps}, maps, places, places, 10), "se", (12, 12, 6, 6))
        assert found[0] == whole[0] and np.isnan(found[1])


@pytest.mark.parametrize("name", ["se1.fc.0.weight", "fc.weight", "bn1.running_var"])
def test_experiments_and_recordings_hand_on_what_is_not_a_number(name):
    model, x = with_bad(name, np.nan), random_images(6)
    for evaluation in gates.compare_gates(model, x, np.arange(6) % 3).values():
        assert np.isnan(evaluation.loss) or name == "se1.fc.0.weight"  # which gates of another's choice replace
    assert np.isnan(gates.ablate_channels(model, x, "se1")).any()
    assert not np.isfinite(gates.gradient_paths(model, x[0], 0, "se1")[0]).all()
    recorder = gates.GateRecorder(x)
    recorder.record(model)
    assert np.isnan(recorder.at(0)["se2"]).any() == (name != "fc.weight")


def test_infinite_logits_are_handed_on_without_a_warning():
    model, x = with_bad("fc.weight", np.inf), random_images(6)
    assert not any(np.isfinite(e.loss) for e in gates.compare_gates(model, x, np.arange(6) % 3).values())
    assert not np.isfinite(gates.ablate_channels(model, x)).all()


def test_logits_that_overflow_under_random_gates_are_told():
    model = Sequential(se=FixedGates(np.full((8, 2), 1e-4)), gap=GlobalAvgPool(), fc=Linear(2, 2))
    model.params["fc.weight"][...] = 3e38
    model.children["se"].backward = lambda dout: dout
    block = gates.check_health(model, np.ones((8, 2, 2, 2), np.float32))["se"]
    assert block.measured.not_finite == () and block.diseases[0] == "not a number"
    assert "measured with random gates" in block.verdict


def test_an_order_puts_nan_first_and_a_scale_leaves_it_out():
    assert largest_first([0.2, np.inf, np.nan, -np.inf, 0.3]).tolist() == [2, 1, 4, 0, 3]
    assert reach(np.array([np.nan, -2.0, np.inf])) == 2.0 and reach(np.array([np.nan])) == 1e-3
    std, values = np.array([np.nan, 0.1, 1e-9, 1e-9]), np.array([0.0, np.nan, np.nan, 1.0])
    np.testing.assert_array_equal(in_units_of(std, values)[[0, 1, 3]], [np.nan, np.nan, 0.0])
    assert np.isnan(in_units_of(std, values)[2])


def spoiled(a, index):
    a = np.array(a, dtype=float)
    a[index] = np.nan
    return a


def figures():
    """Return every figure with a NaN in what it is given."""
    rng, image = np.random.default_rng(0), random_images(1)[0]
    s, maps = spoiled(rng.random((3, 6)), (0, 5)), spoiled(rng.random((6, 4, 4)), (5, 1, 1))
    recorder = gates.GateRecorder(random_images(3))
    recorder._moments = {0: {"se": rng.random((3, 6))}, 9: {"se": s}}
    profile = gates.class_profiles({"se": s}, np.arange(3))
    sliding = gates.SlidingGates({"se": spoiled(rng.random((4, 4, 6)), (0, 0, 5))}, s, np.arange(4), np.arange(4), 4)
    accuracy = {"plain": [0.9, 0.8, 0.9], "se": [0.9, np.nan, 0.9]}
    runs = [
        {"variant": v, "seed": k, "test_accuracy": accuracy[v][k], "parameters": 1, "seconds": 1}
        for v in accuracy
        for k in range(3)
    ]
    record = {"plan": {"data": "a", "options": {}}, "runs": runs, "summary": lab.summarise(runs, ["plain", "se"])}
    return {
        "heat maps": pictures.plot_channels_by_images({"se": s}),
        "training": pictures.plot_gates_over_training(recorder),
        "sheet": pictures.plot_film(recorder, 2),
        "profiles": pictures.plot_profiles(profile, [*"abc"]),
        "spread": pictures.plot_spread(profile, [*"abc"]),
        "differences": pictures.plot_differences(profile),
        "features": pictures.plot_feature_maps(maps, maps, s[0]),
        "paths": pictures.plot_gradient_paths(maps, maps),
        "sliding": pictures.plot_sliding_gates(image, sliding, "se"),
        "effects": pictures.plot_effects(spoiled(rng.random((6, 2, 3)), (5, 0, 0)), [*"abc"]),
        "one picture": pictures.plot_gates_of_image(image, {"se": s[0]}),
        "seeds": pictures.plot_runs(record),
    }


def test_every_figure_is_drawn_around_a_nan_and_ranks_it_first():
    drawn = figures()
    for figure in drawn.values():
        figure.savefig(io.BytesIO(), dpi=30)
    for name in ("features", "paths", "sliding"):
        first = next(ax.get_title() for ax in drawn[name].axes if ax.get_title().startswith("channel"))
        assert first.startswith("channel 5"), name
        finite = [ax.images[0].get_clim() for ax in drawn[name].axes if ax.images]
        assert np.isfinite(finite).all(), name
    assert "not a number: 1 of 6 channels" in drawn["training"].axes[0].get_title()
    assert "nan" in [text.get_text() for text in drawn["one picture"].axes[1].texts]
