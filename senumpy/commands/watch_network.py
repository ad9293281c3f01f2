"""``python -m senumpy watch IMAGE --model NAME --weights FILE``: the gates of a network that others have trained."""

from functools import partial
from pathlib import Path

import numpy as np

from senumpy.commands.gates_in_words import describe
from senumpy.data import PHOTO_NAMES, read_cropped, read_labels
from senumpy.files.weights import weights_path
from senumpy.files.whole import spare, writable
from senumpy.gates.values import gates_and_logits
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.streams import visible
from senumpy.models import MODELS, PREPROCESSING, ResNet, build_pretrained
from senumpy.pictures.sorted_gates import plot_sorted_gates

NETWORKS = [name for name, make in MODELS.items() if name.startswith("se-") and getattr(make, "func", None) is ResNet]
MOST_CLASSES = 5  # to print
FIGURE = "gates.png"


def run(args):
    """Print what the network says and its gates, write their figure, and return the exit code."""
    if args.weights is None:
        raise ValueError(
            f"--model {visible(args.model)} needs --weights FILE: without weights the gates would be random. A file of "
            "torchvision's or timm's will do: .npz, .safetensors, .pt or .pth"
        )
    if args.size is not None:
        raise ValueError("--size is for the tiny CNN: with --model the size of the picture is the preprocessing's")
    options = {"stride_in_1x1": True} if args.stride_in_1x1 else {}
    model, loaded = build_pretrained(args.model, args.weights, **options)
    names = _class_names(args, model)
    preprocessing = PREPROCESSING[args.preprocessing]
    picture = read_cropped(args.image, preprocessing.resize, preprocessing.crop, preprocessing.resample)
    out = _folder(args)
    gates, logits = gates_and_logits(model, preprocessing(picture)[None])
    gates = {block: s[0] for block, s in gates.items()}
    best = likeliest(logits[0], names)

    print(f"{args.model}, its weights from", "\n".join(map(visible, str(loaded).splitlines())), end="\n\n")
    print(f"{visible(args.image)}, {picture.shape[1]} x {picture.shape[2]} pixels. The network says:\n")
    print("\n".join(f"  {share:6.1%}  {name}" for name, share in best))
    print(
        f"\nPreprocessing, {args.preprocessing}'s: {preprocessing}.\n(The file does not say which its weights want; "
        f"--preprocessing knows {' and '.join(PREPROCESSING)}.)\n"
    )
    print(describe(gates, args.top))
    caption = ", ".join(f"{name} {share:.0%}" for name, share in best[:2])
    trouble = save_figure(partial(plot_sorted_gates, picture, gates, caption=caption), out / FIGURE, dpi=110)
    if trouble is None:
        print(f"\nIn {visible(out)}: {FIGURE}")
    return tell_troubles([trouble])


def _class_names(args, model):
    """Return the names of all classes: those of the file of labels, or their numbers, never any others."""
    num_classes = len(model.params["fc.bias"])
    if args.labels is None:
        return [f"class {k}" for k in range(num_classes)]
    return list(map(visible, read_labels(args.labels, num_classes)))


def _folder(args):
    """Return the folder of the figure, which can be written, and where no file lies over that is read."""
    out = args.out or Path(f"watch-{Path(args.image).name.replace('.', '-')}")
    inputs = [*([] if args.image in PHOTO_NAMES else [args.image]), weights_path(args.weights)]
    spare([*inputs, *([] if args.labels is None else [args.labels])], [out / FIGURE])
    return writable(out, FIGURE)


def likeliest(logits, names, most=MOST_CLASSES):
    """Return names and probabilities of the likeliest classes.

    >>> likeliest(np.log([0.2, 0.5, 0.3]), ["a", "b", "c"], most=2)
    [('b', 0.5), ('c', 0.3)]
    """
    shares = np.exp(logits - logits.max())
    shares = shares / shares.sum()
    best = np.argsort(-shares, kind="stable")[:most]
    return [(names[k], round(float(shares[k]), 4)) for k in best]
