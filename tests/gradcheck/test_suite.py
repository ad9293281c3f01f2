"""The suite's own probes: every operation, layer and model passes, at any seed.

The full proof takes some ten minutes: set SENUMPY_GRADCHECK_SEEDS=200 and run this file alone.
"""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from senumpy import ops
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
    "avg_pool2d": {"count_include_pad": {True, False}},
    "se_variant": {
        "squeeze": {"avg", "max", "none"}, "gate": {"sigmoid", "tanh", "relu", "hard_sigmoid"},
        "combine": {"product", "sum"},
    },
    "fixed_gates": {"gate": {"sigmoid", "tanh"}, "combine": {"product", "sum"}},
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_other_seeds_try_other_options(name, monkeypatch):
    forward, seen = getattr(ops, f"{name}_forward"), {option: set() for option in OPTIONS[name]}

    def listening(*args, **options):
        for option, values in seen.items():
            values.add(options[option])
        return forward(*args, **options)

    monkeypatch.setattr(ops, f"{name}_forward", listening)
    def calling(forward, backward, inputs, **options):  # in place of the check, which takes longer
        forward(**inputs)
        return SimpleNamespace()

    for room in (suite_of_ops, suite_of_variants):
        monkeypatch.setattr(room, "check", calling)
    for seed in range(40):
        suite.run_case(name, seed=seed)
    assert seen == OPTIONS[name]
