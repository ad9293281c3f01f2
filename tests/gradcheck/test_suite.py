"""The command's own probes: every operation, layer and model passes, at any seed.

The full proof takes some ten minutes: set SENUMPY_GRADCHECK_SEEDS=200 and run this file alone.
"""

import json
import os
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from senumpy import layers, ops
from senumpy.gradcheck import suite

SEEDS = int(os.environ.get("SENUMPY_GRADCHECK_SEEDS", 1))
PROBES = [(name, seed) for name in suite.CASES for seed in range(SEEDS)]


@pytest.mark.parametrize(("name", "seed"), PROBES)
def test_every_case_passes_by_complex_step(name, seed):
    report = suite.run_case(name, seed=seed)
    assert report.status == "PASS", report
    assert all(t.method == "complex_step" and t.error < 1e-12 for t in report.tensors.values())


@pytest.mark.parametrize(("name", "seed"), PROBES[::SEEDS] if SEEDS < 10 else PROBES)
def test_every_case_passes_by_central_differences_and_in_float32(name, seed):
    report = suite.run_case(name, seed=seed, method="central", max_entries=5)
    assert report.status == "PASS", report
    assert all(tensor.error < 1e-7 for tensor in report.tensors.values())
    assert suite.run_case(name, seed=seed, dtype="float32", max_entries=5).status == "PASS"


def test_every_operation_and_every_layer_has_a_case():
    pairs = {name.removesuffix("_forward") for name in ops.__all__ if name.endswith("_forward")}
    assert pairs <= set(suite.OPS)
    assert {name for name in layers.__all__ if name[0].isupper()} - {"Layer"} <= set(suite.LAYERS)


def test_seeds_draw_other_probes():
    sizes = {suite.run_case("relu", seed=seed).tensors["x"].size for seed in range(5)}
    assert len(sizes) > 1


def test_command(capsys):
    assert suite.main(["se", "models", "--seed", "3"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["check", "error", "allowed", "method", "entries", "verdict"]
    assert [line.split()[0] for line in lines] == ["se", *suite.MODELS]
    assert all(line.endswith("PASS") for line in lines)


def test_command_in_float32_by_differences(capsys):
    assert suite.main(["linear", "--dtype", "float32", "--method", "central"]) == 0
    assert "1e-04  central" in capsys.readouterr().out


def test_json(capsys):
    assert suite.main(["relu", "SEBlock", "--json"]) == 0
    reports = json.loads(capsys.readouterr().out)
    assert [report["name"] for report in reports] == ["relu", "SEBlock"]
    assert reports[1]["tensors"]["fc.0.weight"]["status"] == "PASS"


def test_a_wrong_operation_fails_the_command_with_its_report(capsys, monkeypatch):
    right = ops.scale_backward
    monkeypatch.setattr(ops, "scale_backward", lambda dout, cache: (right(dout, cache)[0], -right(dout, cache)[1]))
    assert suite.main(["scale", "relu"]) == 1
    out = capsys.readouterr().out
    assert "scale: FAIL" in out and "hint: ds: the truth with the sign turned round" in out


def test_verbose_shows_every_report(capsys):
    suite.main(["relu", "--verbose"])
    assert "relu: PASS\ntensor" in capsys.readouterr().out


def test_an_unknown_name_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as exit_:
        suite.main(["relo"])
    assert exit_.value.code == 2
    assert "no check is called 'relo'" in capsys.readouterr().err


def test_as_a_subcommand():
    import argparse

    parser = argparse.ArgumentParser()
    suite.add_parser(parser.add_subparsers())
    args = parser.parse_args(["gradcheck", "tanh"])
    assert args.func(args) == 0


def test_checks_in_threads_leave_the_warning_filters_of_the_process_alone():
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(suite.run_case, ["se", "batch_norm", "max_pool2d", "softmax_cross_entropy"] * 3))
    assert {report.status for report in reports} == {"PASS"}
    assert warnings.filters == before
