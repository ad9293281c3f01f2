"""Run the groups that were asked for, one case after another, and hand the numbers to the report."""

import importlib
import json
import sys
import time

import torch
from tqdm import tqdm

from benchmarks import growth, machine, memory, report
from benchmarks.cases_ops import op_sides
from benchmarks.cases_step import SIDES, SIZES, WIDTHS, epoch_sides, step_sides
from benchmarks.figures import save_figures
from benchmarks.op_shapes import op_cases
from benchmarks.timing import NAIVE, DisagreementError, Pace, race


def run(arguments, command):
    """Measure, print the report, write the files asked for; return 1 where sides disagreed, else 0."""
    if arguments.load:
        results = json.loads(arguments.load.read_text())
    else:
        results = measure(arguments, command)
    page = report.to_markdown(results)
    print(page)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results))
    if arguments.markdown:
        arguments.markdown.parent.mkdir(parents=True, exist_ok=True)
        arguments.markdown.write_text(page)
        save_figures(results, arguments.markdown.parent / "figures")
    return 1 if results["refused"] else 0


def measure(arguments, command):
    """Return all results as plain lists and dictionaries, exactly as JSON keeps them."""
    known = [*SIDES, "BLAS", arguments.peer]
    unknown = [side for side in arguments.sides.split(",") if arguments.sides and side not in known]
    if unknown:
        sys.exit(f"--sides knows {', '.join(filter(None, known))}; got {', '.join(unknown)}")
    torch.set_num_threads(arguments.threads)
    pace = _pace(arguments)
    results = {"about": machine.about(arguments.threads, pace, command), "refused": []}
    neighbours = machine.Neighbours()
    for group in arguments.groups:
        results[group] = MEASURE[group](arguments, pace, results["refused"])
    results["about"]["others"] = neighbours.share()
    return json.loads(json.dumps(results))


def _pace(arguments):
    pace = Pace(3, warm_up=0.005, warm_up_calls=1, block=0.01) if arguments.quick else Pace()
    pace = pace._replace(rounds=arguments.rounds or pace.rounds)
    pace = pace._replace(clock=time.process_time) if arguments.cpu_time else pace
    return pace._replace(**NAIVE) if arguments.naive else pace


def _limits(arguments, pace, refused):
    return machine.measure_limits(pace)


def _ops(arguments, pace, refused):
    peer = importlib.import_module(arguments.peer) if arguments.peer else None
    cases = [case for case in op_cases(arguments.batch) if _chosen(case.name, arguments)]
    records = []
    for case in tqdm(cases, desc="ops", file=sys.stderr):
        times = _race_or_refuse(lambda case=case: op_sides(case, peer), arguments, pace, refused)
        if times:
            records.append({"name": case.name, "op": case.op, "work": case.work(), "times": times})
    return records


def _step(arguments, pace, refused):
    records = []
    for name, widths, size in tqdm(_step_cases(arguments), desc="step", file=sys.stderr):
        times = _race_or_refuse(lambda w=widths, s=size: step_sides(w, s, arguments.batch), arguments, pace, refused)
        if times:
            records.append({"name": name, "widths": widths, "times": times})
    return records


def _epoch(arguments, pace, refused):
    # An epoch warms itself up, and is a block of its own.
    pace = pace._replace(rounds=arguments.rounds or (2 if arguments.quick else 7), warm_up=0, warm_up_calls=0, block=0)
    n_train = 640 if arguments.quick else 4000
    times = _race_or_refuse(lambda: epoch_sides(pace.rounds, n_train), arguments, pace, refused)
    return [{"name": f"{n_train} images, 32 px, with SE", "times": times}] if times else []


def _memory(arguments, pace, refused):
    steps, repeats = [], 1 if arguments.quick else memory.REPEATS
    for name, widths, size in tqdm(_step_cases(arguments), desc="memory", file=sys.stderr):
        sides = _sides(SIDES, arguments)
        peaks = {side: memory.step_peak(side, widths, size, arguments.batch, repeats=repeats) for side in sides}
        steps.append({"name": f"{name}, with SE", "peaks": peaks})
    return {"steps": steps, "convolution": memory.convolution_scratch()}


def _growth(arguments, pace, refused):
    axes = growth.QUICK_AXES if arguments.quick else growth.AXES
    axes = {axis: values for axis, values in axes.items() if _chosen(axis, arguments)}
    names, results = _sides(SIDES, arguments), {}
    with tqdm(total=sum(map(len, axes.values())), desc="growth", file=sys.stderr) as bar:
        for axis, values in axes.items():
            try:
                results[axis] = growth.measure_growth(axis, values, pace, names, bar.update)
            except DisagreementError as error:
                refused.append(str(error))
    return results


MEASURE = {"limits": _limits, "ops": _ops, "step": _step, "epoch": _epoch, "memory": _memory, "growth": _growth}


def _race_or_refuse(make_sides, arguments, pace, refused):
    """Return the times; or, where the sides disagree, note it and return nothing."""
    try:
        sides = make_sides()
    except DisagreementError as error:
        refused.append(str(error))
        return None
    return race({name: sides[name] for name in _sides(sides, arguments)}, pace)


def _step_cases(arguments):
    cases = [(f"widths {'-'.join(map(str, w))}, {size} px", w, size) for w in WIDTHS for size in SIZES]
    return [case for case in cases if _chosen(case[0], arguments)]


def _chosen(name, arguments):
    """Match without regard to blanks and the name's commas: "conv3x3" and "relu 32 channels" both find their cases."""
    name = name.replace(" ", "").replace(",", "")
    return any(part in name for part in arguments.only.replace(" ", "").split(","))


def _sides(names, arguments):
    """Return those of the names that ``--sides`` asks for."""
    wanted = arguments.sides.split(",") if arguments.sides else names
    return [name for name in names if name in wanted]
