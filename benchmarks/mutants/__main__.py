"""The command: judge the mutants of some rooms, and compare who survives with the list of those known."""

import argparse
import importlib
import os
import random
import resource
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded: threads do not outlive a fork

from .mutants import mutants
from .record import JUDGED, Record, reasons
from .rooms import TESTS, sources, tests_of
from .trial import noticed


def parsed(words):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="+", choices=TESTS, metavar="room", help=f"of {', '.join(TESTS)}")
    parser.add_argument("--backward", action="store_true", help="only functions with backward in their names")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants of these rooms together")
    parser.add_argument("--seed", type=int, default=0, help="which sample (%(default)s)")
    parser.add_argument("--record", type=Path, default=JUDGED, help="the verdicts (default: judged.json beside it)")
    parser.add_argument("--list", action="store_true", help="name the mutants, judge nobody")
    return parser.parse_args(words)


def drawn(args):
    """Return ``[(room, mutant), ...]``."""
    found = [(room, m) for room in args.rooms for path in sources(room) for m in mutants(path, args.backward)]
    if args.sample is None or args.sample >= len(found):
        return found
    return random.Random(args.seed).sample(found, args.sample)


def judge(trials, record, known):
    """Give everybody a verdict who has none yet, or who survived without a reason: there may be a test by now."""
    trials = [(room, m) for room, m in trials if m.name not in record or not record[m.name] and m.name not in known]
    for name in ("numpy", "pytest", "hypothesis", "torch"):  # once for all forks
        try:
            importlib.import_module(name)
        except ImportError:
            print(f"Without {name}, some tests are skipped, and notice less.")
    seconds = {}  # by room: several times what its tests take
    for room in {room for room, _ in trials}:
        before = _seconds_of_children()
        if failing := noticed(None, tests_of(room)):
            sys.exit(f"The tests of {room} fail without any mutant, so they prove nothing: {failing}")
        seconds[room] = 20 + round(4 * (_seconds_of_children() - before))
    for room, mutant in trials:
        record[mutant.name] = noticed(mutant, tests_of(room, mutant.path.stem, record.kills()), seconds[room])
        print(f"{'killed' if record[mutant.name] else 'SURVIVED'}: {mutant.name}", flush=True)


def _seconds_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report(trials, record, known):
    """Print how many were killed and who was not; return whether every survivor is accounted for."""
    for room in dict.fromkeys(room for room, _ in trials):
        names = [mutant.name for r, mutant in trials if r == room]
        killed = sum(bool(record[name]) for name in names)
        print(f"{room}: {killed} of {len(names)} killed ({killed / len(names):.1%})")
    names = [mutant.name for _, mutant in trials]
    for name in names:
        if record[name] and name in known:
            print(f"Killed by now, no longer a survivor: {name}")
    unknown = [name for name in names if not record[name] and name not in known]
    for name in unknown:
        print(f"Survived, and no reason is given in survivors.json: {name}")
    return not unknown


def main(words=None):
    args = parsed(words)
    trials = drawn(args)
    if args.list:
        print("\n".join(mutant.name for _, mutant in trials))
        return 0
    record = Record(args.record)
    judge(trials, record, reasons())
    return 0 if report(trials, record, reasons()) else 1


if __name__ == "__main__":
    sys.exit(main())
