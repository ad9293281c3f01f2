"""One command: ``python -m benchmarks``, from the root of the repository. See benchmarks/README.md."""

import argparse
import os
import sys
from pathlib import Path

# Nothing of senumpy may be imported up here: it brings NumPy, which reads the number of threads while it is loaded.

GROUPS = ("limits", "ops", "step", "epoch", "network", "memory", "growth")
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

SIDES = ("senumpy", "PyTorch", "PyTorch channels-last", "BLAS")
MOST = {"threads": 4 * (os.cpu_count() or 1), "batch": 4096, "rounds": 10_000}  # more threads only wait for each other


def parse(argv):
    parser = argparse.ArgumentParser("python -m benchmarks", description="Race senumpy against PyTorch on the CPU.")
    groups_help = f"{', '.join(GROUPS)} or all (default)"
    parser.add_argument("groups", nargs="*", default=["all"], metavar="group", help=groups_help)
    parser.add_argument("--threads", type=int, default=2, help="for each library (default 2)")
    parser.add_argument("--rounds", type=int, help="turns of each side (default 15, with --quick 3)")
    parser.add_argument("--quick", action="store_true", help="few rounds, short blocks: a look, not a result")
    parser.add_argument("--only", default="", metavar="A,B", help="only cases whose name contains one of these")
    parser.add_argument("--sides", default="", metavar="A,B", help="time only these sides; comparisons fall away")
    parser.add_argument("--cpu-time", action="store_true", help="count processor time, for a busy machine; --threads 1")
    parser.add_argument("--batch", type=int, default=64, help="of ops, steps and memory (default 64)")
    parser.add_argument("--naive", action="store_true", help="no pause, no warm-up: shows why there should be both")
    parser.add_argument("--peer", metavar="MODULE", help="race one more NumPy library, called like senumpy.ops")
    parser.add_argument("--json", type=_path, metavar="FILE", help="write all numbers, round by round")
    parser.add_argument("--markdown", type=_path, metavar="FILE", help="write the report, and figures/ beside it")
    parser.add_argument("--load", type=_path, metavar="FILE", help="measure nothing, report on this --json FILE")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.groups) - {*GROUPS, "all"}
    if unknown:
        words = ", ".join(sorted(map(_visible, unknown)))
        parser.error(f"unknown group {words}: choose from {', '.join(GROUPS)} or all")
    for name in ("threads", "batch", "rounds"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            parser.error(f"--{name} must be at least 1, got {value}")
        if value is not None and value > MOST[name]:
            parser.error(f"--{name} must be at most {MOST[name]} here, got {value}")
    known = [*SIDES, *filter(None, [arguments.peer])]
    unknown = set(arguments.sides.split(",")) - set(known) if arguments.sides else set()
    if unknown:
        parser.error(f"--sides knows {', '.join(known)}; got {', '.join(map(repr, sorted(unknown)))}")
    if arguments.cpu_time and arguments.threads != 1:
        parser.error("--cpu-time needs --threads 1: two threads that wait for each other use processor time as well")
    if "all" in arguments.groups:
        arguments.groups = list(GROUPS)
    return arguments


def _path(text):
    if not text:
        raise argparse.ArgumentTypeError("must not be empty")
    return Path(text)


def _visible(word):
    """Return a word as it was typed, or as Python writes it where a terminal would take parts of it for commands."""
    return word if word.isprintable() else repr(word)


def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    arguments = parse(argv)
    # The libraries read these once, when they are loaded: so first the environment, then the imports.
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(arguments.threads)))
    os.environ["MPLBACKEND"] = "agg"  # no window opens here, and a wrong name would end us at the import
    try:
        from senumpy.manners.exits import run_command
    except KeyboardInterrupt:
        print("benchmarks: interrupted", file=sys.stderr)
        return 130
    return run_command(lambda: _run(arguments, " ".join(["python -m benchmarks", *argv])), name="benchmarks")


def _run(arguments, command):
    try:
        from benchmarks.run import run
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise ValueError(
            "the benchmarks race against PyTorch, which is not installed: python -m pip install torch"
        ) from error
    return run(arguments, command)


if __name__ == "__main__":
    sys.exit(main())
