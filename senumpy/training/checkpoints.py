"""Checkpoints: weights on disk, and with them whatever training needs to go on as if nothing had happened."""

import json

from senumpy.arguments import as_generator, check_flag
from senumpy.files.arrays import CheckpointError, npz_path, read_with_manifest, write_arrays
from senumpy.files.weights import model_arrays
from senumpy.layers.layer import require_layer
from senumpy.layers.state import copy_state
from senumpy.layers.traits import differing
from senumpy.training import place
from senumpy.training.arguments import check_optional
from senumpy.training.optimizers import Optimizer
from senumpy.training.saved_optimizer import describe_optimizer, fitting_optimizer, optimizer_arrays, set_optimizer
from senumpy.training.saved_trainer import describe_trainer, fitting_trainer, set_trainer, trainer_arrays
from senumpy.training.weights import about_file, fitting_model, refuse


def save_checkpoint(path, model, optimizer=None, *, trainer=None, rng=None, notes=None):
    """Write everything that a training needs to go on as one .npz, whole or not at all, and return its path.

    Parameters
    ----------
    path : path
        NumPy's suffix .npz is added where it is missing.
    model : Layer
    optimizer : Optimizer, optional
        The trainer's where one is given.
    trainer : Trainer, optional
        Its step, its epoch and its history, and where in the epoch it is. May be called by its callback. Where several
        processes train it, process 0 alone writes: their checkpoints would be the same.
    rng : numpy.random.Generator, optional
        For a loop of your own; a trainer remembers its generator.
    notes : dict, optional
        Yours, ready for JSON.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from senumpy.layers import Linear
    >>> from senumpy.training import SGD, Trainer
    >>> def new_trainer():
    ...     model = Linear(2, 2, rng=np.random.default_rng(0))
    ...     return Trainer(model, SGD(model.params, lr=1.0, momentum=0.9), progress=False)
    >>> data = {"x": np.eye(2, dtype=np.float32), "labels": np.array([0, 1]), "batch_size": 1}
    >>> one, other, whole = new_trainer(), new_trainer(), new_trainer()
    >>> _ = one.fit(**data, epochs=1, rng=np.random.default_rng(0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_checkpoint(f"{folder}/a", one.model, trainer=one)
    ...     _ = load_checkpoint(path, other.model, trainer=other)
    >>> _ = other.fit(**data, epochs=1, rng=np.random.default_rng())    # its state comes from the file
    >>> _ = whole.fit(**data, epochs=2, rng=np.random.default_rng(0))
    >>> np.array_equal(other.model.params["weight"], whole.model.params["weight"])
    True
    """
    optimizer = _parts(model, optimizer, trainer)
    if trainer is not None and not trainer.team.first:
        return npz_path(path)
    return write_arrays(path, *contents(model, optimizer, trainer, rng, notes))


def contents(model, optimizer=None, trainer=None, rng=None, notes=None):
    """Return what a checkpoint holds: arrays by name, and everything else, ready for JSON."""
    state = model.state_dict()
    arrays, about = dict(state), about_file("checkpoint", model, state)
    parts = []
    if optimizer is not None:
        about["optimizer"] = describe_optimizer(optimizer)
        parts.append(optimizer_arrays(optimizer))
    if trainer is not None:
        about["trainer"] = describe_trainer(trainer)
        parts.append(trainer_arrays(trainer))
    if rng is not None:
        about["generator"] = place.generator_state(as_generator(rng))
    about["notes"] = _ready_for_json({} if notes is None else notes)
    for part in parts:
        if part.keys() & arrays.keys():
            raise ValueError(f"{sorted(part.keys() & arrays.keys())}: give the model's parameters other names")
        arrays.update(part)
    return arrays, about


def load_checkpoint(path, model, optimizer=None, *, trainer=None, rng=None, allow_non_finite=False):
    """Read what `save_checkpoint` wrote into the same objects, all of it or nothing, and return the notes.

    A trainer then goes on with ``trainer.fit(...)`` for the epochs that are left, one that was begun included, with the
    generator's state from the file: the end has the same bits as that of a training that was never stopped.

    Parameters
    ----------
    path : path
    model : Layer
    optimizer : Optimizer, optional
        Built with the settings that it had. What the file knows about an optimizer or a trainer that is not given here
        is left out.
    trainer : Trainer, optional
    rng : numpy.random.Generator, optional
        Of the kind that was saved.
    allow_non_finite : bool
        Also take weights that are NaN or infinity: to look at a run that diverged.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    CheckpointError
        Where the file is damaged, is no checkpoint, or is one of another network, optimizer, schedule or generator; it
        says everything that is wrong, and nothing has changed. Nothing in the file is ever executed.
    """
    optimizer, allow_non_finite = _parts(model, optimizer, trainer), check_flag("allow_non_finite", allow_non_finite)
    rng = rng if rng is None else as_generator(rng)
    path = npz_path(path)
    arrays, about = read_with_manifest(path)
    if about is None or about.get("kind") != "checkpoint":
        raise CheckpointError(f"{path} is no checkpoint: weights alone are read with load_weights(model, path)")
    return take_contents(path, arrays, about, model, optimizer, trainer, rng, allow_non_finite)


def take_contents(path, arrays, about, model, optimizer=None, trainer=None, rng=None, allow_non_finite=False):
    """Give these objects what `contents` returned, all of it or nothing, and return the notes.

    ``path`` is what an error message calls the place where it came from.
    """
    weights, wrong = model_arrays(path, arrays, about), differing(about.get("network"), model)
    rest = {name: a for name, a in arrays.items() if name not in weights}
    wrong += _other_types(model, weights)
    state = fitting_model(model, weights, wrong, allow_non_finite)
    memory, position = None, None
    if optimizer is not None:
        memory = fitting_optimizer(optimizer, about.get("optimizer"), rest, wrong, allow_non_finite)
    if trainer is not None:
        position = fitting_trainer(trainer, about.get("trainer"), rest, wrong)
    if not isinstance(about.get("notes"), dict):
        wrong.append("its notes are no dictionary")
    if rng is not None:
        _set_generator(rng, about.get("generator"), wrong)
    refuse(path, wrong)
    copy_state(model, state)
    if optimizer is not None:
        set_optimizer(optimizer, memory)
    if trainer is not None:
        set_trainer(trainer, position)
    return about["notes"]


def _parts(model, optimizer, trainer):
    """Return the optimizer that is meant, or say that these do not belong together."""
    require_layer(model)
    check_optional("optimizer", optimizer, Optimizer)
    if trainer is None:
        return optimizer
    if not hasattr(trainer, "train_step"):  # (its class stands above this file, since processes share by checkpoints)
        raise ValueError(f"trainer must be of senumpy.training's Trainers, or None, got {trainer!r}")
    if trainer.model is not model or optimizer not in (None, trainer.optimizer):
        raise ValueError("the trainer has another model or another optimizer: give those that it trains")
    return trainer.optimizer


def _ready_for_json(notes):
    wanted = "notes must be a dictionary of texts, numbers and lists, ready for JSON"
    if not isinstance(notes, dict):
        raise ValueError(f"{wanted}, got {notes!r}")
    try:
        json.dumps(notes)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{wanted}: {error}") from error
    return notes


def _other_types(model, weights):
    """Return sentences about arrays of another precision: with them nothing would go on with the same bits."""
    own = {**model.params, **model.buffers}
    return [
        f"{name} is {a.dtype} in the file, {own[name].dtype} here"
        for name, a in weights.items()
        if name in own and a.dtype != own[name].dtype
    ]


def _set_generator(rng, state, wrong):
    """Bring the generator into its state where nothing else is wrong: it is the last thing that is looked at."""
    if wrong:
        return
    try:
        place.set_generator(rng, state)
    except ValueError as error:
        wrong.append(str(error))
