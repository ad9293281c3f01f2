"""The command line: ``python -m senumpy COMMAND``."""

import argparse
import os
import sys

from senumpy import backend
from senumpy.commands import seeds, train, watch
from senumpy.gradcheck import suite as gradcheck
from senumpy.training import TrainingError

COMMANDS = (train, gradcheck, watch, seeds)


def main(argv=None):
    """Run one command and return its exit code: 0 done, 1 the run failed, 2 the request makes no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m senumpy",
        description="Squeeze-and-Excitation Networks by hand in NumPy. Start with: python -m senumpy train",
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(subparsers)
    args = parser.parse_args(argv)
    try:
        with backend.use(getattr(args, "backend", None) or os.environ.get("SENUMPY_BACKEND") or "numpy"):
            code = args.func(args)
            if sys.stdout is not None:  # closed before we began
                sys.stdout.flush()
            return code
    except BrokenPipeError:  # whoever read our lines, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still flushes at its end
        return 1
    except (ValueError, OSError, backend.BackendError) as error:
        print(f"senumpy: error: {error}", file=sys.stderr)
        return 2
    except MemoryError as error:
        print(f"senumpy: error: not enough memory ({error}): try a smaller width, size or batch", file=sys.stderr)
        return 2
    except TrainingError as error:
        print(f"senumpy: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("senumpy: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
