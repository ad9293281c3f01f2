"""What the words after ``lab`` mean: a study, how many processes, and the quick way through."""

import os

from senumpy.lab.recipes import find_recipe
from senumpy.lab.settings import make_task, parse_task, task_text
from senumpy.lab.study import Study

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


def quickly(args):
    """Change arguments so that the whole path takes two minutes."""
    if args.seeds or args.epochs:
        raise ValueError("--quick has its own --seeds and --epochs")
    name, options = task_and_options(args.task)
    args.task, args.epochs, args.seeds = task_text(name, {**QUICK[name], **options}), 1, 2


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
    study = Study(question, args.model, task, options, {**recipe, **changes}, args.out, only, origin, args.quick)
    study.variants()  # refuses names that it does not know
    return study
