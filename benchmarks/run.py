"""Run the groups that were asked for, one case after another, and hand the numbers to the report."""

import json
import time
from contextlib import suppress

import torch
from tqdm import tqdm

from benchmarks import growth, machine, memory, report
from benchmarks.cases_network import BATCHES, network_sides
from benchmarks.cases_ops import op_sides
from benchmarks.cases_step import SIDES, SIZES, WIDTHS, epoch_sides, step_sides
from benchmarks.files import import_peer, load, look_ahead, write_files
from benchmarks.op_shapes import op_cases
from benchmarks.timing import NAIVE, DisagreementError, Pace, race
from senumpy.files.whole import write_whole
from senumpy.manners.figures import tell_troubles
from senumpy.training.progress import on_a_terminal

INTERRUPTED = "interrupted"


def run(arguments, command):
    """Measure, write the files asked for, print the report; return 1 where sides disagreed, or a figure failed."""
    look_ahead(arguments)
    if arguments.load:
        results, page = load(arguments.load)
    else:
        results = measure(arguments, command)
        page = report.to_markdown(results)
    troubles = write_files(arguments, results, page)
    print(page)
    code = tell_troubles(troubles)
    if not arguments.load and INTERRUPTED in results["about"]:
        raise KeyboardInterrupt
    return 1 if results["refused"] else code


def measure(arguments, command):
    """Return all results as plain lists and dictionaries, exactly as JSON keeps them.

    The file of ``--json`` is written anew after each case, so whatever happens, the cases before it are there. Ctrl-C
    ends the measuring; the report is then about what was measured.
    """
    torch.set_num_threads(arguments.threads)
    pace = _pace(arguments)
    results = {"about": machine.about(arguments.threads, pace, command), "refused": []}
    neighbours = machine.Neighbours()
    try:
        for group in arguments.groups:
            for so_far in MEASURE[group](arguments, pace, results["refused"]):
                results[group] = so_far
                if arguments.json:
                    with suppress(OSError):  # a disk that is full now may have room at the end, and the page is shown
                        write_whole(arguments.json, json.dumps(results))
    except KeyboardInterrupt:
        if not any(group in results for group in arguments.groups):
            raise
        results["about"][INTERRUPTED] = "before everything was measured"
    if not results["refused"] and not any(group in results for group in arguments.groups):
        raise ValueError(f"nothing to measure: no case fits --only {arguments.only!r} and --sides {arguments.sides!r}")
    results["about"]["others"] = neighbours.share()
    return json.loads(json.dumps(results))


def _pace(arguments):
    pace = Pace(3, warm_up=0.005, warm_up_calls=1, block=0.01) if arguments.quick else Pace()
    pace = pace._replace(rounds=arguments.rounds or pace.rounds)
    pace = pace._replace(clock=time.process_time) if arguments.cpu_time else pace
    return pace._replace(**NAIVE) if arguments.naive else pace


# Each group is a generator: after each case it gives what it has so far.


def _limits(arguments, pace, refused):
    yield machine.measure_limits(pace)


def _ops(arguments, pace, refused):
    peer = import_peer(arguments.peer)
    cases = [case for case in op_cases(arguments.batch) if _chosen(case.name, arguments)]
    records = []
    for case in tqdm(cases, desc="ops", disable=not on_a_terminal()):
        times = _race_or_refuse(lambda case=case: op_sides(case, peer), arguments, pace, refused)
        if times:
            records.append({"name": case.name, "op": case.op, "work": case.work(), "times": times})
            yield records


def _step(arguments, pace, refused):
    records = []
    for name, widths, size in tqdm(_step_cases(arguments), desc="step", disable=not on_a_terminal()):
        times = _race_or_refuse(lambda w=widths, s=size: step_sides(w, s, arguments.batch), arguments, pace, refused)
        if times:
            records.append({"name": name, "widths": widths, "times": times})
            yield records


def _epoch(arguments, pace, refused):
    # An epoch warms itself up, and is a block of its own.
    pace = pace._replace(rounds=arguments.rounds or (2 if arguments.quick else 7), warm_up=0, warm_up_calls=0, block=0)
    n_train = 640 if arguments.quick else 4000
    times = _race_or_refuse(lambda: epoch_sides(pace.rounds, n_train), arguments, pace, refused)
    if times:
        yield [{"name": f"{n_train} images, 32 px, with SE", "times": times}]


def _network(arguments, pace, refused):
    records = []
    for batch in tqdm(BATCHES, desc="network", disable=not on_a_terminal()):
        times = _race_or_refuse(lambda batch=batch: network_sides(batch), arguments, pace, refused)
        if times:
            repeats = 1 if arguments.quick else memory.REPEATS
            peaks = {side: memory.network_peak(side, batch, repeats=repeats) for side in _sides(SIDES, arguments)}
            records.append({"name": f"SE-ResNet-50, batch {batch}", "times": times, "peaks": peaks})
            yield records


def _memory(arguments, pace, refused):
    steps, repeats = [], 1 if arguments.quick else memory.REPEATS
    for name, widths, size in tqdm(_step_cases(arguments), desc="memory", disable=not on_a_terminal()):
        sides = _sides(SIDES, arguments)
        peaks = {side: memory.step_peak(side, widths, size, arguments.batch, repeats=repeats) for side in sides}
        steps.append({"name": f"{name}, with SE", "peaks": peaks})
        yield {"steps": steps}
    yield {"steps": steps, "convolution": memory.convolution_scratch()}


def _growth(arguments, pace, refused):
    axes = growth.QUICK_AXES if arguments.quick else growth.AXES
    axes = {axis: values for axis, values in axes.items() if _chosen(axis, arguments)}
    names, results = _sides(SIDES, arguments), {}
    if not names:
        return
    with tqdm(total=sum(map(len, axes.values())), desc="growth", disable=not on_a_terminal()) as bar:
        for axis, values in axes.items():
            try:
                results[axis] = growth.measure_growth(axis, values, pace, names, bar.update)
                yield results
            except DisagreementError as error:
                refused.append(str(error))


MEASURE = {
    "limits": _limits,
    "ops": _ops,
    "step": _step,
    "epoch": _epoch,
    "network": _network,
    "memory": _memory,
    "growth": _growth,
}


def _race_or_refuse(make_sides, arguments, pace, refused):
    """Return the times, or nothing: where the sides disagree, which is noted, or where no side is asked for."""
    try:
        sides = make_sides()
    except DisagreementError as error:
        refused.append(str(error))
        return None
    wanted = {name: sides[name] for name in _sides(sides, arguments)}
    return race(wanted, pace) if wanted else None


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
