"""``python -m senumpy ledger``: parameters and multiply-adds of a network by stage, and what SE adds."""

import argparse
import inspect
import json
from dataclasses import asdict
from functools import partial

from senumpy.files.whole import spare, writable, write_whole
from senumpy.layers import Conv2d
from senumpy.ledger import build_empty, count, describe, describe_paper
from senumpy.manners.arguments import path, picture
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.streams import visible
from senumpy.models import LINES_OF_TEXT, MODELS, ResNet, TextDirection
from senumpy.models.residual_units import POSITIONS, SHORTCUTS
from senumpy.pictures.ledger import plot_ledger

LARGEST = 4096
PAPER = "paper"
OF_BLOCK = ("squeeze", "fixed", "bias")  # which a network hands on to its SE blocks
OF_SE = ("reduction", "hidden_multiple_of", "stages", "position", *OF_BLOCK)
OPTIONS = (*OF_SE, "stride_in_1x1", "shortcut")  # as the models call them

EPILOG = f"""
networks:
  {", ".join(name for name in MODELS if not name.startswith("se-"))};
  with SE blocks: se-resnet50, and so on

examples:
  what SE adds to ResNet-50, stage by stage, and a picture of it:
    python -m senumpy ledger se-resnet50 --png ledger.png
  another ratio, an image that is not square, the stride where the authors have it:
    python -m senumpy ledger se-resnet50 --reduction 4 --image 192x256 --stride-in-1x1
  tables 10, 13, 15 and 16 of the paper and its section on complexity, beside what is counted:
    python -m senumpy ledger paper
"""


def add_parser(subparsers):
    """Define the command's arguments."""
    parser = subparsers.add_parser(
        "ledger",
        help="parameters and multiply-adds of a network by stage, what SE adds, and the paper's numbers",
        description="Count what a network holds and what one image costs it, by walking it: parameters, batch norm's "
        "statistics and multiply-adds, by stage and by kind, with what SE adds, and with what is not counted. "
        '"ledger paper" counts the cells of tables 10, 13, 15 and 16 of the SENet paper and of its section on '
        "complexity, and says which rule of counting gives the printed digits.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", metavar="MODEL", help="a network by its name, or the word paper")
    add("--image", type=image_size, metavar="N", help="height and width, such as 224 or 48x192 (default: 224 for the "
        "large networks, 48x192 for text-direction, 32 for the others)")  # fmt: skip
    add("--reduction", type=int, metavar="R", help="the SE blocks' ratio r")
    add(
        "--hidden-multiple-of",
        type=int,
        metavar="M",
        help="round the hidden layer to a multiple of M: 8 is timm's rule",
    )
    add("--stages", type=numbers, metavar="1,2", help="the stages with SE blocks; the paper's stage 2 is 1 here")
    add("--position", choices=POSITIONS, help="where in a residual unit the SE block stands")
    add("--squeeze", choices=("avg", "max", "none"), help="none: 1 x 1 convolutions, a gate for every pixel")
    add("--fixed", action="store_true", default=None, help="gates that are learned, but the same for every image")
    add("--bias", action="store_true", default=None, help="SE blocks with biases, as the authors' files have them; "
        "without, as in the paper's ablations, is the default")  # fmt: skip
    add("--stride-in-1x1", action="store_true", default=None, help="the stride in a stage's first 1 x 1, as the "
        "authors have it, in place of the 3 x 3")  # fmt: skip
    add("--shortcut", choices=SHORTCUTS, help="of the small residual networks")
    add("--png", type=picture, metavar="FILE", help="draw parameters and multiply-adds by stage and kind")
    add("--json", type=path, metavar="FILE", help="write every layer's line as JSON")
    parser.set_defaults(func=run)
    return parser


def image_size(text):
    """Convert "224" or "48x192" to height and width.

    >>> image_size("224"), image_size("48x192")
    ((224, 224), (48, 192))
    """
    sizes = text.lower().split("x")
    if len(sizes) > 2 or not all(size.isdecimal() and 1 <= int(size) <= LARGEST for size in sizes):
        raise argparse.ArgumentTypeError(
            f"must be a size such as 224, or 48x192, of 1 to {LARGEST} pixels, got {text!r}"
        )
    return (int(sizes[0]), int(sizes[-1]))


def numbers(text):
    """Convert "2,3" to (2, 3)."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be numbers with commas between them, such as 2,3, got {text!r}"
        ) from None


def run(args):
    """Count, print, write what was asked for, and return the exit code."""
    options = {name: value for name in OPTIONS if (value := getattr(args, name)) is not None}
    if args.model == PAPER:
        return _run_paper(args, options)
    model = build_empty(args.model, **_fitting(args.model, options))
    shape = (_channels(model), *(args.image or _usual_size(model)))
    for option, file in (("--png", args.png), ("--json", args.json)):
        if file is not None:
            writable(file.parent, file.name, option=option)
    if args.png and args.json:
        spare([args.png], [args.json], "--json")
    ledger = count(model, shape)
    title = f"{args.model}{_in_words(options)}, one image of {' x '.join(map(str, shape))}"
    print(f"{title}\n\n{describe(ledger)}")
    if args.json:
        write_whole(args.json, json.dumps(_as_json(args.model, options, shape, ledger), indent=1) + "\n")
        print(f"\nEvery layer: {visible(args.json)}")
    return tell_troubles([_draw(ledger, args.png, title) if args.png else None])


def _run_paper(args, options):
    given = [*options, *(name for name in ("image", "png", "json") if getattr(args, name) is not None)]
    if given:
        words = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ValueError(f"ledger paper counts the paper's own networks and takes no options, got {words}")
    print(describe_paper())
    return 0


def _fitting(name, options):
    """Return the options, or raise a ValueError for those that this network would not use."""
    if name not in MODELS:
        raise ValueError(f"there is no network {name!r}; there are {', '.join(MODELS)}, and the word {PAPER}")
    takes = inspect.signature(MODELS[name]).parameters
    of_block = any(each.kind is each.VAR_KEYWORD for each in takes.values())  # handed on to its SE blocks
    for option in options:
        word = f"--{option.replace('_', '-')}"
        if option in OF_SE and f"se-{name}" in MODELS:
            raise ValueError(f"{word} is for SE blocks, and {name} has none; se-{name} has")
        if option not in takes and not (of_block and option in OF_BLOCK):
            raise ValueError(f"{name} has no choice of {word}")
    return options


def _channels(model):
    """Return how many channels the first convolution takes."""
    first = next(layer for _, layer in model.named_layers() if isinstance(layer, Conv2d))
    return first.params["weight"].shape[1] * first.groups


def _usual_size(model):
    if isinstance(model, TextDirection):
        return LINES_OF_TEXT.height, LINES_OF_TEXT.width
    return (224, 224) if isinstance(model, ResNet) else (32, 32)


def _in_words(options):
    """Return what was asked for, for the title.

    >>> _in_words({"reduction": 8, "stages": (2, 3), "bias": True})
    ', reduction 8, stages 2 3, bias'
    """
    words = ""
    for name, value in options.items():
        value = "" if value is True else f" {' '.join(map(str, value)) if isinstance(value, tuple) else value}"
        words += f", {name.replace('_', ' ')}{value}"
    return words


def _as_json(name, options, shape, ledger):
    sums = ("parameters", "statistics", "multiply_adds", "matrix_products", "held", "work", "not_counted", "unknown")
    return {
        "model": name,
        "options": options,
        "image": shape,
        **{what: getattr(ledger, what) for what in sums},
        "se": {what: getattr(ledger.se, what) for what in ("parameters", "multiply_adds")},
        "layers": [asdict(entry) for entry in ledger.entries],
    }


def _draw(ledger, file, title):
    trouble = save_figure(partial(plot_ledger, ledger.table("held"), ledger.table("work"), title), file, dpi=100)
    if trouble is None:
        print(f"\nThe picture: {visible(file)}")
    return trouble
