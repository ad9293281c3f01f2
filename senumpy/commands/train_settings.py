"""What makes a run of ``train`` the run it is, and which run a folder holds: same settings, same bits."""

import hashlib
import shlex

import numpy as np

from senumpy import backend
from senumpy.files.whole import writable
from senumpy.manners.streams import visible
from senumpy.training import recipe_for, tiny_cnn_for

OPTIONS = ("data", "epochs", "batch_size", "lr", "width", "reduction", "seed")  # as the parser calls them
KINDS = {"lr": (int, float), "data": str, "backend": str, "images": str}  # the others are integers


def new_settings(args):
    """Return the settings of a new run: what was asked for, and the recipe's for the rest."""
    data = args.data or "cued-digits"
    recipe = recipe_for(data)
    settings = {name: getattr(args, name) or getattr(recipe, name) for name in ("epochs", "batch_size", "lr")}
    width, reduction = args.width or 16, args.reduction or recipe.reduction
    if reduction > width:
        raise ValueError(f"--reduction must be at most --width, {width}, got {reduction}")
    return {"data": data, **settings, "width": width, "reduction": reduction, "seed": args.seed or 0}


def with_surroundings(settings, task):
    """Add to the settings what else decides over the bits: the library that computes, and the images."""
    return {
        **settings,
        "backend": "numpy" if backend.current() is np else "cupy",
        "images": fingerprint(task),
    }


def fingerprint(task):
    """Return a short checksum of all images and labels of a task."""
    checksum = hashlib.sha256()
    for array in task[:4]:
        checksum.update(f"{array.dtype} {array.shape}".encode())
        checksum.update(np.ascontiguousarray(array).tobytes())
    return checksum.hexdigest()[:16]


def differences(there, here):
    """Return the settings that differ, as ``epochs 2 there, 4 here``."""
    names = [name for name in there if name in here and there[name] != here[name]]
    return ", ".join(f"{name} {there[name]} there, {here[name]} here" for name in names)


def check_resumed(args, settings, folder):
    """Raise a ValueError where the record of a run cannot be understood, or the command asks for something else."""
    kinds = {name: KINDS.get(name, int) for name in (*OPTIONS, "backend", "images")}
    sound = settings.keys() == kinds.keys() and all(isinstance(settings[name], kind) for name, kind in kinds.items())
    if not sound or not _is_task(settings["data"]):
        raise ValueError(f"the settings of the run in {str(folder)!r} cannot be understood: its run.json was changed")
    asked = {name: getattr(args, name) for name in OPTIONS if getattr(args, name) is not None}
    if changed := differences(settings, asked):
        raise ValueError(
            f"a run goes on with the settings that it began with, and those of {str(folder)!r} are others: {changed}. "
            "Leave these options out, or start another run with --out"
        )


def _is_task(data):
    try:
        return bool(recipe_for(data))
    except ValueError:
        return False


def check_new(folder, settings, overwrite):
    """Raise a ValueError where a new run would cost another one, and nobody said that it may."""
    where = str(folder.folder)
    if overwrite:
        return
    if folder.has_begun():
        raise ValueError(
            f"a run that is not finished lies in {where!r}: it goes on with {resume_command(folder)}, and is given up "
            "with --overwrite"
        )
    finished = folder.finished_run()
    if finished and finished != settings:
        changed = differences(finished, settings) or "of another version"
        raise ValueError(
            f"a finished run of other settings lies in {where!r} ({changed}): choose another folder with --out, or "
            "replace it with --overwrite"
        )
    if strangers := folder.strangers():
        raise ValueError(
            f"{where!r} holds {', '.join(strangers)}, but no record of a run that wrote them: choose another folder "
            "with --out, or replace them with --overwrite"
        )


def resume_command(folder):
    """Return what to type to go on."""
    return f"python -m senumpy train --resume {shlex.quote(str(folder.folder))}"


def found(args, folder):
    """Return the settings of the run to go on with, or None, with a word, where it is finished."""
    settings = folder.unfinished_run() or folder.finished_run()
    name = visible(folder.folder)
    if settings is None:
        raise ValueError(f"there is no run in {str(folder.folder)!r} to go on with: begin one with --out")
    check_resumed(args, settings, folder.folder)
    if args.overwrite:
        raise ValueError("--overwrite begins a new run, --resume goes on with an old one: choose one of them")
    if folder.is_moving():
        with folder.locked():
            folder.finish_moving()
    if folder.unfinished_run() is not None:
        return settings
    print(f"The run in {name} is finished: nothing is left to do, and nothing was changed.")
    if changed := folder.changed():
        print(f"(Since then somebody changed or removed: {', '.join(changed)}.)")
    return None


def begin(folder, settings, task, overwrite):
    """Make room for a new run, with a word where it will replace another, and return its complete settings."""
    settings = with_surroundings(settings, task)
    if folder.is_moving():
        folder.finish_moving()
    check_new(folder, settings, overwrite)
    writable(folder.unfinished, room=_room(task, settings))
    if folder.finished_run() or folder.strangers():
        print(f"(What {visible(folder.folder)} holds stays until this run is finished, and is replaced then.)")
    folder.begin(settings)
    return settings


def go_on(folder, settings, task):
    """Raise a ValueError where a run would go on elsewhere, or with other images, than it began; make room for it."""
    if changed := differences(settings, with_surroundings(settings, task)):
        hint = f" (--backend {settings['backend']} computes as before)" if "backend" in changed else ""
        raise ValueError(f"the run cannot go on as it began: {changed}{hint}")
    if folder.unfinished_run() != settings:
        raise ValueError(f"the run in {str(folder.folder)!r} was finished or given up by somebody else at this moment")
    writable(folder.unfinished, option="--resume", room=_room(task, settings))


def _room(task, settings):
    """Return about how many bytes a run needs: four times a network's weights and momentum, and some figures."""
    model = network("with SE", task, settings)
    return 8 * sum(a.nbytes for a in (*model.params.values(), *model.buffers.values())) + (1 << 20)


def network(variant, task, settings):
    width = settings["width"]
    shape = {"widths": (width, 2 * width, 2 * width), "reduction": settings["reduction"]}
    return tiny_cnn_for(task, se=variant == "with SE", seed=settings["seed"], **shape)
