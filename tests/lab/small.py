"""Studies that take a tenth of a second a run."""

from pathlib import Path

from senumpy.lab.study import Study

RECIPE = {"epochs": 1, "batch_size": 32, "lr": 0.2}


def study(folder, question="bias", **changes):
    """Return a study on 180 small digits."""
    given = {"model": "tiny-cnn", "task": "digits", "options": {"test_fraction": 0.9}, "recipe": RECIPE, **changes}
    return Study(question, folder=Path(folder), **given)


def run(variant, seed, accuracy, **changes):
    """Return a run as a row for `summarise`."""
    return {"variant": variant, "seed": seed, "test_accuracy": accuracy, "parameters": 10, "seconds": 1.0, **changes}


def runs(accuracies):
    """Return runs from a dictionary of variant to accuracies, one for each seed."""
    return [run(variant, seed, a) for variant, values in accuracies.items() for seed, a in enumerate(values)]
