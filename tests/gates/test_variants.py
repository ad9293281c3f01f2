"""All that looks at gates looks at every variant of the block by the same calls, over the stand-in for CuPy too."""

import copy

import numpy as np
import pytest
from comparing import assert_close
from gates.planted import random_images

from senumpy.gates import (
    GateRecorder,
    ablate_channels,
    check_health,
    class_profiles,
    compare_gates,
    constant_gates,
    feature_maps,
    gate_values,
    gradient_paths,
    health_table,
    mean_gates,
    override_gates,
    predict_logits,
    set_gates,
    shuffled_gates,
    sliding_gates,
)
from senumpy.models import SmallResNet, TinyCNN
from senumpy.pictures import plot_channels_by_images, plot_film, plot_gates_over_training, plot_profiles, save_film
from senumpy.pictures.one_image import plot_gates_of_image
from senumpy.pictures.style import gate_range
from senumpy.training import evaluate

VARIANTS = {
    "textbook": {},
    "max": {"squeeze": "max"},
    "no squeeze": {"squeeze": "none", "bias": True},
    "tanh": {"gate": "tanh", "bias": True},
    "relu": {"gate": "relu", "bias": True},
    "hard sigmoid": {"gate": "hard_sigmoid", "slope": 0.2},
    "sum": {"combine": "sum"},
    "sum over pixels": {"combine": "sum", "squeeze": "none", "gate": "tanh"},
    "fixed": {"fixed": True},
    "fixed sum": {"fixed": True, "combine": "sum", "gate": "tanh"},
}
each_variant = pytest.mark.parametrize("words", VARIANTS.values(), ids=VARIANTS)
IMAGES = random_images(6)
LABELS = np.arange(6) % 3


def new(dtype=np.float32, seed=0, **words):
    """Return a small network whose gates move well from picture to picture, as after training."""
    model = TinyCNN(num_classes=3, widths=(8, 6), reduction=2, rng=np.random.default_rng(seed), dtype=dtype, **words)
    rng = np.random.default_rng(seed + 1)
    for name, p in model.params.items():
        if ".fc." in name:
            p += 1.5 * rng.standard_normal(p.shape)
    model.params["fc.weight"] *= 50  # the classifier starts tiny; a trained one does not
    return model.eval()


def up_to(model, block, x):
    """What goes into a block."""
    for name, layer in model.children.items():
        if name == block:
            return x
        x = layer.forward(x)


def from_there(model, block, x):
    """What the network makes of the output of a block."""
    names = list(model.children)
    for name in names[names.index(block) + 1 :]:
        x = model.children[name].forward(x)
    return x


def added(words):
    return words.get("combine") == "sum"


@each_variant
def test_gates_are_one_number_a_channel(words):
    model = new(**words)
    gates = gate_values(model, IMAGES)
    assert {name: s.shape for name, s in gates.items()} == {"se1": (6, 8), "se2": (6, 6)}
    block = copy.deepcopy(model.children["se2"])
    block.forward(up_to(model, "se2", IMAGES))
    assert block.s.ndim == (4 if words.get("squeeze") == "none" else 2)
    assert_close(gates["se2"], block.s.mean(axis=(2, 3)) if block.s.ndim == 4 else block.s, 1e-6)


@each_variant
def test_recorder_profiles_and_windows(words, tmp_path):
    model = new(**words)
    recorder = GateRecorder(IMAGES)
    recorder.record(model)
    recorder.record(new(seed=5, **words), step=3)
    loaded = GateRecorder.load(recorder.save(tmp_path / "gates"))
    for name, s in gate_values(model, IMAGES).items():
        np.testing.assert_array_equal(loaded.gates[name][0], s)
    profile = class_profiles(recorder.at(0), LABELS)["se2"]
    assert profile.mean.shape == (3, 6) and (profile.explained > 0) == (not words.get("fixed"))
    sliding = sliding_gates(model, random_images(1, size=12)[0], window=8, stride=4)
    assert sliding.gates["se1"].shape == (2, 2, 8)
    assert_close(
        sliding.gates["se2"][0, 1], gate_values(model, random_images(1, size=12)[:, :, :8, 4:])["se2"][0], 1e-6
    )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, id=name, marks=[] if name in ("textbook", "tanh", "relu") else [pytest.mark.slow])
        for name, words in VARIANTS.items()  # gates from 0 to 1, below and beyond; the others lie in these ranges too
    ],
)
def test_pictures_show_gates_beyond_zero_and_one_too(words, tmp_path):
    recorder = GateRecorder(IMAGES)
    recorder.record(new(**words))
    recorder.record(new(seed=5, **words), step=3)
    low, high = gate_range(*recorder.gates.values())
    assert (low < 0) == (words.get("gate") == "tanh") and (high > 1) == (words.get("gate") == "relu")
    figures = [
        plot_channels_by_images(recorder.at(0), recorder.at(1), IMAGES),
        plot_film(recorder),
    ]
    for figure in figures:
        maps = [image for ax in figure.axes for image in ax.images if image.get_cmap().name == "viridis"]
        assert {image.get_clim() for image in maps} == {(low, high)}
    lines = plot_gates_over_training(recorder, 0).axes[0]
    assert lines.get_ylim() == (low, high)
    for label in lines.texts:  # beside the end of its line, moved by no more than labels need to stand apart
        assert abs(label.xyann[1] - recorder.at(1)["se1"][0, int(label.get_text())]) < 0.25 * (high - low)
    profiles = class_profiles(recorder.at(0), LABELS)
    for ax, profile in zip(plot_profiles(profiles, [*"abc"]).axes, profiles.values(), strict=True):
        assert ax.get_ylim() == gate_range(profile.mean)
    axes = plot_gates_of_image(IMAGES[0], {name: s[0] for name, s in recorder.at(0).items()}).axes
    for ax, s in zip(axes[1:], recorder.at(0).values(), strict=True):
        bottom, top = ax.get_ylim()
        assert bottom <= s[0].min() and s[0].max() < top
    assert save_film(recorder, tmp_path / "film", frames=2).stat().st_size > 0


@each_variant
def test_a_forced_gate_is_one_number_a_channel(words):
    """By hand: what went into the block, times or plus that number."""
    model = new(**words)
    x = up_to(model, "se2", IMAGES)
    with override_gates(model, constant_gates(0.25), ["se2"]):
        np.testing.assert_array_equal(gate_values(model, IMAGES)["se2"], 0.25)
        assert_close(predict_logits(model, IMAGES), from_there(model, "se2", x + 0.25 if added(words) else x / 4), 1e-6)
    effects = ablate_channels(model, IMAGES, "se2", value=0.5)
    assert effects.shape == (6, 6, 3)
    out = copy.deepcopy(model.children["se2"]).forward(x)
    out[:, 4] = x[:, 4] + 0.5 if added(words) else x[:, 4] / 2
    assert_close(effects[4], from_there(model, "se2", out) - predict_logits(model, IMAGES), 1e-5)


@each_variant
def test_rules_for_gates_of_pixels_and_of_channels(words):
    model, gates = new(**words), gate_values(new(**words), IMAGES)
    means = {name: s.mean(axis=0) for name, s in gates.items()}
    with override_gates(model, mean_gates(gates)):
        for name, s in gate_values(model, IMAGES).items():
            assert_close(s, np.broadcast_to(means[name], s.shape), 1e-6)
    with override_gates(model, shuffled_gates(np.random.default_rng(0)), ["se1"]):
        assert_close(np.sort(gate_values(model, IMAGES)["se1"], axis=0), np.sort(gates["se1"], axis=0), 1e-6)
    with override_gates(model, set_gates([0, 2], 0.75), ["se1"]):
        s = gate_values(model, IMAGES)["se1"]
    np.testing.assert_array_equal(s[:, [0, 2]], 0.75)
    assert_close(np.delete(s, [0, 2], 1), np.delete(gates["se1"], [0, 2], 1), 1e-6)


@each_variant
def test_open_gates_are_a_network_without_blocks(words):
    model = new(**words)
    plain = TinyCNN(num_classes=3, widths=(8, 6), se=False)
    plain.load_state_dict({name: a for name, a in model.state_dict().items() if not name.startswith("se")})
    results = compare_gates(model, IMAGES, LABELS)
    assert results["open"] == evaluate(plain, IMAGES, LABELS)
    if words.get("fixed"):
        assert results["shuffled"] == results["learned"] and results["mean"].loss == pytest.approx(
            results["learned"].loss, rel=1e-5
        )
    else:
        assert results["half"] != results["learned"]


@each_variant
def test_feature_maps_are_what_goes_in_and_what_comes_out(words):
    model = new(**words)
    x = up_to(model, "se2", IMAGES[:1])
    before, after, s = feature_maps(model, IMAGES[0])
    np.testing.assert_array_equal(before, x[0])
    np.testing.assert_array_equal(after, copy.deepcopy(model.children["se2"]).forward(x)[0])
    np.testing.assert_array_equal(s, gate_values(model, IMAGES[:1])["se2"][0])
    with override_gates(model, constant_gates(0.5), ["se2"]):
        _, after, s = feature_maps(model, IMAGES[0])
    np.testing.assert_array_equal(after, x[0] + 0.5 if added(words) else x[0] / 2)
    assert (s == 0.5).all()


@each_variant
def test_the_two_paths_are_those_of_the_numerical_derivative(words):
    model, image = new(np.float64, **words), IMAGES[0].astype(np.float64)
    x = up_to(model, "se2", image[None])
    block = copy.deepcopy(model.children["se2"])
    out = block.forward(x)
    own = block.s

    def loss(x, gates=None):
        if gates is not None:
            out = x + gates if added(words) else x * gates
        else:
            out = copy.deepcopy(model.children["se2"]).forward(x)
        logits = from_there(model, "se2", out)
        return np.log(np.exp(logits - logits[0, label]).sum())

    label = int(from_there(model, "se2", out).argmin())  # the loss is large, and so is its gradient
    direct, through_gate = gradient_paths(model, image, label)
    fixed = own if own.ndim == 4 else own[:, :, None, None]
    places = np.argwhere((np.abs(direct) > 1e-3) & (x[0] > 0))[
        :4
    ]  # winners in the next pool, and not by a tie of zeros
    assert len(places) and out.shape == (1, *direct.shape)
    for c, i, j in places:
        step = np.zeros_like(x)
        step[0, c, i, j] = 1e-6
        whole = (loss(x + step) - loss(x - step)) / 2e-6
        only_direct = (loss(x + step, fixed) - loss(x - step, fixed)) / 2e-6
        assert direct[c, i, j] == pytest.approx(only_direct, rel=1e-4)
        assert through_gate[c, i, j] == pytest.approx(whole - only_direct, rel=1e-3, abs=1e-7)
    assert (abs(through_gate).max() > 1e-6) == (not words.get("fixed"))


@each_variant
def test_healthy_variants_are_called_healthy(words):
    health = check_health(new(**words), random_images(40, seed=3))
    for name, h in health.items():
        assert not h.diseases, f"{name}: {h.verdict}"
        assert h.measured.of == ("pixel" if words.get("squeeze") == "none" else "picture")
        assert ("fixed" in h.verdict) == bool(words.get("fixed"))
    assert "Healthy" in health_table(health)


@pytest.mark.parametrize(
    "words, change, disease, sentence",
    [
        ({"gate": "tanh"}, 0.0, "stuck near 0", "next to nothing through"),
        ({"gate": "tanh", "combine": "sum"}, 0.0, "stuck near 0", "next to everything through"),
        ({"gate": "hard_sigmoid"}, 0.0, "stuck near 1/2", "halve its input"),
        ({"combine": "sum"}, 0.0, "stuck near 1/2", "add 1/2 to its input"),
        ({"squeeze": "none"}, 0.0, "stuck near 1/2", "whatever the pixel"),
        ({"gate": "relu", "bias": True}, -50.0, "saturated", "near 0 whatever the picture"),
        ({"gate": "tanh", "bias": True}, 50.0, "saturated", "near -1 or 1 whatever the picture"),
        ({"fixed": True}, 50.0, "saturated", "near 1 whatever the picture"),
    ],
    ids=str,
)
def test_sick_variants_are_named(words, change, disease, sentence):
    model = new(**words)
    for name, p in model.params.items():
        if name.startswith("se2"):
            p[...] = change if name.endswith("2.bias") else 0
    found = check_health(model, random_images(10))["se2"]
    assert found.diseases[0] == disease or disease in found.diseases, found.verdict
    assert sentence in found.verdict


def test_gates_of_pixels_that_differ_within_a_picture_are_not_called_stuck():
    """Their mean over many pixels hardly moves from picture to picture: it is the pixels that must be asked."""
    model, x = new(squeeze="none", bias=True), np.random.default_rng(8).random((6, 3, 48, 48), dtype=np.float32)
    assert gate_values(model, x)["se1"].std(axis=0).mean() < 0.01
    assert not check_health(model, x)["se1"].diseases


@each_variant
def test_all_of_it_over_the_stand_in(words, stand_in):
    here, there = new(**words), new(**words).to("cupy")
    rules = [constant_gates(0.25), set_gates(1, 0.5), mean_gates(gate_values(here, IMAGES))["se1"]]
    for rule in rules:
        found = []
        for model in (here, there):
            with override_gates(model, rule, ["se1"]):
                found.append((gate_values(model, IMAGES), predict_logits(model, IMAGES)))
        (gates, logits), (same_gates, same_logits) = found
        np.testing.assert_array_equal(logits, same_logits)
        for name, s in gates.items():
            np.testing.assert_array_equal(s, same_gates[name])
    assert compare_gates(there, IMAGES, LABELS) == compare_gates(here, IMAGES, LABELS)
    np.testing.assert_array_equal(ablate_channels(there, IMAGES), ablate_channels(here, IMAGES))
    assert check_health(there, IMAGES) == check_health(here, IMAGES)
    for look in (lambda m: feature_maps(m, IMAGES[0]), lambda m: gradient_paths(m, IMAGES[0], 1, "se1")):
        for mine, theirs in zip(look(here), look(there), strict=True):
            assert type(theirs) is np.ndarray
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("position", ["standard", "pre", "post", "identity", "inside"])
def test_a_residual_network_is_looked_at_by_the_same_calls(position):
    model = SmallResNet(8, num_classes=3, reduction=4, position=position, squeeze="none", rng=np.random.default_rng(0))
    gates = gate_values(model, IMAGES)
    channels = (16, 16, 32) if position == "pre" else (16, 32, 64)
    assert [s.shape for s in gates.values()] == [(6, C) for C in channels]
    name = list(gates)[1]
    before, after, s = feature_maps(model, IMAGES[0], name)
    assert before.shape == after.shape and s.shape == channels[1:2]
    direct, through_gate = gradient_paths(model, IMAGES[0], 1, name)
    assert direct.shape == before.shape and abs(through_gate).max() > 0
    assert set(compare_gates(model, IMAGES, LABELS)) == {"learned", "shuffled", "mean", "half", "open"}
    assert list(check_health(model, IMAGES)) == list(gates)
