"""Every mistake of the gallery is noticed, the right pair beside it passes, and a probe that hides it says so."""

import numpy as np
import pytest
from comparing import scaled

from senumpy import ops
from senumpy.gradcheck import check
from senumpy.mistakes import MISTAKES, probes
from senumpy.mistakes.mistake import by_name


@pytest.mark.parametrize("scale", [1.0, pytest.param(1e-8, marks=pytest.mark.slow)])  # seconds, all together
@pytest.mark.parametrize("name", MISTAKES)
def test_default_probe_fails_and_the_hint_names_the_cause(name, scale):
    mistake = MISTAKES[name]
    report = check(*scaled(mistake.forward, mistake.backward, scale), mistake.probe)
    assert report.status == "FAIL", report
    if mistake.hint:
        assert any(mistake.hint in sentence for sentence in report.hints + report.failures), report


@pytest.mark.parametrize("name", MISTAKES)
def test_right_pair_passes_on_the_same_probe(name):
    mistake = MISTAKES[name]
    scale = 10.0 ** -(mistake.seed % 9)
    report = check(*scaled(*mistake.right, scale), mistake.probe, max_entries=40)
    assert all(tensor.status == "PASS" for tensor in report.tensors.values()), report
    # Some mistakes need square weights, and square weights are a reason to look twice.
    assert report.status == "PASS" or all("is square" in spot for spot in report.blind_spots), report


@pytest.mark.parametrize("name", MISTAKES)
def test_no_random_probe_passes(name):
    mistake = MISTAKES[name]
    for seed in (101, 102):
        inputs = mistake.draw(np.random.default_rng(seed))
        report = check(*scaled(mistake.forward, mistake.backward, 10.0 ** -(seed % 9)), inputs, max_entries=30)
        assert report.status == "FAIL" or report.blind_spots, report
        assert report.status != "PASS"


def one_sample(inputs):
    return {**inputs, "x": inputs["x"][:1]}


def one_pixel(inputs):
    return {**inputs, "x": inputs["x"][:, :, :1, :1]}


def changed(name, change):
    return lambda inputs: {**inputs, name: change(inputs[name])}


# What the probe is changed to, and the words in which the report must say that it cannot see the mistake there.
BLIND = [
    ("relu_not_masked", "all on", changed("x", np.abs), "does a mask let everything through here"),
    ("relu_of_gradient", "all off", changed("x", lambda x: -np.abs(x)), "zero everywhere"),
    ("relu_in_place", "all on", changed("x", np.abs), "backward changes its inputs or dout"),
    ("tanh_at_pre_activation", "tiny", changed("x", lambda x: x * 1e-4), "With random numbers for every input"),
    ("hard_sigmoid_not_clipped", "small", changed("x", lambda x: x / 10), "With x of size 8"),
    ("hard_sigmoid_not_clipped", "at zero", changed("x", np.zeros_like), "With the entries of x scattered"),
    ("tanh_at_pre_activation", "at zero", changed("x", np.zeros_like), "With the entries of x scattered"),
    ("linear_bias_averaged", "one sample", one_sample, "N = 1"),
    ("linear_averaged_again", "one sample", one_sample, "N = 1"),
    ("linear_weights_transposed", "x is zero", changed("x", np.zeros_like), "gradient of w is zero everywhere"),
    ("linear_inputs_transposed", "symmetric", changed("w", lambda w: np.eye(len(w))), "square"),
    ("scale_mean_for_sum", "one pixel", one_pixel, "one pixel"),
    ("scale_gate_not_applied", "all gates 1", changed("s", np.ones_like), "With the entries of s scattered"),
    ("scale_accidental_broadcast", "equal gates", changed("s", np.ones_like), "With the entries of s scattered"),
    ("se_no_gate_path", "w2 is zero", changed("w2", np.zeros_like), "gradient of w1 is zero everywhere"),
    ("se_no_gate_path", "all off", changed("b1", lambda b: b - 20), "gradient of w1 is zero everywhere"),
    ("se_no_mean", "one pixel", one_pixel, "one pixel"),
    ("se_mean_over_batch", "one sample", one_sample, "N = 1"),
    ("se_sigmoid_at_pre_activation", "x is zero", changed("x", np.zeros_like), "gradient of w1 is zero everywhere"),
    ("se_mask_forgotten", "all on", changed("b1", lambda b: b + 20), "With random numbers for every input"),
    ("se_weights_see_pre_activation", "all on", changed("b1", lambda b: b + 20), "With random numbers for every input"),
    *(
        (f"se_{name}", f"saturated by {by}", changed("b2", lambda b, by=by: b + by), "is a gate saturated")
        for name in ("no_gate_path", "no_mean", "mean_over_batch", "gate_not_applied")
        for by in (40, 60)
    ),
    *(
        (f"se_{name}", "saturated", changed("b2", lambda b: b + 60), "is a gate saturated")
        for name in ("mask_forgotten", "mask_by_gradient", "weights_see_pre_activation")
    ),
    (
        "se_mask_forgotten",
        "all on and saturated",
        lambda inputs: {**inputs, "b1": inputs["b1"] + 60, "b2": inputs["b2"] + 60},
        "With random numbers for every input",
    ),
    (
        "max_pool2d_tie_to_both",
        "no ties",
        lambda inputs: probes.images(np.random.default_rng(1), H=4, W=6),
        "With entries of x that tie",
    ),
    (
        "max_pool2d_overwritten",
        "falling",
        changed("x", lambda x: -np.arange(x.size, dtype=float).reshape(x.shape)),
        "the gradient of x is wrong, although it is right at this probe",
    ),
    ("global_avg_pool_no_mean", "one pixel", one_pixel, "one pixel"),
    ("global_max_pool_like_mean", "one pixel", one_pixel, "one pixel"),
    ("conv2d_kernel_not_flipped", "constant kernel", changed("w", np.ones_like), "With the entries of w scattered"),
    ("conv2d_kernel_axes_swapped", "x is zero", changed("x", np.zeros_like), "gradient of w is zero everywhere"),
    ("conv2d_weights_averaged", "one sample", one_sample, "N = 1"),
    ("batch_norm_no_variance", "gamma 0", changed("gamma", np.zeros_like), "gradient of x is zero everywhere"),
    ("batch_norm_gamma_forgotten", "gamma 1", changed("gamma", np.ones_like), "With the entries of gamma scattered"),
    (
        "softmax_cross_entropy_not_averaged",
        "one sample",
        lambda inputs: {name: a[:1] for name, a in inputs.items()},
        "N = 1",
    ),
]


@pytest.mark.parametrize(("name", "how", "change", "words"), BLIND, ids=[f"{case[0]}-{case[1]}" for case in BLIND])
def test_probe_that_hides_the_mistake_says_why(name, how, change, words):
    mistake = MISTAKES[name]
    inputs = change(mistake.probe)
    report = check(mistake.forward, mistake.backward, inputs, max_entries=30)
    assert report.status == "INCONCLUSIVE", report
    assert any(words in spot for spot in report.blind_spots), report
    right = check(*mistake.right, inputs, max_entries=30)
    assert right.status in ("PASS", "INCONCLUSIVE")  # the same numbers, so it cannot be better off
    assert not any("although it is right at this probe" in spot for spot in right.blind_spots), right


@pytest.mark.parametrize("name", MISTAKES)
def test_forward_is_right(name):
    """The mistake is in backward alone: both forwards give the same bits."""
    mistake = MISTAKES[name]
    mine, theirs = mistake.forward(**mistake.probe)[0], mistake.right[0](**mistake.probe)[0]
    assert np.array_equal(mine, theirs)
    if mistake.right[0] is getattr(ops, f"{mistake.op}_forward", None):
        assert mistake.right[1] is getattr(ops, f"{mistake.op}_backward")


@pytest.mark.parametrize("name", MISTAKES)
def test_the_source_gives_nothing_away(name):
    mistake = MISTAKES[name]
    assert mistake.source.startswith(f"def {mistake.op}_backward(dout, ")
    assert '"""' not in mistake.source and "wrong" not in mistake.source
    compile(mistake.source, name, "exec")
    assert mistake.name == name and name.startswith(mistake.op)
    assert mistake.what.endswith(".") and mistake.story.endswith((".", ".)"))
    assert name in repr(mistake) and mistake.what in repr(mistake)


def test_probes_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        MISTAKES["se_no_mean"].probe["x"][:] = 0


def test_probes_have_both_sides_of_every_mask():
    for seed in range(20):
        inputs = probes.se(np.random.default_rng(seed), bias=False)
        hidden = inputs["x"].mean((2, 3)) @ inputs["w1"].T
        assert np.any(hidden > 0) and np.any(hidden < 0) and inputs["b1"] is None
        x = probes.numbers(np.random.default_rng(seed))["x"]
        assert all(np.any(x < kink) and np.any(x > kink) for kink in (-3, 0, 3))
        assert min(np.abs(x - kink).min() for kink in (-3, 0, 3)) >= 0.05
        pixels = np.sort(probes.images(np.random.default_rng(seed))["x"].ravel())
        assert np.diff(pixels).min() > 0.09
        tied = probes.images_with_ties(np.random.default_rng(seed))["x"]
        windows = np.sort(tied.reshape(2, 3, 2, 2, 3, 2).swapaxes(3, 4).reshape(-1, 4))
        assert np.any(windows[:, -1] == windows[:, -2])


def test_two_entries_of_one_name_are_refused():
    mistake = MISTAKES["se_no_mean"]
    with pytest.raises(ValueError, match="se_no_mean more than once"):
        by_name([mistake], [mistake])
