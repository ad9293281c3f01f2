"""The command ``seeds``: train with and without SE over several seeds, and say what the numbers allow to say."""

import argparse
import ast
import json
import os
import shlex
import sys
from functools import partial
from pathlib import Path

from tqdm import tqdm

from senumpy.files.whole import writable
from senumpy.lab.plan import make_plan
from senumpy.lab.runs import check_variants, run_seeds
from senumpy.manners.arguments import MOST, path
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.streams import visible
from senumpy.pictures.runs import plot_runs
from senumpy.training import RECIPES
from senumpy.training.progress import on_a_terminal, show

MOST_SEEDS = 10_000

EPILOG = """
variants:
  plain      the network without SE blocks; for one seed all variants start from the same shared weights
  se         with SE blocks, at the recipe's ratio
  se-r8      with SE blocks at the ratio 8, or any other number

examples:
  does SE help on the photographs, ten seeds:
    python -m senumpy seeds --data photos --seeds 10
  the task made for channel attention, and the same with a stripe of one row:
    python -m senumpy seeds --data cued-digits --seeds 5
    python -m senumpy seeds --data cued-digits --seeds 5 --task stripe_rows=1 --out thin-stripe.json
  the photographs in any light (the variants of senumpy.data.photos: light, cast, permuted):
    python -m senumpy seeds --data photos --task variant=light --seeds 10 --out photos-light.json
  three ratios:
    python -m senumpy seeds --data photos --seeds 10 --variants plain,se-r2,se-r4,se-r8

Stopped, it goes on where it was when started again: finished runs are read from the JSON file.
"""


def add_parser(subparsers):
    """Define the arguments."""
    parser = subparsers.add_parser(
        "seeds",
        help="train with and without SE over several seeds, with intervals",
        description="Train with and without SE over several seeds, in pairs that start from the same weights. Prints "
        "a table of means, 95 % intervals and paired differences, says in words what they allow to say, and writes "
        "every run to a JSON file and a figure with every seed as a dot.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", required=True, choices=RECIPES, metavar="NAME", help=f"the task: {', '.join(RECIPES)}")
    add("--seeds", required=True, type=int, metavar="K", help="how many seeds, 0 to K - 1; below five says little")
    add("--variants", default="plain,se", metavar="A,B,...", help="what to train; the others are compared with the "
        "first (default: plain,se)")  # fmt: skip
    add("--task", action="append", default=[], metavar="OPTION=VALUE", help="change an option of the task, as its "
        "function in senumpy.data names it, such as stripe_rows=2 or digit_rows=5,5; may be repeated")  # fmt: skip
    add("--epochs", type=int, help="instead of the recipe's number")
    add("--batch-size", type=int, help="instead of the recipe's")
    add("--lr", type=float, help="the peak of the one-cycle learning rate, instead of the recipe's")
    add("--reduction", type=int, help="the ratio of the variant se, instead of the recipe's")
    add("--out", type=path, metavar="FILE", help="the JSON file (default: seeds-NAME.json here); the figure goes "
        "beside it as .png")  # fmt: skip
    parser.set_defaults(func=run)
    return parser


def run(args):
    """Run the command and return its exit code."""
    plan, variants = _plan(args), args.variants.split(",")
    check_variants(variants, plan)
    if not 1 <= args.seeds <= MOST_SEEDS:
        raise ValueError(f"--seeds must be at least 1 and at most {MOST_SEEDS}, got {args.seeds}")
    record_file = args.out or Path(f"seeds-{args.data}.json")
    if record_file.suffix != ".json":
        raise ValueError(f"--out must be a .json file, got {str(record_file)!r}")
    figure_file = record_file.with_suffix(".png")
    if os.path.exists(figure_file) and not os.path.exists(record_file):
        raise ValueError(
            f"{str(figure_file)!r} is there already, without a record of seeds beside it: the figure would be written "
            "over it. Choose another file with --out, or move it away"
        )
    plan.make_task()  # refuses options that make no sense, before a folder is made
    writable(record_file.parent, record_file.name, figure_file.name)
    command = shlex.join(["python", "-m", "senumpy", *sys.argv[1:]])
    with tqdm(total=args.seeds * len(variants), unit="run", disable=not on_a_terminal()) as bar:
        record = run_seeds(plan, variants, range(args.seeds), record_file, command=command, on_run=_teller(bar))
    trouble = save_figure(partial(plot_runs, record), figure_file, dpi=100)
    print(f"\n{table(record['summary'])}\n")
    print("\n".join(record["summary"]["words"]))
    print(f"\nEvery run: {visible(record_file)}" + (f". The figure: {visible(figure_file)}" if trouble is None else ""))
    return tell_troubles([trouble])


def _plan(args):
    options = dict(_option(text) for text in args.task)
    plan = make_plan(
        args.data, options, epochs=args.epochs, batch_size=args.batch_size, lr=args.lr, reduction=args.reduction
    )
    for option, value in (("--epochs", plan.epochs), ("--batch-size", plan.batch_size)):
        if value > MOST:
            raise ValueError(f"{option} must be at most {MOST}, got {value}")
    if plan.lr == float("inf"):
        raise ValueError("--lr must be a finite number")
    if plan.reduction > min(plan.widths):
        raise ValueError(f"--reduction must be at most the smallest width, {min(plan.widths)}, got {plan.reduction}")
    return plan


def _option(text):
    """Return name and value of ``name=value``; numbers and pairs become numbers and pairs."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise ValueError(f"--task takes OPTION=VALUE, such as stripe_rows=2, got {text!r}")
    try:
        number = ast.literal_eval(value)
        json.dumps(number)  # the plan is written as JSON
        return name, number
    except (ValueError, SyntaxError, TypeError):
        return name, value  # a word, such as variant=light


def _teller(bar):
    def tell(run, is_new):
        bar.update()
        state = f"{run['seconds']:.1f} s" if is_new else "found in the file"
        line = f"seed {run['seed']:2d}  {run['variant']:<8} test accuracy {run['test_accuracy']:.3f}  {state}"
        show(line)

    return tell


def table(summary):
    """Return the summary of a record as text."""
    lines = ["variant   seeds  test accuracy, 95 % interval   parameters   seconds a run"]
    for name, of in summary["variants"].items():
        accuracy = _printed(of["test_accuracy"], "{:.1f}", " %")
        lines.append(f"{name:<10}{of['seeds']:>5}  {accuracy:<30}{of['parameters']:>11,}{of['seconds']:>16.1f}")
    baseline = next(iter(summary["variants"]))
    for name, of in summary["differences"].items():
        difference = _printed(of["test_accuracy"], "{:+.1f}", " percentage points")
        lines.append(f"{name} minus {baseline}, {of['pairs']} pairs: {difference}")
    return "\n".join(lines)


def _printed(interval, form, unit):
    if interval[0] is None:
        return "not a number"
    mean, low, high = (None if v is None else form.format(100 * v) for v in interval)
    return f"{mean}{unit}" + ("" if low is None else f" ({low} to {high})")
