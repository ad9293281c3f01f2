"""A plan says everything about a training run but the seed, so that runs can be compared, repeated and resumed."""

from dataclasses import asdict, dataclass, field

from senumpy.arguments import check_count, check_number, check_sizes
from senumpy.training import RECIPES, tiny_cnn_for, train_by_recipe


@dataclass(frozen=True)
class Plan:
    """What to train on and how; `make_plan` fills in the settings of `senumpy.training.RECIPES`.

    ``options`` are keyword arguments of the function in `senumpy.data` that makes the task.
    """

    data: str
    epochs: int
    batch_size: int
    lr: float
    widths: tuple
    reduction: int
    options: dict = field(default_factory=dict)

    def make_task(self):
        """Return the `Task`, the same for every seed.

        Raises
        ------
        ValueError
            Where the task does not know an option, or its value makes no sense.
        """
        try:
            return RECIPES[self.data].task(**self.options)
        except TypeError as error:
            raise ValueError(f"the task {self.data} cannot be made with the options {self.options}: {error}") from error

    def to_dict(self):
        """Return plain values, ready for JSON."""
        return {**asdict(self), "widths": list(self.widths)}


def make_plan(data, options=None, **changes):
    """Return the plan for a task, with other settings where they are given and not None.

    Parameters
    ----------
    data : str
        A name in `senumpy.training.RECIPES`.
    options : dict, optional
        Of the function that makes the task, such as ``{"stripe_rows": 2}``.
    **changes
        epochs, batch_size, lr, widths, reduction.

    Raises
    ------
    ValueError
        Where there is no such task, or a number is not above 0.

    Examples
    --------
    >>> plan = make_plan("cued-digits", {"stripe_rows": 2}, epochs=3)
    >>> plan.epochs, plan.reduction, plan.options
    (3, 2, {'stripe_rows': 2})
    """
    if not isinstance(data, str) or data not in RECIPES:
        raise ValueError(f"there is no task {data!r}; choose one of {', '.join(RECIPES)}")
    settings = {name: getattr(RECIPES[data], name) for name in ("epochs", "batch_size", "lr", "widths", "reduction")}
    settings.update({name: value for name, value in changes.items() if value is not None})
    for name in ("epochs", "batch_size", "reduction"):
        check_count(name, settings[name])
    check_number("lr", settings["lr"], "above 0", lambda lr: lr > 0)
    widths = settings["widths"]
    if not isinstance(widths, (tuple, list)) or not widths:
        raise ValueError(f"widths must be the channels of each stage, such as (16, 32, 32), got {widths!r}")
    check_sizes(**{f"each of widths {widths}": width for width in widths})
    if options is not None and not isinstance(options, dict):
        raise ValueError(f"options must be a dictionary of the task's arguments, got {options!r}")
    return Plan(data, **settings, options=dict(options or {}))


def require_plan(plan):
    """Raise a ValueError unless this is a plan."""
    if not isinstance(plan, Plan):
        raise ValueError(f"plan must be a plan, such as make_plan returns, got {plan!r}")


def parse_variant(variant, reduction):
    """Return the arguments of `tiny_cnn_for` that a variant's name stands for.

    >>> parse_variant("plain", 4), parse_variant("se-r8", 4)
    ({'se': False, 'reduction': 4}, {'se': True, 'reduction': 8})
    """
    if variant in ("plain", "se"):
        return {"se": variant == "se", "reduction": reduction}
    ratio = variant.removeprefix("se-r") if isinstance(variant, str) else variant
    if ratio == variant or not ratio.isdecimal() or int(ratio) < 1:
        raise ValueError(f'a variant is "plain", "se", or "se-r" and a ratio such as "se-r8"; got {variant!r}')
    return {"se": True, "reduction": int(ratio)}


def train_variant(plan, task, variant, seed, *, callback=None, progress=False):
    """Build one variant of the network, train it by the plan, and return it with its history.

    The seed decides the initial weights and the order of the mini-batches. For one seed, all variants have the same
    order, and the same initial weights where they have weights in common.

    Parameters
    ----------
    plan : Plan
    task : Task
        As ``plan.make_task()`` returns it.
    variant : str
        "plain" for no SE blocks, "se" for the plan's ratio, "se-r8" for the ratio 8, and so on.
    seed : int
    callback : callable, optional
        For the trainer, such as a `GateRecorder`.
    progress : bool

    Returns
    -------
    model : TinyCNN
    history : History
    """
    require_plan(plan)
    model = tiny_cnn_for(task, seed=seed, widths=plan.widths, **parse_variant(variant, plan.reduction))
    settings = {"epochs": plan.epochs, "batch_size": plan.batch_size, "lr": plan.lr, "seed": seed}
    return model, train_by_recipe(model, task, **settings, callback=callback, progress=progress)
