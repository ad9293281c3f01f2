"""The command ``proof``: can the checker be trusted? Give it much that is right and much that is wrong, and look."""

from functools import partial
from itertools import product

from tqdm import tqdm

from senumpy import ops
from senumpy.files.whole import writable
from senumpy.gradcheck import check
from senumpy.gradcheck.suite.layers import MODELS
from senumpy.gradcheck.suite.ops import OPS
from senumpy.gradcheck.suite.run import CASES, run_case
from senumpy.manners.arguments import MOST, picture, positive
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.streams import visible
from senumpy.mistakes import MISTAKES
from senumpy.pictures.verdicts import plot_verdicts
from senumpy.training.progress import on_a_terminal


def check_all(*, seeds=10, cases=tuple(CASES), mistakes=tuple(MISTAKES), progress=False):
    """Check every operation, layer and model at random probes, and the mistakes of the gallery at their default probes.

    Parameters
    ----------
    seeds : int
        How many random probes for each operation, layer and model.
    cases : sequence of str
        Names from `senumpy.gradcheck.suite.run.CASES`.
    mistakes : sequence of str
        Names from `MISTAKES`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    right, wrong : dict of str to list of Report
        By operation; layers and models have a row each.

    Examples
    --------
    >>> right, wrong = check_all(seeds=2, cases=("linear",), mistakes=("linear_bias_not_summed",))
    >>> [report.status for report in right["linear"]]
    ['PASS', 'PASS']
    >>> [report.status for report in wrong["linear"]]
    ['FAIL']
    """
    right, wrong = {}, {}
    for name, seed in tqdm(list(product(cases, range(seeds))), disable=not (progress and on_a_terminal())):
        right.setdefault(_row(name), []).append(run_case(name, seed=seed))
    for mistake in map(MISTAKES.get, mistakes):
        report = check(mistake.forward, mistake.backward, mistake.probe)
        report.name = mistake.name
        wrong.setdefault(mistake.op, []).append(report)
    return right, wrong


def _row(case):
    if case not in OPS:
        return "models" if case in MODELS else "layers"
    while not hasattr(ops, f"{case}_forward"):  # the operation itself, or with an option behind its name
        case = case.rpartition("_")[0]
    return case


def add_parser(subparsers):
    """Register the sub-command ``proof``; its ``func`` takes the parsed arguments and returns an exit code."""
    parser = subparsers.add_parser(
        "proof",
        help="can the checker be trusted? draw its verdicts about right and wrong code",
        description="Draw what the gradient check says to right and wrong code.",
    )
    parser.add_argument("picture", type=picture, help="the file to write, .png or .svg")
    parser.add_argument(
        "--seeds", type=positive(int, MOST), default=10, help="random probes for each operation, layer and model (10)"
    )
    parser.set_defaults(func=run)
    return parser


def run(args):
    """Run the command; return 0 if every verdict is as it should be, else 1."""
    writable(args.picture.parent, args.picture.name, option="the picture's path")
    right, wrong = check_all(seeds=args.seeds, progress=True)
    trouble = save_figure(partial(plot_verdicts, right, wrong), args.picture, dpi=150)
    if trouble is None:
        print(f"The picture: {visible(args.picture)}")
    missed = [(report, "PASS") for reports in right.values() for report in reports if report.status != "PASS"]
    missed += [(report, "FAIL") for reports in wrong.values() for report in reports if report.status != "FAIL"]
    for report, expected in missed:
        print(f"should be {expected}:\n{report}\n")
    return max(tell_troubles([trouble]), int(bool(missed)))
