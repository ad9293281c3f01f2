"""``python -m senumpy watch``: send a picture through a trained network and see which channels it opens."""

import argparse
from functools import partial
from pathlib import Path

import numpy as np

from senumpy.commands import watch_line, watch_network
from senumpy.commands.gates_in_words import describe
from senumpy.data import PHOTO_NAMES, read_image
from senumpy.files.weights import weights_path
from senumpy.files.whole import spare, writable
from senumpy.gates.features import feature_maps
from senumpy.gates.sliding import sliding_gates
from senumpy.gates.values import gates_and_logits, se_blocks
from senumpy.layers import MaxPool2d
from senumpy.manners.arguments import filled, path
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.streams import visible
from senumpy.models import PREPROCESSING, SHIPPED, load_tiny_cnn
from senumpy.pictures.feature_maps import plot_feature_maps
from senumpy.pictures.one_image import plot_gates_of_image
from senumpy.pictures.sliding import plot_sliding_gates

SIZE_OF_PHOTOS = 224  # the photographs' own size: there the shipped network meets textures at the scale it learned
SIZE_OF_OTHERS = 32
LARGEST = 1024
WINDOW = 32

EPILOG = f"""
examples:
  python -m senumpy watch cat                         a bundled photograph: {", ".join(PHOTO_NAMES)}
  python -m senumpy watch holiday.jpg                 a picture of your own
  python -m senumpy watch cat --weights out/weights-with-se.npz --size 32      a network you trained
  python -m senumpy watch cat --model se-resnet50 --weights seresnet50.pth      one that others trained
  python -m senumpy watch line.png --model text-direction                       which way up is a line of text?

The network that ships has learned to tell 32 x 32 crops of the eight bundled photographs apart. It averages over all
places, so it takes whole pictures. Of a picture of yours it can only say which of the eight it resembles most.
"""


def add_parser(subparsers):
    """Define the command's arguments."""
    parser = subparsers.add_parser(
        "watch",
        help="send a picture through a trained network and see which channels it opens",
        description="Cut the largest square from the middle of a picture, send it through a trained network with SE "
        "blocks, print the most open and most closed channels of each block, and write figures: all gates, feature "
        "maps before and after the gates, and gates under a window that slides over the picture.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("image", metavar="IMAGE", type=filled, nargs="?",
        help="a file, or the name of a bundled photograph; text-direction draws a line of text where there is none")
    add("--model", choices=[watch_line.NAME, *watch_network.NETWORKS], metavar="NAME",
        help=f"{watch_line.NAME}, which ships with its weights, or with --weights by torchvision's or timm's names "
        f"{', '.join(watch_network.NETWORKS)} (default: a tiny CNN)")  # fmt: skip
    add("--weights", type=filled, metavar="FILE",
        help=f"weights of a tiny CNN, an .npz as the command train writes it, or the name of weights that ship: "
        f"{', '.join(SHIPPED)} (default: photos); with --model .npz, .safetensors, .pt or .pth")  # fmt: skip
    add("--labels", type=path, metavar="FILE", help="with --model: the names of its classes, one a line, or a .json")
    add("--preprocessing", choices=PREPROCESSING, metavar="KIND", help="with --model: how its weights want pictures, "
        f"{' or '.join(PREPROCESSING)} (default: torchvision, which is timm's too)")  # fmt: skip
    add("--stride-in-1x1", action="store_const", const=True, help="with --model: stride where the authors' networks "
        "have it; torchvision's and timm's have it in the 3 x 3")  # fmt: skip
    add("--size", type=int, metavar="PIXELS", help="bring the picture to this height and width (default: "
        f"{SIZE_OF_PHOTOS} for the shipped photos, {SIZE_OF_OTHERS} for all others)")  # fmt: skip
    add("--top", type=int, default=3, metavar="N", help="channels to print for each end (default: 3)")
    add("--out", type=path, metavar="FOLDER", help="where the figures go (default: watch-NAME here, such as watch-cat "
        "or watch-holiday-jpg)")  # fmt: skip
    parser.set_defaults(func=run)


def run(args):
    """Write the figures, print the gates, and return the exit code."""
    if args.top < 1:
        raise ValueError(f"--top must be at least 1, got {args.top}")
    if args.model == watch_line.NAME:
        return watch_line.run(args)
    if args.image is None:
        raise ValueError(f"which picture? Name a file, or a bundled photograph: {', '.join(PHOTO_NAMES)}")
    if args.model is not None:
        args.preprocessing = args.preprocessing or "torchvision"
        return watch_network.run(args)
    for option in ("labels", "preprocessing", "stride_in_1x1"):
        if getattr(args, option) is not None:
            raise ValueError(f"--{option.replace('_', '-')} goes with --model: the tiny CNN has its own ways")
    args.weights = args.weights or "photos"
    model = load_tiny_cnn(args.weights)
    if not se_blocks(model):
        raise ValueError(f"the network in {args.weights!r} has no SE blocks, so there are no gates to watch")
    image = _read(args, model)
    class_names = PHOTO_NAMES if args.weights == "photos" else None
    out, replaced = _folder(args, _figure_names(model))
    gates, logits = gates_and_logits(model, image[None])
    gates = {block: s[0] for block, s in gates.items()}
    verdict = _verdict(logits[0], class_names)
    troubles = []
    written = _write_figures(model, image, gates, verdict, out, args.top, troubles)
    print(f"{visible(args.image)}, {image.shape[1]} x {image.shape[2]} pixels. The network says: {verdict}\n")
    if class_names:
        print("(It knows these eight photographs only, and says which of them a picture resembles most.)\n")
    print(describe(gates, args.top))
    print(f"\nIn {visible(out)}: {', '.join(written)}")
    if replaced:
        print("(They replace figures that stood there before.)")
    if min(image.shape[1:]) <= _window(model):
        print(f"(No window slid over the picture: it must be larger than {_window(model)} pixels, see --size.)")
    return tell_troubles(troubles)


def _folder(args, names):
    """Return the folder of the figures, and whether figures stand there already; never over a file that is read."""
    out = args.out or Path(f"watch-{Path(args.image).name.replace('.', '-')}")
    inputs = [] if args.image in PHOTO_NAMES else [args.image]
    inputs += [] if args.weights in SHIPPED else [weights_path(args.weights)]
    spare(inputs, [out / name for name in names])
    writable(out, *names)
    return out, any((out / name).exists() for name in names)


def _read(args, model):
    """Return the picture as this network wants it."""
    least = _least(model)
    default = SIZE_OF_PHOTOS if args.weights == "photos" else max(SIZE_OF_OTHERS, least)
    size = default if args.size is None else args.size
    if least > LARGEST:
        raise ValueError(f"the network in {args.weights!r} needs pictures of {least} pixels, more than {LARGEST}")
    if not least <= size <= LARGEST:
        raise ValueError(f"--size must lie between {least} and {LARGEST} pixels for this network, got {size}")
    image = read_image(args.image, size)
    channels = model.params["conv1.weight"].shape[1]
    if channels == 1:
        return image.mean(axis=0, keepdims=True)  # (1, H, W)
    if channels != 3:
        raise ValueError(f"the network in {args.weights!r} takes {channels} channels; a picture has 1 or 3")
    return image


def _least(model):
    """Return the smallest size of a picture: each stage halves it."""
    return 2 ** sum(isinstance(layer, MaxPool2d) for _, layer in model.named_layers())


def _window(model):
    return max(WINDOW, _least(model))


def _verdict(logits, class_names):
    """Return the two likeliest classes in words."""
    shares = np.exp(logits - logits.max())
    shares = shares / shares.sum()
    names = class_names or [f"class {k}" for k in range(len(shares))]
    best = np.argsort(-shares, kind="stable")[:2]
    return ", ".join(f"{names[k]} {shares[k]:.0%}" for k in best)


def _figure_names(model):
    """Return the names of all figures that may be written."""
    return ["gates.png", *(f"{kind}-{block}.png" for kind in ("features", "window") for block in se_blocks(model))]


def _write_figures(model, image, gates, verdict, out, top, troubles):
    """Write all figures into a folder and return the names of those written; what went wrong goes into a list."""
    figures = {"gates.png": partial(plot_gates_of_image, image, gates, caption=verdict, top=top)}
    for block in gates:
        title = f"Feature maps of {block} before and after the gate, of channels with something to show"
        figures[f"features-{block}.png"] = partial(
            plot_feature_maps, *feature_maps(model, image, block), image, title=title
        )
    if min(image.shape[1:]) > _window(model):
        sliding = sliding_gates(model, image, _window(model), stride=max(8, min(image.shape[1:]) // 32))
        for block in gates:
            figures[f"window-{block}.png"] = partial(plot_sliding_gates, image, sliding, block)
    found = {name: save_figure(make, out / name, dpi=110) for name, make in figures.items()}
    troubles.extend(found.values())
    return [name for name, trouble in found.items() if trouble is None]
