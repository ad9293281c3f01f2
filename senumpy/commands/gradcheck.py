"""The command ``gradcheck``: every operation, every layer and the tiny CNN, in a few seconds."""

import argparse
import json

from tqdm import tqdm

from senumpy.gradcheck.numerical import STEPS
from senumpy.gradcheck.suite.run import CASES, GROUPS, run_case
from senumpy.manners.arguments import seed
from senumpy.tables import text_table
from senumpy.training.progress import on_a_terminal


def add_parser(subparsers):
    """Register the sub-command ``gradcheck``; its ``func`` takes the parsed arguments and returns an exit code."""
    parser = subparsers.add_parser(
        "gradcheck",
        help="compare every backward pass with a numerical derivative",
        description="Compare the backward pass of operations, layers and the tiny CNN with numerical derivatives.",
        epilog=f"names: {', '.join([*GROUPS, *CASES])}",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", type=_known, help="what to check; everything by default")
    parser.add_argument("--method", choices=("auto", *STEPS), default="auto", help="numerical derivative (auto)")
    parser.add_argument(
        "--dtype",
        choices=("float64", "float32"),
        default="float64",
        help="precision of backward; float32 is compared with a float64 derivative at the same values",
    )
    parser.add_argument("--seed", type=seed, default=0, help="draw other probes (0)")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")
    parser.add_argument("--verbose", action="store_true", help="print every report, not only a line each")
    parser.set_defaults(func=run)
    return parser


def run(args):
    """Run the command; return 0 if every case passes, else 1."""
    names = list(dict.fromkeys(name for group in args.names or GROUPS for name in GROUPS.get(group, [group])))
    progress = tqdm(names, disable=not on_a_terminal(), leave=False)
    reports = []
    for name in progress:
        progress.set_description(name)
        reports.append(run_case(name, seed=args.seed, method=args.method, dtype=args.dtype))
    if args.json:
        print(json.dumps([report.to_dict() for report in reports], indent=1))
    else:
        print(text_table(("check", "error", "allowed", "method", "entries", "verdict"), map(_row, reports)))
        for report in reports:
            if args.verbose or report.status != "PASS":
                print(f"\n{report}")
    return int(any(report.status != "PASS" for report in reports))


def _known(name):
    if name not in CASES and name not in GROUPS:
        raise argparse.ArgumentTypeError(f"no check is called {name!r}; there are {', '.join([*GROUPS, *CASES])}")
    return name


def _row(report):
    worst = report.worst
    tensors = report.tensors.values()
    methods = " and ".join(dict.fromkeys(tensor.method.replace("_", " ") for tensor in tensors))
    entries, size = sum(tensor.entries for tensor in tensors), sum(tensor.size for tensor in tensors)
    checked = str(size) if entries == size else f"{entries} of {size}"
    return report.name, f"{worst.error:.1e}", f"{worst.tolerance:.0e}", methods, checked, report.status
