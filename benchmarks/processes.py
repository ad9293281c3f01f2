"""Two processes beside one, and beside PyTorch on two threads: ``python -m benchmarks.processes``.

Each side is a program of its own that sleeps until its turn comes. Communication is measured with it, and extrapolated
on paper. Needs PyTorch and MPI (``pip install torch mpi4py mpich``).
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import cost
from benchmarks.__main__ import THREAD_VARIABLES
from benchmarks.goals import Goal
from benchmarks.machine import Neighbours, about
from benchmarks.report import DISTURBED, table
from benchmarks.timing import DisagreementError, Pace, ratio, spread
from senumpy.manners.exits import run_command
from senumpy.models import TinyCNN

WIDTHS, SIZES, BATCH = [(16, 32, 32), (32, 64, 128)], [16, 28, 32], 64
ONE, TWO, TORCH = "1 process", "2 processes", "PyTorch, 2 threads"
HALF, OWN = "1 process, half the batch", "2 processes, own statistics"
NUMBERS = (64, 1_000, 16_000, 64_000, 256_000, 1_000_000)  # of a row: batch norm's, the tiny CNN's, and longer ones
BLOCK = 0.4  # seconds of a turn


class Side:
    """A program that waits for its turn."""

    def __init__(self, kind, processes, threads):
        start = [mpiexec(), "-n", str(processes)] if processes > 1 else []
        environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads))}
        command = [*start, sys.executable, "-m", "benchmarks.processes_worker", kind]
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.program = subprocess.Popen(command, env=environment, **streams)

    def ask(self, what, **options):
        """Let the program do something and return its answer."""
        self.program.stdin.write(json.dumps({"do": "work", "what": what, **options}) + "\n")
        self.program.stdin.flush()
        line = self.program.stdout.readline()
        if not line:
            raise ValueError("one side has ended before the race was over: what it said stands above")
        return json.loads(line)

    def end(self):
        self.program.stdin.close()
        try:
            self.program.wait(20)
        except subprocess.TimeoutExpired:
            self.program.kill()


def mpiexec():
    here = Path(sys.executable).with_name("mpiexec")
    found = str(here) if here.exists() else shutil.which("mpiexec")
    if found is None:
        raise ValueError("there is no mpiexec beside python, nor on the path: python -m pip install mpi4py mpich")
    return found


def measure_steps(sides, widths, size, se, rounds):
    """Return by side the seconds of a step, round by round, and for two processes those that went to sums."""
    options = {"widths": widths, "size": size, "se": se}
    asked = {ONE: (ONE, {"batch": BATCH}), TWO: (TWO, {"batch": BATCH}), TORCH: (TORCH, {"batch": BATCH}),
             HALF: (ONE, {"batch": BATCH // 2}), OWN: (TWO, {"batch": BATCH, "sync": False})}  # fmt: skip
    times, in_sums, counts = {name: [] for name in asked}, [], {}
    for number in range(rounds + 1):
        names = [*asked][number % len(asked) :] + [*asked][: number % len(asked)]
        losses = {}
        for name in names:
            side, more = asked[name]
            losses[name] = sides[side].ask("prepare", **options, **more)["losses"]
            time.sleep(Pace().settle)  # until the threads of the turn before sleep
            found = sides[side].ask("steps", count=counts.get(name, 2))
            if number == 0:  # nobody races before the numbers agree; and how many steps make a turn?
                counts[name] = max(2, round(BLOCK / found["seconds"]))
                continue
            times[name].append(found["seconds"])
            if name == TWO:
                in_sums.append(found["in_sums"])
        for name in (TWO, TORCH):
            if max(abs(a / b - 1) for a, b in zip(losses[name], losses[ONE], strict=True)) > 1e-3:
                raise DisagreementError(f"{name} computes the losses {losses[name]}, {ONE} {losses[ONE]}")
    return times, in_sums


def measure_epochs(sides, images, rounds):
    times = {name: [] for name in (ONE, TWO, TORCH)}
    for name in times:
        sides[name].ask("prepare", widths=WIDTHS[0], size=32, batch=2)
    for number in range(rounds):
        for name in [*times][number % 3 :] + [*times][: number % 3]:
            times[name].append(sides[name].ask("epoch", images=images, seed=number)["seconds"])
    return times


def work_of(name, widths, se, times):
    """Return a step as `cost.Work`, by what one process takes for all images and for half of them."""
    whole, half = spread(times[ONE]).median, spread(times[HALF]).median
    fixed = max(0.0, 2 * half - whole)
    rows = cost.rows_of(TinyCNN(widths=widths, se=se).count_parameters(), widths)
    return cost.Work(name, BATCH, fixed, (whole - fixed) / BATCH, rows)


def show(ratios):
    return f"{ratios.median:.2f} ({ratios.low:.2f} to {ratios.high:.2f})"


def main(argv=None):
    parser = argparse.ArgumentParser("python -m benchmarks.processes", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="", help="cases whose name contains this, such as 16-32-32")
    parser.add_argument("--quick", action="store_true", help="two rounds: a look, not a result")
    arguments = parser.parse_args(argv)
    rounds = 2 if arguments.quick else arguments.rounds
    cases = [(f"{'-'.join(map(str, w))}, {size} px, {'with' if se else 'without'} SE", w, size, se)
             for w in WIDTHS for size in SIZES for se in (True, False)]  # fmt: skip
    cases = [case for case in cases if arguments.only in case[0]]
    neighbours = Neighbours()
    sides = {ONE: Side("senumpy", 1, 1), TWO: Side("senumpy", 2, 1), TORCH: Side("PyTorch", 1, 2)}
    try:
        tell_surroundings(sides, rounds)
        goals, works = race_steps(sides, cases, rounds)
        epochs = measure_epochs(sides, 640 if arguments.quick else 4000, max(1, rounds // 3))
        goals[0].found["epoch of cued digits, 32 a batch"] = ratio(epochs[TWO], epochs[ONE])
        goals[1].found["epoch of cued digits, 32 a batch"] = ratio(epochs[TWO], epochs[TORCH])
        seconds = [sides[TWO].ask("sums", numbers=n, count=20 if arguments.quick else 200)["seconds"] for n in NUMBERS]
    finally:
        for side in sides.values():
            side.end()
    rows = [[goal.work, f"{goal.must:g}", f"{goal.aim:g}", show(goal.worst()[1]), goal.verdict(), goal.worst()[0]]
            for goal in goals]  # fmt: skip
    print("\n" + table(["two processes", "must", "aim", "worst", "verdict", "worst case"], rows))
    here = cost.fit("memory of this machine", [4 * n for n in NUMBERS], seconds)
    measured = ", ".join(f"{n}: {1e6 * s:.0f}" for n, s in zip(NUMBERS, seconds, strict=True))
    print(f"\nA sum over two processes, in us, by float32 numbers: {measured}")
    print(f"Fitted: {here}\nBeside it: {cost.ETHERNET}\n{cost.ASSUMED}")
    for title, header, rows in cost.on_paper([*works, cost.PAPER], [here, cost.ETHERNET]):
        print(f"\n{title}\n\n{table(header, rows)}")
    share = neighbours.share()
    if share is not None:
        quiet = "" if share < DISTURBED else ": the machine was not ours alone, do not quote these times"
        print(f"\nOther programs used {100 * share:.0f} % of the processor meanwhile{quiet}")
    return 0


def tell_surroundings(sides, rounds):
    for key, value in about("1 in each process of senumpy, 2 in PyTorch's", Pace(rounds), "processes").items():
        print(f"* {key}: {value}")
    for name, side in sides.items():
        processes = side.ask("about")["processes"]
        print(f"* {name}: " + "; ".join(f"{p['threads']} threads on cores {p['cores']}" for p in processes))
        cores = set().union(*(p["cores"] for p in processes))
        if cores and len(cores) < len(processes):
            print(f"  **they share {len(cores)} core: these times say nothing** (Open MPI: --bind-to none)")


def race_steps(sides, cases, rounds):
    """Race all cases, print a row for each, and return the goals and the work of the last case of each width."""
    to_one, to_torch, rows, works = {}, {}, [], {}
    for name, widths, size, se in cases:
        times, in_sums = measure_steps(sides, widths, size, se, rounds)
        found = {other: ratio(times[TWO], times[other]) for other in (ONE, TORCH)}
        if size >= 28:
            to_one[name], to_torch[name] = found[ONE], found[TORCH]
        share = statistics.median(s / t for s, t in zip(in_sums, times[TWO], strict=True))
        own = ratio(times[TWO], times[OWN])
        rows.append([name, *(f"{1e3 * spread(times[side]).median:.1f}" for side in (ONE, TWO, TORCH)), show(found[ONE]),
                     show(found[TORCH]), show(ratio(times[HALF], times[ONE])), f"{100 * share:.0f} %",
                     show(own)])  # fmt: skip
        works[widths] = work_of(f"TinyCNN {name}", widths, se, times)
        print(f"{name}: {rows[-1][4]}", file=sys.stderr, flush=True)
    header = ["step, batch 64", "one (ms)", "two (ms)", "PyTorch (ms)", "two to one", "two to PyTorch", "half to whole",
              "in sums", "to own statistics"]  # fmt: skip
    print("\n" + table(header, rows))
    goals = [Goal("to one, 28 and 32 px", 0.75, 0.55, to_one), Goal("to PyTorch, 2 threads", 1.4, 0.9, to_torch)]
    return goals, works.values()


if __name__ == "__main__":
    sys.exit(run_command(main, "benchmarks.processes"))
