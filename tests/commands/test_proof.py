"""The picture shows what the checks said, and the command fails where one of them said the wrong thing."""

import pytest

from senumpy.__main__ import main
from senumpy.commands import proof


def exit_code(words):
    try:
        return main(words)
    except SystemExit as exit_:  # argparse's own
        return exit_.code


PLANTED = ("linear_bias_not_summed", "linear_averaged_again", "relu_in_place", "scale_mean_for_sum")


@pytest.fixture(scope="module")
def reports():
    cases = ("linear", "se_without_biases", "batch_norm_evaluation", "ReLU")
    return proof.check_all(seeds=1, cases=cases, mistakes=PLANTED)


def test_everything_is_there(reports):
    right, wrong = reports
    assert list(right) == ["linear", "se", "batch_norm", "layers"]
    assert {report.status for row in right.values() for report in row} == {"PASS"}
    assert {report.name for row in wrong.values() for report in row} == set(PLANTED)
    assert {report.status for row in wrong.values() for report in row} == {"FAIL"}


def test_command(reports, monkeypatch, tmp_path, capsys):
    asked = {}
    monkeypatch.setattr(proof, "check_all", lambda **options: asked.update(options) or reports)
    picture = tmp_path / "new folder" / "proof.png"
    assert main(["proof", str(picture), "--seeds", "3"]) == 0
    assert asked["seeds"] == 3
    assert picture.stat().st_size > 10_000
    assert capsys.readouterr().out == f"The picture: {picture}\n"

    right, wrong = reports
    monkeypatch.setattr(proof, "check_all", lambda **options: ({"linear": wrong["linear"][:1]}, {}))
    assert main(["proof", str(tmp_path / "proof.png")]) == 1
    assert "should be PASS:\nlinear_bias_not_summed: FAIL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["file/proof.png"], "cannot write into the folder 'file' (see the picture's path): it is a file"),
        (["folder.png"], "cannot write 'folder.png' (see the picture's path): Is a directory"),
        (["proof.xyz"], "must be a .png or .svg"),
        (["proof.png", "--seeds", "0"], "argument --seeds: must be a finite number above 0, got 0"),
    ],
)
def test_what_cannot_be_done_is_refused_before_the_work(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.png").mkdir()
    assert exit_code(["proof", *words]) == 2
    assert message in capsys.readouterr().err
