"""``python -m senumpy train``: train the tiny CNN with and without SE, and show what its channel weights did."""

import argparse
import json
import time
from functools import partial
from pathlib import Path

import numpy as np

from senumpy import backend
from senumpy.data import repaint_stripe
from senumpy.files.whole import whole_file, writable, write_whole
from senumpy.gates import gate_values
from senumpy.manners.arguments import MOST, path, positive, seed
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.streams import visible
from senumpy.pictures import plot_channels_by_images
from senumpy.pictures.learning_curves import plot_learning_curves
from senumpy.training import RECIPES, recipe_for, save_weights, tiny_cnn_for, train_by_recipe

VARIANTS = {"with SE": "weights-with-se.npz", "without SE": "weights-without-se.npz"}
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
    own = "or data of your own as kind:PATH, see the examples (default: %(default)s)"
    parser.add_argument("--data", default="cued-digits", metavar="TASK", help=f"{', '.join(RECIPES)}, {own}")
    parser.add_argument("--epochs", type=positive(int, MOST),
                        help="times through the training images (default: the task's)")  # fmt: skip
    parser.add_argument("--batch-size", type=positive(int, MOST), help="images per step (default: the task's)")
    parser.add_argument("--lr", type=positive(float), help="peak of the one-cycle learning rate (default: the task's)")
    parser.add_argument("--width", type=positive(int, LARGEST_WIDTH), default=16,
                        help="channels of the first stage; the others have twice as many (default: 16)")  # fmt: skip
    parser.add_argument("--reduction", type=positive(int), help="the SE blocks' ratio r (default: the task's)")
    parser.add_argument("--seed", type=seed, default=0, help="fixes weights and order of images (default: %(default)s)")
    parser.add_argument("--backend", choices=backend.NAMES,
                        help="where to compute (default: $SENUMPY_BACKEND, else numpy)")  # fmt: skip
    parser.add_argument("--out", type=path, default=Path("out"), help="the output folder (default: %(default)s)")
    parser.set_defaults(func=run)


def run(args):
    """Train both networks, write the files and pictures, then print the table."""
    recipe = recipe_for(args.data)
    shape = {"widths": (args.width, 2 * args.width, 2 * args.width), "reduction": args.reduction or recipe.reduction}
    settings = {name: getattr(args, name) or getattr(recipe, name) for name in ("epochs", "batch_size", "lr")}
    if shape["reduction"] > args.width:
        raise ValueError(f"--reduction must be at most --width, {args.width}, got {shape['reduction']}")
    writable(args.out, *FILES)
    task = recipe.task()
    samples, names = sample_images(args.data, task)
    results, troubles = {}, {}
    for variant, file in VARIANTS.items():
        images, epochs = len(task.labels_train), settings["epochs"]
        print(f"{args.data}, {images} training images, {epochs} epochs, {variant}:", flush=True)
        se = variant == "with SE"
        model = tiny_cnn_for(task, se=se, seed=args.seed, **shape)
        before = gate_values(model, samples)
        start = time.perf_counter()
        history = train_by_recipe(model, task, seed=args.seed, **settings)
        results[variant] = model, history, time.perf_counter() - start
        with whole_file(args.out / file) as part:
            save_weights(model, part)
        write_history(args, {**shape, **settings, "seed": args.seed}, results)
        if se:
            gates = partial(plot_channels_by_images, before, gate_values(model, samples), samples, names=names)
            troubles["gates.png"] = save_figure(gates, args.out / "gates.png", dpi=110)

    histories = {variant: history for variant, (_, history, _) in results.items()}
    curves = partial(plot_learning_curves, histories, f"The tiny CNN on {args.data}")
    troubles["learning-curves.png"] = save_figure(curves, args.out / "learning-curves.png", dpi=110)
    print(table(results))
    drawn = [name for name in ("learning-curves.png", "gates.png") if troubles[name] is None]
    print(f"\nIn {visible(args.out)}: {', '.join([*drawn, 'weights of both networks', 'history.json'])}")
    return tell_troubles(troubles.values())


def sample_images(name, task):
    """Choose the images whose gates are shown: one a class; of cued digits, three images under all three stripes."""
    if name == "cued-digits":
        cues = ("red", "green", "blue")
        images = np.concatenate([repaint_stripe(task.x_test[:3], cue) for cue in range(len(cues))])
        return images, [f"{cue} stripe" for cue in cues for _ in range(3)]
    shown, first = np.unique(task.labels_test, return_index=True)  # a test part of one's own may lack a class
    return task.x_test[first[:MOST_SHOWN]], [task.class_names[label] for label in shown[:MOST_SHOWN]]


def write_history(args, settings, results):
    """Write settings and histories as JSON."""
    runs = {
        variant: {"parameters": model.count_parameters(), "seconds": seconds, **history.to_dict()}
        for variant, (model, history, seconds) in results.items()
    }
    content = {"data": args.data, "settings": settings, "runs": runs}
    write_whole(args.out / "history.json", json.dumps(content, indent=1) + "\n")


def table(results):
    """Return the closing table as text."""
    lines = [f"\n{'':12}{'parameters':>12}{'test accuracy':>16}{'seconds':>10}"]
    for variant, (model, history, seconds) in results.items():
        accuracy = history.epochs[-1].test_accuracy
        lines.append(f"{variant:12}{model.count_parameters():>12,}{accuracy:>16.3f}{seconds:>10.1f}")
    return "\n".join(lines)
