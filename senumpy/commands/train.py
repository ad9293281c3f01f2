"""``python -m senumpy train``: train the tiny CNN with and without SE, and show what its channel weights did."""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from senumpy import backend
from senumpy.commands.folders import writable
from senumpy.data import repaint
from senumpy.gates import channels_by_images, gate_values
from senumpy.training import RECIPES, save_weights, tiny_cnn_for, train_tiny_cnn
from senumpy.training.curves import learning_curves

EPILOG = """
examples:
  python -m senumpy train                               three digits over each other: SE learns which one to read
  python -m senumpy train --data digits --epochs 5      plain digits, a few seconds
  python -m senumpy train --data photos --seed 3        crops of eight photographs
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
    parser.add_argument("--data", choices=RECIPES, default="cued-digits", help="the task (default: %(default)s)")
    parser.add_argument("--epochs", type=positive(int), help="times through the training images (default: the task's)")
    parser.add_argument("--batch-size", type=positive(int), help="images per step (default: the task's)")
    parser.add_argument("--lr", type=positive(float), help="peak of the one-cycle learning rate (default: the task's)")
    parser.add_argument("--width", type=positive(int), default=16,
                        help="channels of the first stage; the others have twice as many (default: 16)")  # fmt: skip
    parser.add_argument("--reduction", type=positive(int), help="the SE blocks' ratio r (default: the task's)")
    parser.add_argument("--seed", type=seed, default=0, help="fixes weights and order of images (default: %(default)s)")
    parser.add_argument("--backend", choices=backend.NAMES,
                        help="where to compute (default: $SENUMPY_BACKEND, else numpy)")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("out"), help="the output folder (default: %(default)s)")
    parser.set_defaults(func=run)


def positive(kind):
    """Return a converter for argparse that accepts numbers above zero."""

    def convert(text):
        value = kind(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"must be a finite number above 0, got {text}")
        return value

    convert.__name__ = kind.__name__
    return convert


def seed(text):
    """Convert a seed for argparse: an integer of at least 0, which is what NumPy's generators take."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be at least 0, got {text}")
    return value


def run(args):
    """Train both networks, write the pictures and files, print the table."""
    writable(args.out)
    recipe = RECIPES[args.data]
    shape = {"widths": (args.width, 2 * args.width, 2 * args.width), "reduction": args.reduction or recipe.reduction}
    settings = {name: getattr(args, name) or getattr(recipe, name) for name in ("epochs", "batch_size", "lr")}
    task = recipe.task()
    samples, names = sample_images(args.data, task)
    results = {}
    for variant, se in {"with SE": True, "without SE": False}.items():
        images, epochs = len(task.labels_train), settings["epochs"]
        print(f"{args.data}, {images} training images, {epochs} epochs, {variant}:", flush=True)
        model = tiny_cnn_for(task, se=se, seed=args.seed, **shape)
        before = gate_values(model, samples)
        start = time.perf_counter()
        history = train_tiny_cnn(model, task, seed=args.seed, **settings)
        results[variant] = model, history, time.perf_counter() - start
        save_weights(model, args.out / f"weights-{variant.replace(' ', '-').lower()}.npz")
        if se:
            figure = channels_by_images(before, gate_values(model, samples), samples, names=names)
            figure.savefig(args.out / "gates.png", dpi=110)

    histories = {variant: history for variant, (_, history, _) in results.items()}
    learning_curves(histories, f"The tiny CNN on {args.data}").savefig(args.out / "learning-curves.png", dpi=110)
    write_history(args, {**shape, **settings, "seed": args.seed}, results)
    print(table(results))
    print(f"\nIn {args.out}: learning-curves.png, gates.png, weights of both networks, history.json")
    return 0


def sample_images(name, task):
    """Choose the images whose gates are shown: one a class; of cued digits, three images under all three stripes."""
    if name == "cued-digits":
        cues = ("red", "green", "blue")
        images = np.concatenate([repaint(task.x_test[:3], cue) for cue in range(len(cues))])
        return images, [f"{cue} stripe" for cue in cues for _ in range(3)]
    first = [int(np.argmax(task.labels_test == label)) for label in range(len(task.class_names))]
    return task.x_test[first], list(task.class_names)


def write_history(args, settings, results):
    """Write settings and histories as JSON."""
    runs = {
        variant: {"parameters": model.count_parameters(), "seconds": seconds, **history.to_dict()}
        for variant, (model, history, seconds) in results.items()
    }
    content = {"data": args.data, "settings": settings, "runs": runs}
    (args.out / "history.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def table(results):
    """Return the closing table as text."""
    lines = [f"\n{'':12}{'parameters':>12}{'test accuracy':>16}{'seconds':>10}"]
    for variant, (model, history, seconds) in results.items():
        accuracy = history.epochs[-1].test_accuracy
        lines.append(f"{variant:12}{model.count_parameters():>12,}{accuracy:>16.3f}{seconds:>10.1f}")
    return "\n".join(lines)
