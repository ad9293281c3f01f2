"""The command says for each check a line, and fails where one does."""

import json

import pytest

from senumpy import ops
from senumpy.__main__ import main
from senumpy.gradcheck.suite.layers import MODELS
from senumpy.gradcheck.suite.run import GROUPS


@pytest.mark.parametrize("group", ["some", pytest.param("models", marks=pytest.mark.slow)])
def test_command(group, capsys, monkeypatch):
    monkeypatch.setitem(GROUPS, "some", ["relu", "Tanh"])
    assert main(["gradcheck", "se", group, "--seed", "3"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["check", "error", "allowed", "method", "entries", "verdict"]
    assert [line.split()[0] for line in lines] == ["se", *GROUPS[group]]
    assert all(line.endswith("PASS") for line in lines)


def test_groups_and_no_more_are_known_by_their_names():
    assert set(GROUPS) == {"ops", "layers", "models"} and GROUPS["models"] == list(MODELS)


def test_command_in_float32_by_differences(capsys):
    assert main(["gradcheck", "linear", "--dtype", "float32", "--method", "central"]) == 0
    assert "1e-04  central" in capsys.readouterr().out


def test_json(capsys):
    assert main(["gradcheck", "relu", "SEBlock", "--json"]) == 0
    reports = json.loads(capsys.readouterr().out)
    assert [report["name"] for report in reports] == ["relu", "SEBlock"]
    assert reports[1]["tensors"]["fc.0.weight"]["status"] == "PASS"


def test_a_wrong_operation_fails_the_command_with_its_report(capsys, monkeypatch):
    right = ops.scale_backward
    monkeypatch.setattr(ops, "scale_backward", lambda dout, cache: (right(dout, cache)[0], -right(dout, cache)[1]))
    assert main(["gradcheck", "scale", "relu"]) == 1
    out = capsys.readouterr().out
    assert "scale: FAIL" in out and "hint: ds: the truth with the sign turned round" in out


def test_verbose_shows_every_report(capsys):
    main(["gradcheck", "relu", "--verbose"])
    assert "relu: PASS\ntensor" in capsys.readouterr().out


def test_an_unknown_name_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["gradcheck", "relo"])
    assert exit_.value.code == 2
    assert "no check is called 'relo'" in capsys.readouterr().err
