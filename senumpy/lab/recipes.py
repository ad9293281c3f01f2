"""A recipe for each network: found with the standard block alone, on images and seeds that the lab does not use."""

import json
import os
from pathlib import Path

from senumpy.arguments import check_count, check_number
from senumpy.files.whole import write_whole
from senumpy.lab.identity import identity
from senumpy.lab.records import RESULTS
from senumpy.lab.settings import LEARNED_ABOVE, make_settings, task_text
from senumpy.lab.study import file_words
from senumpy.training import RECIPES

FORMAT = "senumpy recipe 1"
FIRST_SEED, SEEDS, NEEDED = 1000, 10, 9
GRID = [
    {"epochs": epochs, "batch_size": 32, "lr": lr} for epochs in (12, 24, 36) for lr in (0.2, 0.1, 0.05)
]  # the cheaper ones first


def recipe_file(folder, model, task, options):
    """Return where the recipe of a network for a task lies in a folder."""
    return Path(folder) / f"recipe-{model}-{file_words(task, options)}.json"


def find_recipe(model, task, options, *folders):
    """Return the recipe of a network for a task, and in words where it comes from.

    The first of the folders that holds one counts, the package's own results last. Where nobody has looked for one, it
    is that of the task without its options; without that one, too, the tiny CNN's, of ``python -m senumpy train``.

    Examples
    --------
    >>> find_recipe("tiny-cnn", "digits", {})[0]
    {'epochs': 10, 'batch_size': 32, 'lr': 0.2}
    """
    for options_there in [options, {}] if options else [{}]:
        for folder in (*folders, RESULTS):
            path = recipe_file(folder, model, task, options_there)
            if os.path.exists(path):
                recipe, how = _read(path, model, task_text(task, options_there))
                return recipe, how if options_there == options else f"{how} (found on {task} as it comes)"
    of_train = RECIPES[task]
    recipe = {name: getattr(of_train, name) for name in ("epochs", "batch_size", "lr")}
    return recipe, "that of the command train (the tiny CNN's); no search has found it a better one"


def _read(path, model, task):
    """Return the recipe in a file and how it was found, looked at: people edit such files."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        if (about["format"], about["model"], about["task"]) != (FORMAT, model, task):
            raise ValueError(f"expected one of {model} for {task}")
        recipe, how = about["recipe"], about["how"]
        for name in ("epochs", "batch_size"):
            check_count(name, recipe[name])
        check_number("lr", recipe["lr"], "above 0", lambda lr: lr > 0)
        if not isinstance(how, str) or not how.isprintable():
            raise ValueError("how it was found must be a line of text")
        return {name: recipe[name] for name in ("epochs", "batch_size", "lr")}, how
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{str(path)!r} holds no recipe ({error}): move it away") from error


def check_search(task):
    """Raise a ValueError where a search makes no sense."""
    if task not in LEARNED_ABOVE:
        raise ValueError(
            f"a recipe is looked for where runs learn or get stuck, on {', '.join(LEARNED_ABOVE)}: on {task} "
            "there is no line between the two"
        )


def search(model, task, options, train, tell, grid=GRID, seeds=range(FIRST_SEED, FIRST_SEED + SEEDS)):
    """Try recipes one after the other with the standard block, and return the first that is good enough.

    Good enough: at least 9 of 10 seeds learn, judged on a fifth of the training images that is not trained on. A recipe
    is given up as soon as it cannot get there any more. Nothing of the variants is looked at, nor any test image.

    Parameters
    ----------
    model, task : str
    options : dict
        The task's.
    train : callable
        From a list of settings to their records, in the same order.
    tell : callable
        Takes a sentence.
    grid : list of dict
        The recipes, in the order in which they are tried.
    seeds : sequence of int
        Others than the lab's, which count from 0.

    Returns
    -------
    dict
        With recipe (None where none was good enough), how, and what was tried.

    Raises
    ------
    ValueError
        Where a run was killed or could not begin: that says nothing about its recipe.
    """
    check_search(task)
    above, allowed, tried = LEARNED_ABOVE[task], len(seeds) - NEEDED * len(seeds) // 10, []
    for recipe in grid:
        accuracies = []
        for start in range(0, len(seeds), 2):
            some = [make_settings(model, {}, task, options, recipe, seed, part="validation")
                    for seed in seeds[start : start + 2]]  # fmt: skip
            accuracies += [_accuracy(record) for record in train(some)]
            if sum(not _has_learned(a, above) for a in accuracies) > allowed:
                break
        learned = sum(_has_learned(a, above) for a in accuracies)
        tried.append({**recipe, "learned": learned, "of": len(accuracies), "validation_accuracies": accuracies})
        tell(f"{_in_words(recipe)}: {learned} of {len(accuracies)} seeds learned")
        if learned >= len(seeds) - allowed:
            how = (
                f"the first of {len(grid)} recipes with which the standard block learned (above {above}) in at least "
                f"{len(seeds) - allowed} of {len(seeds)} seeds ({seeds[0]} to {seeds[-1]}), on a fifth of the training "
                f"images that was not trained on: {learned} of {len(accuracies)} did; tried before: {len(tried) - 1}"
            )
            return {"recipe": recipe, "how": how, "tried": tried}
    return {"recipe": None, "how": "none was good enough", "tried": tried}


def write_recipe(folder, model, task, options, found):
    """Write what a search has found, for the lab to read."""
    path = recipe_file(folder, model, task, options)
    about = {"format": FORMAT, "model": model, "task": task_text(task, options), **found, "made_by": identity()}
    write_whole(path, json.dumps(about, indent=1) + "\n")
    return path


def _accuracy(record):
    """Return what a run came to, None where it diverged."""
    if record["state"] in ("killed", "failed"):
        why = f"{record['state']}: {record['reason']}"
        raise ValueError(f"a run of the search says nothing about its recipe ({why}); --retry trains it again")
    return record["test_accuracy"]


def _has_learned(accuracy, above):
    return accuracy is not None and accuracy > above


def _in_words(recipe):
    """Return a recipe as text.

    >>> _in_words({"epochs": 12, "batch_size": 32, "lr": 0.1})
    '12 epochs, mini-batches of 32, rate 0.1'
    """
    return f"{recipe['epochs']} epochs, mini-batches of {recipe['batch_size']}, rate {recipe['lr']}"
