"""What the words after ``lab`` mean: a study, how many processes, and the quick way through."""

import argparse
import os
import re

from senumpy.lab.recipes import find_recipe
from senumpy.lab.settings import make_task, parse_task, task_text
from senumpy.lab.study import Study
from senumpy.manners.arguments import positive

MOST_SEEDS = 1000  # the search for a recipe has those from here on
PER_PROCESSOR = 4
QUICK = {
    "cued-digits": {"n_train": 400, "n_test": 200},
    "photos": {"train_per_class": 40, "test_per_class": 20},
    "digits": {},
}


def default_jobs():
    """Return how many processors this process may use, which is not how many the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_jobs(jobs):
    """Return a number of processes that makes sense."""
    most = PER_PROCESSOR * default_jobs()
    if not 1 <= jobs <= most:
        raise ValueError(
            f"--jobs must be from 1 to {most} here ({default_jobs()} processors, and more processes only wait for each "
            f"other), got {jobs}"
        )
    return jobs


def some_seeds(text):
    """Convert a number of seeds, or the first and the last: ``5`` or ``10-19``.

    >>> some_seeds("5"), some_seeds("10-19")
    (range(0, 5), range(10, 20))
    """
    both = re.fullmatch(r"(\d+)-(\d+)", text)
    if not both:
        return range(positive(int, MOST_SEEDS)(text))
    first, last = map(int, both.groups())
    if not first <= last < MOST_SEEDS:
        raise argparse.ArgumentTypeError(f"must be the first and the last below {MOST_SEEDS}, as in 10-19, got {text}")
    return range(first, last + 1)


some_seeds.__name__ = "int"  # argparse says "invalid int value"


def quickly(args):
    """Change arguments so that the whole path takes two minutes."""
    if args.seeds or args.epochs:
        raise ValueError("--quick has its own --seeds and --epochs")
    name, options = task_and_options(args.task)
    args.task, args.epochs, args.seeds = task_text(name, {**QUICK[name], **options}), 1, range(2)


def task_and_options(text):
    """Return a task's name and options, after the task has been made once: it refuses what makes no sense."""
    name, options = parse_task(text)
    make_task({"task": name, "task_options": options, "part": "test"})
    return name, options


def make_study(args, question):
    """Return the study that the arguments describe."""
    task, options = task_and_options(args.task)
    recipe, origin = find_recipe(args.model, task, options, args.out)
    changes = {"epochs": args.epochs, "batch_size": args.batch_size, "lr": args.lr}
    changes = {name: value for name, value in changes.items() if value is not None and value != recipe[name]}
    if changes:
        origin = f"the {' and '.join(changes)} of the command line; else {origin}"
    only = None if args.variants is None else tuple(args.variants.split(","))
    recipe, first = {**recipe, **changes}, args.seeds.start if args.seeds else 0
    study = Study(question, args.model, task, options, recipe, args.out, only, origin, args.quick, first)
    study.variants()  # refuses names that it does not know
    return study
