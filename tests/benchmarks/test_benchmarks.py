"""The race track: both sides compute the same, a side that does not is refused, and the tables come out."""

import doctest
import json
import subprocess
import sys
import types

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")

from benchmarks import cases_network, cases_step, figures, goals, growth, memory, report, timing  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.cases_ops import op_sides  # noqa: E402
from benchmarks.op_shapes import op_cases  # noqa: E402
from senumpy import ops  # noqa: E402

pytestmark = pytest.mark.slow

CASES = op_cases(batch=2)
SIDES = ["senumpy", "PyTorch", "PyTorch channels-last"]


def case_named(name):
    return next(case for case in CASES if case.name.startswith(name))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_op_agrees_on_all_sides(case):
    sides = op_sides(case)
    assert list(sides)[:3] == SIDES
    assert all(side.keys() == {"forward", "backward", "both"} for side in sides.values())
    assert all(work["bytes"] > 0 for work in case.work().values())
    if case.op == "conv2d":
        *_, gradients = sides["senumpy"]["both"]()
        assert (gradients[0] is None) == case.first_layer


def test_a_convolution_stands_beside_its_matrix_products_and_counts_them():
    case = case_named("conv 3x3 stride 2, 16 to 32")
    assert "BLAS" in op_sides(case)
    assert "BLAS" not in op_sides(case_named("depthwise"))
    product = 2 * (2 * 16 * 16) * (16 * 3 * 3) * 32  # 2 operations, N OH OW pixels, C KH KW inputs, F outputs
    assert case.work()["forward"]["flops"] == product
    assert case.work()["both"]["flops"] == 3 * product
    assert case_named("conv 3x3, 3 to 16").work()["backward"]["flops"] == 2 * (2 * 32 * 32) * 27 * 16  # no dx


def test_a_peer_joins_the_race_and_a_wrong_one_is_refused():
    peer = types.SimpleNamespace(__name__="peer", relu_forward=ops.relu_forward, relu_backward=ops.relu_backward)
    case = case_named("relu")
    assert list(op_sides(case, peer)) == [*SIDES, "peer"]
    assert "peer" not in op_sides(case_named("linear"), peer)
    peer.relu_backward = lambda dout, cache: dout
    with pytest.raises(timing.DisagreementError, match="relu.*peer.*dx"):
        op_sides(case, peer)


@pytest.mark.parametrize("wrong", [[1.0, 2.1], [1.0, np.nan], [1.0, 2.0, 3.0]])
def test_disagreement_is_refused(wrong):
    right = {"out": np.array([1.0, 2.0])}
    timing.check_agreement("case", {"out": np.array([1.0, 2.0 + 1e-6])}, right, 1e-4)
    with pytest.raises(timing.DisagreementError, match="case"):
        timing.check_agreement("case", {"out": np.array(wrong)}, right, 1e-4)
    with pytest.raises(timing.DisagreementError, match="dx"):
        timing.check_agreement("case", {**right, "dx": right["out"]}, right, 1e-4)


def test_the_sides_take_turns_and_each_warms_up():
    calls = []
    sides = {name: {"forward": lambda name=name: calls.append(name)} for name in "AB"}
    pace = timing.Pace(rounds=2, settle=0, warm_up=0, warm_up_calls=2, block=0)
    times = timing.race(sides, pace)
    assert "".join(calls) == "AAABBB" + "BBBAAA"
    assert all(len(times[name]["forward"]) == 2 for name in "AB")


def test_steps_agree_and_run():
    sides = cases_step.step_sides((4, 8), 8, 4)
    assert list(sides) == SIDES
    for side in sides.values():
        assert side.keys() == {"with SE", "without SE"}
        for step in side.values():
            assert np.isfinite(step()[0])


def test_an_epoch_agrees_and_runs():
    sides = cases_step.epoch_sides(1, n_train=40)
    assert all(np.isfinite(side["epoch"]()) for side in sides.values())


def test_a_network_agrees_and_runs():
    sides = cases_network.network_sides(1, name="se-resnet8", size=16)
    assert list(sides) == SIDES
    for side in sides.values():
        assert np.isfinite(side["forward"]()).all()


def test_memory_holds_at_least_the_first_activation():
    assert memory.step_peak("senumpy", (16, 32), 16, 64, repeats=1)[0] > 64 * 16 * 16 * 16 * 4
    scratch = memory.convolution_scratch()
    assert all(bytes_ > 0 for by_batch in scratch.values() for bytes_ in by_batch.values())


def test_goals_are_judged_by_the_worst_case():
    def record(name, ours, default, channels_last):
        times = {"senumpy": ours, "PyTorch": default, "PyTorch channels-last": channels_last}
        return {"name": name, "op": "relu", "times": {side: {"both": [t, t]} for side, t in times.items()}}

    records = [record("one", 1.0, 2.0, 4.0), record("two", 3.0, 4.0, 2.0)]
    (goal,) = goals.all_goals({"ops": records})
    assert goal.found["one"].median == 0.5 and goal.worst() == ("two", timing.Spread(1.5, 1.5, 1.5))
    assert goal.verdict() == "must met"
    assert goal._replace(found={"one": goal.found["one"]}).verdict() == "aim met"
    assert goal._replace(must=1.4).verdict() == "**missed**"


def test_growth_becomes_slopes_and_a_figure(tmp_path):
    times, memories = ({side: numbers for side in SIDES} for numbers in ([1.0, 2.0, 4.0], [1, 4, 16]))
    along_batch = {"values": [8, 16, 32], "times": times, "memory": memories}
    results = {"about": {}, "refused": [], "growth": {"batch": along_batch}}
    assert "| batch" in (page := report.to_markdown(results)) and "| 1.00" in page and "| 2.00" in page
    (path,) = figures.save_figures(results, tmp_path)
    assert path.stat().st_size > 1000


def test_the_command_writes_tables_numbers_and_figures(tmp_path, request):
    command = [sys.executable, "-m", "benchmarks", "limits", "ops", "--quick", "--rounds", "1", "--threads", "1"]
    command += ["--batch", "2", "--only", "relu 128,conv1x1 stride 2", "--peer", "senumpy.ops"]
    command += ["--json", tmp_path / "results.json", "--markdown", tmp_path / "RESULTS.md"]
    done = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["refused"] == [] and results["limits"]["NumPy"]["sgemm"] > 0
    page = (tmp_path / "RESULTS.md").read_text()
    assert page == report.to_markdown(results)
    assert page.count("| relu, 128 channels, 8 px") >= 3 and "ReLU, forward and backward, to the better layout" in page
    assert [record["op"] for record in results["ops"]] == ["conv2d", "relu"]
    assert "conv 1x1 stride 2" in page and "to senumpy.ops" in page and "to limit" in page
    assert (tmp_path / "figures" / "ops.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["opps"], "unknown group opps"),
        (["--rounds", "0"], "--rounds must be at least 1, got 0"),
        (["--cpu-time"], "--cpu-time needs --threads 1"),
    ],
)
def test_the_command_explains_what_it_cannot_do(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and message in capsys.readouterr().err


@pytest.mark.parametrize("module", [timing, growth], ids=lambda module: module.__name__)
def test_examples(module):
    assert doctest.testmod(module).failed == 0
