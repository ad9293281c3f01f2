"""Questions, settings, recipes: every variant can be built, and a search looks at nothing that the lab looks at."""

import argparse
import json

import numpy as np
import pytest
from lab.small import study

from senumpy.commands.lab import add_parser
from senumpy.commands.lab_settings import make_study
from senumpy.lab import QUESTIONS
from senumpy.lab.identity import identity
from senumpy.lab.questions import STANDARD, questions_for, variants_of
from senumpy.lab.recipes import FIRST_SEED, GRID, find_recipe, recipe_file, search, write_recipe
from senumpy.lab.settings import MODELS, make_model, make_settings, make_task, parse_task, task_text
from senumpy.lab.study import make_report
from senumpy.lab.table import as_text
from senumpy.training import RECIPES

RECIPE = {"epochs": 1, "batch_size": 32, "lr": 0.1}
FEW = {"n_train": 20, "n_test": 20}


@pytest.mark.parametrize("model", MODELS)
def test_every_variant_is_a_network_of_its_own_and_reads_the_images(model):
    shapes = {}
    for question in questions_for("all", model):
        for name, changes in variants_of(question, model).items():
            settings = json.loads(json.dumps(make_settings(model, changes, "cued-digits", FEW, RECIPE, 0)))
            task = make_task(settings)
            network = make_model(settings, task).eval()
            logits = network.forward(task.x_test[:2])
            assert logits.shape == (2, 10) and np.isfinite(logits).all()
            kind = json.dumps(settings["options"], sort_keys=True)
            assert shapes.setdefault(name, kind) == kind, "one name, one network"
    assert len(set(shapes.values())) == len(shapes), "one network, one name"


@pytest.mark.parametrize("model", MODELS)
def test_a_wide_plain_network_has_as_many_parameters_as_the_one_with_se(model):
    counts = []
    for changes in (variants_of("capacity", model)[name] for name in (STANDARD, "plain-wide")):
        settings = make_settings(model, changes, "cued-digits", FEW, RECIPE, 0)
        counts.append(make_model(settings, make_task(settings)).count_parameters())
    assert counts[1] == pytest.approx(counts[0], rel=0.01)


def test_variants_start_from_the_same_weights_where_they_share_them():
    settings = [make_settings("tiny-cnn", c, "cued-digits", FEW, RECIPE, 7) for c in ({}, {"se": False})]
    se, plain = (make_model(of, make_task(of)) for of in settings)
    for name, p in plain.params.items():
        np.testing.assert_array_equal(p, se.params[name])
    assert len(se.params) > len(plain.params)


def test_a_model_that_cannot_answer_says_so():
    with pytest.raises(ValueError, match="tiny-cnn cannot answer the question position: Only residual networks"):
        questions_for("position", "tiny-cnn")
    assert "position" not in questions_for("all", "tiny-cnn") and "position" in questions_for("all", "resnet8")
    assert set(questions_for("all", "resnet8")) == set(QUESTIONS)
    with pytest.raises(ValueError, match="there is no question 'word'"):
        questions_for("word", "resnet8")
    with pytest.raises(ValueError, match="gate has no variant 'max'"):
        study(".", "gate", only=("max",)).variants()
    assert list(study(".", "gate", only=("relu",)).variants()) == ["se", "relu"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("photos", {}), ("photos:light", {"variant": "light"}), ("cued-digits:stripe_rows=1", {"stripe_rows": 1}),
     ("cued-digits:digit_rows=5,5:n_train=9", {"digit_rows": [5, 5], "n_train": 9}),
     ("digits:test_fraction=0.5", {"test_fraction": 0.5})],
)  # fmt: skip
def test_tasks_as_text(text, wanted):
    name, options = parse_task(text)
    assert options == wanted and parse_task(task_text(name, options)) == (name, options)


def test_the_validation_part_comes_from_the_training_images_and_the_test_images_are_gone():
    settings = make_settings("tiny-cnn", {}, "digits", {}, RECIPE, 0)
    task, held_out = make_task(settings), make_task({**settings, "part": "validation"})
    assert len(held_out.x_train) + len(held_out.x_test) == len(task.x_train)
    known = {x.tobytes() for x in task.x_train}
    assert {x.tobytes() for x in (*held_out.x_train, *held_out.x_test)} == known
    assert len(held_out.x_test) / len(task.x_train) == pytest.approx(0.2, abs=0.01)


def searching(learns):
    """Run a search in which ``learns(settings)`` says whether a run learns; return its answer and all settings."""
    asked = []

    def train(settings):
        asked.extend(settings)
        return [{"state": "finished", "test_accuracy": 0.95 if learns(each) else 0.5} for each in settings]

    return search("resnet8", "cued-digits", {}, train, lambda sentence: None), asked


def test_a_search_takes_the_first_recipe_with_nine_of_ten_and_gives_up_early():
    found, asked = searching(lambda s: s["epochs"] == 24 and s["seed"] != FIRST_SEED + 3)
    assert found["recipe"]["epochs"] == 24 and "9 did" not in found["how"] and "9 of 10 did" in found["how"]
    assert [of["of"] for of in found["tried"]] == [2, 2, 2, 10], "two that failed are enough"
    assert {s["seed"] for s in asked} == set(range(FIRST_SEED, FIRST_SEED + 10))
    assert {s["part"] for s in asked} == {"validation"}
    assert all(s["options"] == asked[0]["options"] for s in asked), "the standard block alone"
    nothing, _ = searching(lambda s: s["seed"] % 2)
    assert nothing["recipe"] is None and len(nothing["tried"]) == len(GRID)


def test_a_report_says_where_its_recipe_comes_from(tmp_path):
    found, _ = searching(lambda s: True)
    write_recipe(tmp_path, "resnet8", "cued-digits", {}, found)

    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())

    def head(*words):
        args = parser.parse_args(["lab", "position", "--model", "resnet8", "--out", str(tmp_path), *words])
        return as_text(make_report(make_study(args, "position"), [], identity()))

    assert f"The recipe: {found['how']}.\n" in head() == head("--lr", "0.2")
    changed = head("--lr", "1", "--epochs", "9")
    assert f"The recipe: the epochs and lr of the command line; else {found['how']}." in changed
    assert "The recipe: that of the command train" in head("--task", "digits")


def test_a_diverged_run_has_not_learned():
    answer = search(
        "resnet8", "cued-digits", {}, lambda s: [{"state": "diverged", "test_accuracy": None}] * len(s), str
    )
    assert answer["recipe"] is None


def test_the_recipe_that_was_found_is_the_one_that_is_used(tmp_path):
    found, _ = searching(lambda s: True)
    where = "resnet20", "cued-digits", {}
    path = write_recipe(tmp_path, *where, found)
    assert path == recipe_file(tmp_path, *where)
    assert find_recipe(*where, tmp_path) == (found["recipe"], found["how"])
    assert find_recipe("tiny-cnn", "photos", {})[0]["epochs"] == RECIPES["photos"].epochs
    about = json.loads(path.read_text(encoding="utf-8"))
    wrong = [{**about, "model": "resnet8"}, {**about, "task": "photos"}, {**about, "how": 5}, {}, []]
    for change in ({"epochs": 0}, {"epochs": "1"}, {"lr": -1}, {"lr": float("nan")}, {"batch_size": True}):
        wrong.append({**about, "recipe": {**about["recipe"], **change}})
    for text in ("[" * 100_000, *map(json.dumps, wrong)):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"resnet20-cued-digits\.json' holds no recipe .*: move it away"):
            find_recipe(*where, tmp_path)


def test_a_recipe_of_other_pictures_is_said_to_be_one(tmp_path):
    (found, _), (other, _) = searching(lambda s: True), searching(lambda s: s["lr"] == 0.05)
    faint = {"stripe_rows": 2}
    write_recipe(tmp_path, "resnet20", "cued-digits", {}, found)
    recipe, how = find_recipe("resnet20", "cued-digits", faint, tmp_path)
    assert recipe == found["recipe"] and how == f"{found['how']} (found on cued-digits as it comes)"
    write_recipe(tmp_path, "resnet20", "cued-digits", faint, other)
    assert find_recipe("resnet20", "cued-digits", faint, tmp_path) == (other["recipe"], other["how"])
    assert find_recipe("resnet20", "cued-digits", {}, tmp_path)[0] == found["recipe"]


@pytest.mark.parametrize("state", ["killed", "failed"])
def test_a_run_that_was_killed_says_nothing_about_its_recipe(state):
    with pytest.raises(ValueError, match=f"says nothing about its recipe .{state}: out of memory.; --retry"):
        search("resnet8", "cued-digits", {}, lambda s: [{"state": state, "reason": "out of memory"}] * len(s), str)


def test_no_line_between_learned_and_not():
    with pytest.raises(ValueError, match="there is no line between the two"):
        search("resnet8", "photos", {}, list, str)
