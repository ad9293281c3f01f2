"""``python -m senumpy train``: train the tiny CNN with and without SE, and show what its channel weights did."""

import argparse
import json
import signal
from functools import partial
from pathlib import Path

import numpy as np

from senumpy import backend
from senumpy.commands import train_settings
from senumpy.commands.train_settings import network, resume_command
from senumpy.data import repaint_stripe
from senumpy.files.run_folder import RunFolder
from senumpy.files.whole import writable, write_whole
from senumpy.gates import gate_values
from senumpy.manners.arguments import MOST, path, positive, seed
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.signals import Interrupted, heard_once
from senumpy.manners.streams import complain, visible
from senumpy.pictures import plot_channels_by_images
from senumpy.pictures.learning_curves import plot_learning_curves
from senumpy.training import RECIPES, Keeper, TrainingError, recipe_for, save_weights
from senumpy.training.parallel import team_of, world
from senumpy.training.recipes import fit_task, trainer_by_recipe

VARIANTS = {"with SE": "weights-with-se.npz", "without SE": "weights-without-se.npz"}
CHECKPOINTS = {"with SE": "checkpoint-with-se.npz", "without SE": "checkpoint-without-se.npz"}
FILES = (*VARIANTS.values(), "gates.png", "learning-curves.png", "history.json")
MOST_SHOWN = 12  # classes in the picture of the gates
LARGEST_WIDTH = 4096  # the parameters alone of a network twice as wide would take 14 GB

EPILOG = """
examples:
  python -m senumpy train                               three digits over each other: SE learns which one to read
  python -m senumpy train --data digits --epochs 5      plain digits, a few seconds
  python -m senumpy train --data photos --seed 3        crops of eight photographs
  python -m senumpy train --data folder:my/pictures     yours: one sub-folder per class
  python -m senumpy train --data idx:mnist              MNIST's four files, plain or .gz; also cifar10:FOLDER, npz:FILE
  python -m senumpy train --resume out                  goes on with a run that was stopped
  mpiexec -n 2 python -m senumpy train                  shares the work among two processes: see docs/parallel.md

Ctrl-C loses nothing: it leaves a checkpoint, and says how to go on. A folder holds one run; the same command again
replaces it when the new run is finished.
"""


def add_parser(subparsers):
    """Define the command's arguments."""
    parser = subparsers.add_parser(
        "train",
        help="train the tiny CNN with and without SE on bundled images",
        description="Train the tiny CNN twice from the same weights, with and without squeeze-and-excitation, and "
        "write learning curves, channel weights before and after, trained weights and the history.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    own = "or data of your own as kind:PATH, see the examples (default: cued-digits)"
    parser.add_argument("--data", metavar="TASK", help=f"{', '.join(RECIPES)}, {own}")
    parser.add_argument("--epochs", type=positive(int, MOST),
                        help="times through the training images (default: the task's)")  # fmt: skip
    parser.add_argument("--batch-size", type=positive(int, MOST), help="images per step (default: the task's)")
    parser.add_argument("--lr", type=positive(float), help="peak of the one-cycle learning rate (default: the task's)")
    parser.add_argument("--width", type=positive(int, LARGEST_WIDTH),
                        help="channels of the first stage; the others have twice as many (default: 16)")  # fmt: skip
    parser.add_argument("--reduction", type=positive(int), help="the SE blocks' ratio r (default: the task's)")
    parser.add_argument("--seed", type=seed, help="fixes weights and order of images (default: 0)")
    parser.add_argument("--backend", choices=backend.NAMES,
                        help="where to compute (default: $SENUMPY_BACKEND, else numpy)")  # fmt: skip
    folders = parser.add_mutually_exclusive_group()
    folders.add_argument("--out", type=path, help="the output folder (default: out)")
    folders.add_argument("--resume", type=path, metavar="DIR", help="go on with the run that was stopped in there")
    parser.add_argument("--overwrite", action="store_true", help="replace whatever run the output folder holds")
    parser.set_defaults(func=run, several_processes=True)


def run(args):
    """Train both networks, write the files and pictures, then print the table: process 0 does, others help to train."""
    team = team_of(world())
    team.check(backend.current())
    with heard_once():
        return _lead(args, team) if team.first else _follow(team)


def _lead(args, team):
    folder = RunFolder(args.resume or args.out or Path("out"), FILES, tuple(CHECKPOINTS.values()))
    if args.resume is None:
        settings = train_settings.new_settings(args)
    else:
        settings = train_settings.found(args, folder)
        if settings is None:
            team.tell(None)
            return 0
    task = recipe_for(settings["data"]).task()  # first, since looking for room makes the folder
    writable(folder.folder, *FILES, option="--out" if args.resume is None else "--resume")
    with folder.locked():
        if args.resume is None:
            settings = train_settings.begin(folder, settings, task, args.overwrite)
        else:
            train_settings.go_on(folder, settings, task)
        team.tell((folder, settings, task))
        return _run_in(folder, settings, task, team)


def _follow(team):
    """Help process 0 to train, as soon as it has found out what, and knows that it can be written."""
    told = team.tell(None)
    if told is not None:
        folder, settings, task = told
        for variant, checkpoint in CHECKPOINTS.items():
            model = network(variant, task, settings)
            _train(model, variant, folder.unfinished / checkpoint, settings, task, team)
    return 0


def _run_in(folder, settings, task, team):
    try:
        return _train_both(folder, settings, task, team)
    except KeyboardInterrupt as stop:
        several = f"mpiexec -n {team.size} " if team.size > 1 else ""
        words = f"interrupted; it goes on with: {several}{resume_command(folder)}"
        raise Interrupted(words, getattr(stop, "number", signal.SIGINT)) from None
    except TrainingError as error:
        raise TrainingError(
            f"{error}. What was trained lies in {str(folder.unfinished)!r}; other settings need --overwrite, or --out"
        ) from error


def _train_both(folder, settings, task, team):
    samples, names = sample_images(settings["data"], task)
    results, gates = {}, None
    for variant, checkpoint in CHECKPOINTS.items():
        model = network(variant, task, settings)
        before = gate_values(model, samples)
        results[variant] = _train(model, variant, folder.unfinished / checkpoint, settings, task, team)
        if variant == "with SE":
            gates = partial(plot_channels_by_images, before, gate_values(model, samples), samples, names=names)

    for variant, (model, _, _) in results.items():
        save_weights(model, folder.unfinished / VARIANTS[variant])
    write_history(folder.unfinished, settings, results)
    histories = {variant: history for variant, (_, history, _) in results.items()}
    curves = partial(plot_learning_curves, histories, f"The tiny CNN on {settings['data']}")
    figures = {"learning-curves.png": curves, "gates.png": gates}
    troubles = {name: save_figure(figure, folder.unfinished / name, dpi=110) for name, figure in figures.items()}
    folder.finish(settings)
    print(table(results))
    drawn = [name for name, trouble in troubles.items() if trouble is None]
    print(f"\nIn {visible(folder.folder)}: {', '.join([*drawn, 'weights of both networks', 'history.json'])}")
    return tell_troubles(troubles.values())


def _train(model, variant, checkpoint, settings, task, team):
    """Train a network, from its checkpoint where there is one; return it, its history and the seconds it took."""
    options = {name: settings[name] for name in ("epochs", "batch_size")}
    trainer = trainer_by_recipe(model, task, lr=settings["lr"], comm=team, **options)
    with Keeper(trainer, checkpoint, on_trouble=complain) as keeper:
        images = len(task.labels_train)
        variant += f", {team.size} processes" if team.size > 1 else ""
        print(f"{settings['data']}, {images} training images, {settings['epochs']} epochs, {variant}:", flush=True)
        if trainer.step:
            print(f"(it goes on after step {trainer.step}, in epoch {trainer.epoch})", flush=True)
        history = fit_task(trainer, task, seed=settings["seed"], **options)
        return model, history, keeper.seconds


def sample_images(name, task):
    """Choose the images whose gates are shown: one a class; of cued digits, three images under all three stripes."""
    if name == "cued-digits":
        cues = ("red", "green", "blue")
        images = np.concatenate([repaint_stripe(task.x_test[:3], cue) for cue in range(len(cues))])
        return images, [f"{cue} stripe" for cue in cues for _ in range(3)]
    shown, first = np.unique(task.labels_test, return_index=True)  # a test part of one's own may lack a class
    return task.x_test[first[:MOST_SHOWN]], [task.class_names[label] for label in shown[:MOST_SHOWN]]


def write_history(folder, settings, results):
    """Write settings and histories as JSON."""
    runs = {
        variant: {"parameters": model.count_parameters(), "seconds": seconds, **history.to_dict()}
        for variant, (model, history, seconds) in results.items()
    }
    width = settings["width"]
    shown = {name: settings[name] for name in ("reduction", "epochs", "batch_size", "lr", "seed")}
    content = {"data": settings["data"], "settings": {"widths": [width, 2 * width, 2 * width], **shown}, "runs": runs}
    write_whole(folder / "history.json", json.dumps(content, indent=1) + "\n")


def table(results):
    """Return the closing table as text."""
    lines = [f"\n{'':12}{'parameters':>12}{'test accuracy':>16}{'seconds':>10}"]
    for variant, (model, history, seconds) in results.items():
        accuracy = history.epochs[-1].test_accuracy
        lines.append(f"{variant:12}{model.count_parameters():>12,}{accuracy:>16.3f}{seconds:>10.1f}")
    return "\n".join(lines)
