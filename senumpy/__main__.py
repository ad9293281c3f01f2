"""The command line: ``python -m senumpy COMMAND``."""

import argparse
import os
import sys

from senumpy import REPOSITORY, __version__, backend
from senumpy.commands import gradcheck, lab, ledger, proof, train, watch
from senumpy.manners.arguments import Parser
from senumpy.manners.exits import EXIT_CODES, run_command
from senumpy.manners.processes import check_processes, in_all_processes
from senumpy.starting import is_own_name

COMMANDS = (train, gradcheck, watch, ledger, lab, proof)


def main(argv=None):
    """Run one command and return its exit code; `senumpy.manners.exits` says what the codes mean."""
    return in_all_processes(lambda: run_command(lambda: _run(argv)))


def _run(argv):
    parser = Parser(
        prog="senumpy" if is_own_name(sys.argv[0]) else "python -m senumpy",
        description="Squeeze-and-Excitation Networks by hand in NumPy. Start with: %(prog)s train",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"senumpy {__version__} {REPOSITORY}".strip())
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    check_processes(several=getattr(args, "several_processes", False))
    with backend.use(getattr(args, "backend", None) or os.environ.get("SENUMPY_BACKEND") or "numpy"):
        return args.func(args)


if __name__ == "__main__":
    sys.exit(main())
