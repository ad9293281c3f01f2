"""An optimizer in a file: what it remembers, by the names of the parameters, never by their order."""

import copy

import numpy as np

from senumpy import backend
from senumpy.layers.traits import PLAIN


def optimizer_arrays(optimizer):
    """Return what an optimizer remembers as NumPy arrays by name."""
    return {
        _name(name, i): np.array(backend.to_numpy(a))
        for name, arrays in optimizer.memory.items()
        for i, a in enumerate(arrays)
    }


def _name(parameter, i):
    return f"optimizer/{parameter}/{i}"


def describe_optimizer(optimizer):
    """Return everything else about an optimizer, ready for JSON."""
    return {
        "kind": type(optimizer).__name__,
        "settings": _settings(optimizer),
        "lr": float(optimizer.lr),
        "steps": optimizer.steps,
        "params": list(optimizer.params),
    }


def _settings(optimizer):
    """Return what the constructor was given; the learning rate moves, and is part of the state."""
    settings = {}
    for name, value in vars(optimizer).items():
        if name not in ("lr", "steps") and isinstance(value, (*PLAIN, tuple)):
            settings[name] = list(value) if isinstance(value, tuple) else value
    return settings


def fitting_optimizer(optimizer, about, arrays, wrong, allow_non_finite=False):
    """Return the state that `set_optimizer` takes, and add sentences about what does not fit to a list."""
    if not isinstance(about, dict):
        wrong.append("the file holds no optimizer's state: it was saved without one")
        return None
    wrong += _differences(about, describe_optimizer(optimizer))
    lr, steps = about.get("lr"), about.get("steps")
    if type(lr) not in (int, float) or not 0 <= lr < float("inf"):
        wrong.append(f"the optimizer's lr must be a finite number of at least 0, the file has {lr!r}")
    if type(steps) is not int or not 0 <= steps < 2**63:
        wrong.append(f"the optimizer's steps must be a whole number, the file has {steps!r}")
    return None if wrong else (lr, steps, _memory(optimizer, arrays, steps, wrong, allow_non_finite))


def _differences(about, here):
    """Return a sentence for all that is another optimizer's."""
    if about.get("kind") != here["kind"]:
        return [f"the optimizer's kind is {about.get('kind')} in the file, {here['kind']} here"]
    there = about.get("settings") if isinstance(about.get("settings"), dict) else {}
    wrong = [
        f"the optimizer's {name} is {there.get(name)} in the file, {value} here"
        for name, value in here["settings"].items()
        if there.get(name) != value
    ]
    params = about.get("params") if isinstance(about.get("params"), list) else []
    only_there = [name for name in params if name not in here["params"]]
    only_here = [name for name in here["params"] if name not in params]
    if only_there or only_here:
        wrong.append(f"the optimizer's parameters are others: only in the file {only_there}, only here {only_here}")
    return wrong


def _memory(optimizer, arrays, steps, wrong, allow_non_finite):
    """Return what is remembered of each parameter, in arrays like the parameters."""
    count = _remembered(optimizer) if steps else 0
    expected = {_name(name, i): (name, i) for name in optimizer.params for i in range(count)}
    given = {name: a for name, a in arrays.items() if name.startswith("optimizer/")}
    if given.keys() != expected.keys():
        wrong.append(
            f"the optimizer remembers {sorted(expected.keys() - given.keys())}, which the file lacks, and the file has "
            f"{sorted(given.keys() - expected.keys())}, which it does not know"
        )
        return None
    memory = {name: [] for name in optimizer.params} if count else {}
    for key, (name, _) in expected.items():
        p, a = optimizer.params[name], given[key]
        if a.shape != p.shape or a.dtype != p.dtype:
            wrong.append(f"{key} must be {p.dtype} of shape {p.shape}, the file has {a.dtype} of shape {a.shape}")
        elif not (allow_non_finite or np.isfinite(a).all()):
            wrong.append(f"{key} holds NaN or infinity")
        else:
            xp = backend.array_module(p)
            like = xp.zeros_like(p)  # in the parameter's own layout of memory
            like[...] = xp.asarray(a)
            memory[name].append(like)
    return {name: tuple(kept) for name, kept in memory.items()}


def _remembered(optimizer):
    """Return how many arrays a rule keeps for each parameter: a copy of it takes one step to show that."""
    trial = copy.copy(optimizer)
    trial.params, trial.memory, trial.steps = {"p": np.zeros(1)}, {}, 0
    trial.step({"p": np.zeros(1)})
    return len(trial.memory.get("p", ()))


def set_optimizer(optimizer, state):
    """Give an optimizer the state that `fitting_optimizer` returned."""
    optimizer.lr, optimizer.steps, optimizer.memory = state
