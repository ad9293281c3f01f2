"""The command ``lab``: ask a question of the paper's ablation study again, over seeds, and get an honest verdict."""

import argparse
import os
import shlex
import sys
from functools import partial
from pathlib import Path

from senumpy.commands.lab_settings import (
    MOST_SEEDS,
    check_jobs,
    default_jobs,
    make_study,
    quickly,
    some_seeds,
    task_and_options,
)
from senumpy.commands.lab_training import train_and_tell
from senumpy.files.whole import writable
from senumpy.lab.identity import code_of, identity
from senumpy.lab.questions import ALL, QUESTIONS, questions_for
from senumpy.lab.recipes import check_search, search, write_recipe
from senumpy.lab.records import RESULTS, read_record, run_file
from senumpy.lab.rule import rule
from senumpy.lab.settings import MODELS, TASKS
from senumpy.lab.study import end_of_report, found_of, make_report, write_report
from senumpy.lab.table import as_text
from senumpy.lab.verify import OTHER, verify
from senumpy.manners.arguments import MOST, path, positive
from senumpy.manners.figures import save_figure, tell_troubles
from senumpy.manners.signals import heard_once
from senumpy.manners.streams import visible
from senumpy.pictures.runs import plot_runs
from senumpy.training.progress import show

RECIPE = "recipe"
SEEDS = 5
BESIDE_VERIFY = (
    "out", "show", "quick", "retry", "code", "seeds", "variants", "epochs", "batch_size", "lr", "jobs",
)  # fmt: skip
EPILOG = (
    "questions:\n"
    + "\n".join(f"  {name:<11}{of.asks}" for name, of in QUESTIONS.items())
    + """
  all        every question that the network can answer
  recipe     none: look for a recipe with which the standard block learns in at least 9 of 10 seeds

examples:
  the whole path in two minutes, without a verdict:
    python -m senumpy lab gate --quick
  why a sigmoid, ten seeds, two processes:
    python -m senumpy lab gate --seeds 10 --jobs 2
  the photographs in any light:
    python -m senumpy lab squeeze --task photos:light --seeds 10
  a fifth of the pictures and as many steps, with SE and without:
    python -m senumpy lab se --task cued-digits:n_train=1000 --epochs 48
  a surprise? Once more, with new seeds, in a report of their own:
    python -m senumpy lab squeeze --seeds 10-19
  where in the residual unit?
    python -m senumpy lab position --model resnet8
  a recipe for a task on which nobody has looked for one:
    python -m senumpy lab recipe --task cued-digits:stripe_rows=1
  the report of the runs that come with the package, nothing trained:
    python -m senumpy lab squeeze --show
  are they still what this code gives?
    python -m senumpy lab --verify

Stopped, it goes on where it was when started again; several labs may work in one folder.
"""
)


def add_parser(subparsers):
    """Define the arguments."""
    parser = subparsers.add_parser(
        "lab",
        help="ask the paper's ablation study again, over seeds, with an honest verdict",
        description="Train the variants of a question over several seeds, each run in a file of its own, and report "
        "every seed, intervals, paired differences and a verdict by a printed rule, with the paper's number beside "
        "ours.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("question", nargs="?", choices=[*QUESTIONS, ALL, RECIPE], metavar="QUESTION", help="see below")
    add("--model", default="tiny-cnn", choices=MODELS, help="the network: %(choices)s (default: %(default)s)")
    add("--task", default="cued-digits", metavar="NAME[:OPTION=VALUE...]", help=f"the task: {', '.join(TASKS)}; with "
        "options as its function in senumpy.data names them, such as cued-digits:stripe_rows=2 or photos:light "
        "(default: %(default)s)")  # fmt: skip
    add("--seeds", type=some_seeds, metavar="K", help="how many seeds, 0 to K - 1, or the first and the last, such as "
        "10-19; fewer than five get no verdict (default: 5; with --show all that are there)")  # fmt: skip
    add("--variants", metavar="A,B,...", help="train these alone, beside the standard block")
    add("--epochs", type=positive(int, MOST), help="instead of the recipe's number")
    add("--batch-size", type=positive(int, MOST), help="instead of the recipe's")
    add("--lr", type=positive(float), help="the peak of the one-cycle learning rate, instead of the recipe's")
    add("--jobs", type=int, metavar="J", help="how many processes, each with one thread (default: one for each "
        "processor that this process may use)")  # fmt: skip
    add("--out", type=path, metavar="DIR", help="the folder of the runs and the report (default: lab; with --show the "
        "results that come with the package)")  # fmt: skip
    add("--quick", action="store_true", help="few pictures, one epoch, two seeds: shows the path, gives no verdict")
    add("--retry", action="store_true", help="train again what did not finish before")
    add("--show", action="store_true", help="train nothing: report what is there")
    add("--code", metavar="SOURCE/NUMPY", help="with --show: only runs made by this, or by what begins so")
    add("--verify", nargs="?", const=RESULTS, type=path, metavar="DIR", help="repeat the first 20 steps of one seed of "
        "each kind of run in a folder (default: the results that come with the package)")  # fmt: skip
    parser.set_defaults(func=run)
    return parser


def run(args):
    """Run the command and return its exit code."""
    if args.verify is not None:
        if args.question:
            raise ValueError("--verify takes no question")
        if others := [name for name in BESIDE_VERIFY if getattr(args, name)]:
            raise ValueError(f"--verify takes a folder and nothing else: what is --{others[0].replace('_', '-')} for?")
        return _verify(args.verify)
    if args.question is None:
        raise ValueError(f"lab needs a question: one of {', '.join([*QUESTIONS, ALL, RECIPE])}")
    jobs = check_jobs(default_jobs() if args.jobs is None else args.jobs)
    if args.code and not args.show:
        raise ValueError("--code chooses among the runs that --show shows: a training makes those of this code")
    args.out = args.out or (RESULTS if args.show else Path("lab"))
    if args.quick:
        quickly(args)
    if os.environ.get("OPENBLAS_NUM_THREADS", "1") != "1":
        show("Each process computes with one thread: OPENBLAS_NUM_THREADS is set to 1 for them.")
    with heard_once():
        if args.question == RECIPE:
            return _recipe(args, jobs)
        return _questions(args, jobs)


def _questions(args, jobs):
    studies = [make_study(args, question) for question in questions_for(args.question, args.model)]
    if not args.show:
        writable(args.out)
        for study in studies:
            _spare_strangers(args.out / f"{study.name()}.json")
        seeds = args.seeds or range(SEEDS)
        runs = dict(run for study in studies for run in study.wanted(seeds))  # the standard block is in all of them
        train_and_tell(runs, studies, jobs, args.retry)
    troubles, codes = [], []
    for study in studies:
        rows, made_by = _runs_to_report(args, study)
        command = shlex.join(["python", "-m", "senumpy", *sys.argv[1:]])
        report = make_report(study, rows, made_by, command=command)
        print("", *map(visible, as_text(report).split("\n")), "", sep="\n")
        codes.append(int(any(row["state"] in ("killed", "failed") for row in rows)))
        if not args.show:
            written = write_report(study, report)
            trouble = save_figure(partial(plot_runs, report), written.with_suffix(".png"), dpi=100)
            troubles.append(trouble)
            print(f"The report: {visible(written)}" + ("" if trouble else ", the figure beside it as .png"))
    print(f"\n{rule(studies[0].is_learned_or_not())}")
    return max([tell_troubles(troubles), *codes])


def _runs_to_report(args, study):
    """Return the runs of a study, as rows, and who made them: after a training at least what the last report had."""
    rows, made_by = found_of(study, args.code if args.show else code_of(identity()))
    seeds = args.seeds or range(MOST_SEEDS if args.show else SEEDS)
    if not args.show:
        seeds = range(seeds.start, max(seeds.stop, end_of_report(study)))
    rows = [row for row in rows if row["seed"] in seeds]
    if not rows:
        raise ValueError(f"no run of this question in {str(args.out)!r} has a seed from {seeds[0]} to {seeds[-1]}")
    if args.show:
        show(f"Runs in {visible(args.out)}:")
    return rows, made_by


def _spare_strangers(report):
    """Refuse to write a report where a folder stands, or its figure over one that belongs to no report."""
    figure = report.with_suffix(".png")
    if report.is_dir() or figure.is_dir():
        raise ValueError(f"a report would be written to {str(report)!r}, its figure beside it, and there is a folder")
    if os.path.exists(figure) and not report.exists():
        raise ValueError(
            f"{str(figure)!r} is there already, without a report beside it: the figure would be written over it. "
            "Choose another folder with --out, or move it away"
        )


def _recipe(args, jobs):
    task, options = task_and_options(args.task)
    check_search(task)
    if args.epochs or args.lr or args.batch_size or args.show or args.variants or args.seeds or args.quick:
        raise ValueError("recipe takes --model, --task, --jobs, --out and --retry: what it tries is fixed beforehand")
    writable(args.out)
    study = make_study(args, "se")
    found = search(args.model, task, options, partial(_train_these, study, jobs, args.retry), show)
    if found["recipe"] is None:
        show("No recipe was good enough; none was written.")
        return 1
    written = write_recipe(args.out, args.model, task, options, found)
    show(f"{found['recipe']}: {found['how']}.\nWritten to {visible(written)}; the lab reads it there.")
    return 0


def _train_these(study, jobs, retry, settings):
    """Train runs of the standard block and return their records in the same order."""
    runs = {run_file(study.folder, "se", each, identity()): each for each in settings}
    train_and_tell(runs, [study], jobs, retry)
    return [read_record(file) for file in runs]


def _verify(folder):
    counts = verify(folder, lambda name, verdict: show(f"{visible(name)}: {verdict}"))
    show("; ".join(f"{verdict}: {count}" for verdict, count in counts.items()))
    return 1 if counts[OTHER] else 0
