"""The suite's own probes: every operation, layer and model passes, at any seed.

The full proof takes some ten minutes: set SENUMPY_GRADCHECK_SEEDS=200 and run this file alone.
"""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from senumpy import ops
from senumpy.gradcheck.suite import layers as suite_of_layers
from senumpy.gradcheck.suite import ops as suite_of_ops
from senumpy.gradcheck.suite import run as suite
from senumpy.gradcheck.suite import variants as suite_of_variants

SEEDS = int(os.environ.get("SENUMPY_GRADCHECK_SEEDS", 1))
PROBES = [(name, seed) for name in suite.CASES for seed in range(SEEDS)]
LARGE = {"TinyCNN", "TinyCNN_without_se", "ResidualUnit"}  # seconds each by differences; by complex step they are quick


def some_slow(probes):
    """Mark the large ones as slow, unless it is the full proof that was asked for."""
    for name, seed in probes:
        yield pytest.param(name, seed, marks=[pytest.mark.slow] if name in LARGE and SEEDS == 1 else [])


@pytest.mark.parametrize(("name", "seed"), PROBES)
def test_every_case_passes_by_complex_step(name, seed):
    report = suite.run_case(name, seed=seed)
    assert report.status == "PASS", report
    assert all(t.method == "complex_step" and t.error < 1e-12 for t in report.tensors.values())


@pytest.mark.parametrize(("name", "seed"), list(some_slow(PROBES[::SEEDS] if SEEDS < 10 else PROBES)))
def test_every_case_passes_by_central_differences_and_in_float32(name, seed):
    report = suite.run_case(name, seed=seed, method="central", max_entries=5)
    assert report.status == "PASS", report
    assert all(tensor.error < 1e-7 for tensor in report.tensors.values())
    assert suite.run_case(name, seed=seed, dtype="float32", max_entries=5).status == "PASS"


def test_seeds_draw_other_probes():
    sizes = {suite.run_case("relu", seed=seed).tensors["x"].size for seed in range(5)}
    assert len(sizes) > 1


def test_checks_in_threads_leave_the_warning_filters_of_the_process_alone():
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(suite.run_case, ["se", "batch_norm", "max_pool2d", "softmax_cross_entropy"] * 3))
    assert {report.status for report in reports} == {"PASS"}
    assert warnings.filters == before


OPTIONS = {
    "conv2d": {"stride": {(2, 1), (1, 2), (2, 3), (3, 2), (1, 3), (3, 1)}, "groups": {1}},
    "conv2d_grouped": {"groups": {2, 3}},
    "max_pool2d": {"kernel_size": {(2, 1), (1, 2), (2, 3), (3, 2), (1, 3), (3, 1)}},
    "avg_pool2d": {"count_include_pad": {True, False}, "stride": {(2, 1), (1, 2), (2, 3), (3, 2), (1, 3), (3, 1)}},
    "se_variant": {
        "squeeze": {"avg", "max", "none"}, "gate": {"sigmoid", "tanh", "relu", "hard_sigmoid"},
        "combine": {"product", "sum"}, "hidden": {2, 3, 4},
    },
    "fixed_gates": {"gate": {"sigmoid", "tanh"}, "combine": {"product", "sum"}},
    "Conv2d": {"stride": {1, 2}, "size": {3, 4, 5, 6, 7}},
    "AvgPool2d": {"kernel_size": {(3, 2)}, "stride": {1}, "padding": {1}, "size": {3, 4, 5, 6, 7}},
    "MaxPool2d": {"kernel_size": {(2, 3)}, "padding": {(1, 0)}, "size": {3, 4, 5, 6, 7}},
    "relu": {"near 0": {False}, "far": {True, False}, "on both sides": {True}},
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_other_seeds_try_other_options(name, monkeypatch):
    """What the probes of many seeds are made of, all of it; the check itself is left out, which takes longer."""
    seen = {option: set() for option in OPTIONS[name]}

    def note(**found):
        for option in seen.keys() & found.keys():
            seen[option].add(found[option])

    def listening(x, *args, **options):
        kernel = {"kernel_size": tuple(args[0])} if "pool" in name else {}
        hidden = {"hidden": len(args[0])} if name == "se_variant" else {}
        note(**{option: tuple(v) if isinstance(v, list) else v for option, v in options.items()}, **kernel, **hidden)
        note(**{"near 0": bool(np.abs(x).min() < 0.05), "far": bool(np.abs(x).max() > 5)})
        note(**{"on both sides": bool(x.min() < 0 < x.max())})
        return forward(x, *args, **options)

    def calling(forward, backward, inputs, **options):
        forward(**inputs)
        return SimpleNamespace()

    def looking(layer, x, **options):
        note(**vars(layer))
        for size in x.shape[2:]:
            note(size=size)
        return SimpleNamespace()

    function = f"{name.removesuffix('_grouped')}_forward"
    if hasattr(ops, function):
        forward = getattr(ops, function)
        monkeypatch.setattr(ops, function, listening)
    for room in (suite_of_ops, suite_of_variants):
        monkeypatch.setattr(room, "check", calling)
    monkeypatch.setattr(suite_of_layers, "check_layer", looking)
    for seed in range(60):
        suite.run_case(name, seed=seed)
    assert seen == OPTIONS[name]


@pytest.mark.parametrize("shift, both", [(0.0, True), (9.0, False), (-9.0, False)])
@pytest.mark.parametrize("gate", ["sigmoid", "relu"])
def test_a_probe_of_a_block_has_hidden_units_on_both_sides(gate, shift, both):
    """Also where its gates, which have a kink of their own, are on both sides of that."""
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((3, 4)), np.full(3, shift), rng.standard_normal((4, 3)), np.zeros(4)
    x = rng.standard_normal((2, 4, 5, 6))
    assert suite_of_variants._has_both_sides(x, *weights, "avg", gate) is both
