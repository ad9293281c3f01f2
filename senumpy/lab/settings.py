"""The settings of a run: everything that decides its numbers but the code, as plain values that JSON can hold.

What the question was is not among them: the standard block is the same run, whichever question it is compared in.
"""

import numpy as np

from senumpy.data import cued_digits, digits, photos, stratified_split
from senumpy.data.task import Task
from senumpy.models import SmallResNet, TinyCNN

TASKS = {"cued-digits": cued_digits, "photos": photos, "digits": digits}
MODELS = {
    "tiny-cnn": (TinyCNN, {"widths": (16, 32, 32), "reduction": 2}),
    "resnet8": (SmallResNet, {"depth": 8, "widths": (16, 32, 64), "reduction": 2}),
    "resnet20": (SmallResNet, {"depth": 20, "widths": (16, 32, 64), "reduction": 2}),
}

# On the cued digits a run either finds the rule or does not: with the digits known and the stripe unseen it reads 1/3,
# with one colour of the three not understood 2/3. Above this number it has learned the rule.
LEARNED_ABOVE = {"cued-digits": 0.8}

VALIDATION = 0.2  # of the training data, where a recipe is looked for
VALIDATION_SPLIT = 20_000  # the seed of that split


def parse_task(text):
    """Return a task's name and its options: ``NAME``, ``NAME:VARIANT`` or ``NAME:OPTION=VALUE:OPTION=VALUE``.

    >>> parse_task("photos:light"), parse_task("cued-digits:n_train=1000:digit_rows=5,5")
    (('photos', {'variant': 'light'}), ('cued-digits', {'n_train': 1000, 'digit_rows': [5, 5]}))
    """
    name, *parts = text.split(":")
    if name not in TASKS:
        raise ValueError(f"there is no task {name!r}: choose one of {', '.join(TASKS)}")
    options = {}
    for part in parts:
        option, equals, value = part.partition("=")
        if not option or (equals and not value):
            raise ValueError(f"a task takes NAME:OPTION=VALUE, such as cued-digits:stripe_rows=2, got {text!r}")
        options.update({option: _value(value)} if equals else {"variant": option})
    return name, options


def _value(text):
    """Return a number, a list of numbers, or the word itself."""
    for kind in (int, float):
        try:
            numbers = [kind(part) for part in text.split(",")]
            return numbers[0] if len(numbers) == 1 else numbers
        except ValueError:
            pass
    return text


def task_text(name, options):
    """Return a task as `parse_task` reads it, in one order.

    >>> task_text("photos", {"variant": "light"})
    'photos:variant=light'
    """
    values = {o: ",".join(map(str, v)) if isinstance(v, (list, tuple)) else v for o, v in sorted(options.items())}
    return ":".join([name, *(f"{option}={value}" for option, value in values.items())])


def make_settings(model, changes, task, task_options, recipe, seed, *, part="test"):
    """Return the settings of one run.

    Parameters
    ----------
    model : str
        A name in `MODELS`.
    changes : dict
        A variant's switches.
    task : str
    task_options : dict
    recipe : dict
        With epochs, batch_size and lr.
    seed : int
        Fixes the initial weights and the order of the mini-batches.
    part : "test" or "validation"
        On what it is judged: the task's test images, or a part of its training images, which is then not trained on.
    """
    options = {**MODELS[model][1], **changes}
    if not options.get("se", True):
        options.pop("reduction")
    options = {name: list(value) if isinstance(value, tuple) else value for name, value in sorted(options.items())}
    chosen = {name: recipe[name] for name in ("epochs", "batch_size", "lr")}
    return {
        "model": model, "options": options, "task": task, "task_options": dict(task_options), "part": part, **chosen,
        "seed": seed,
    }  # fmt: skip


def make_task(settings):
    """Return the `Task` of a run, the same for every seed.

    Raises
    ------
    ValueError
        Where the task does not know an option, or its value makes no sense.
    """
    options = {name: tuple(v) if isinstance(v, list) else v for name, v in settings["task_options"].items()}
    try:
        task = TASKS[settings["task"]](**options)
    except TypeError as error:
        raise ValueError(f"the task {settings['task']} cannot be made with the options {options}: {error}") from error
    return task if settings["part"] == "test" else without_test(task)


def without_test(task):
    """Return the task of a search: a part of the training images takes the place of the test images, which are gone."""
    rng = np.random.default_rng(VALIDATION_SPLIT)
    train, held_out = stratified_split(task.labels_train, VALIDATION, rng)
    x, labels = task.x_train, task.labels_train
    return Task(x[train], labels[train], x[held_out], labels[held_out], task.class_names)


def make_model(settings, task):
    """Build the network of a run. For one seed, variants start alike where they have weights in common."""
    options = {name: tuple(v) if isinstance(v, list) else v for name, v in settings["options"].items()}
    kind = MODELS[settings["model"]][0]
    rng = np.random.default_rng(settings["seed"])
    return kind(in_channels=task.x_train.shape[1], num_classes=len(task.class_names), rng=rng, **options)
