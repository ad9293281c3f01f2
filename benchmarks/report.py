"""From numbers to a page: the goals first, then the machine and its limits, then every case."""

from benchmarks.goals import all_goals, better_layout, comparable
from benchmarks.growth import AXES, slope
from benchmarks.machine import least_seconds
from benchmarks.timing import ratio, spread

READING = """\
Times are medians over the rounds, with the quartiles behind them: half of all rounds lay between. A ratio is one of
medians, with the quartiles of the ratios round by round (it may lie outside them); below 1 senumpy is faster.
"Better" is PyTorch in the faster of its two layouts. "Limit" is about the least that this machine needs: for the
arithmetic at the rate of a large matrix product, or for the memory traffic at the rate of a copy, whichever takes
longer. Of the goals, "must" is what was asked for and "aim" what was hoped for. How all this is measured, and why so,
is in benchmarks/README.md.
"""
GROWTH = "On logarithmic scales, over the last three sizes: a slope of 1 is growth in proportion, 2 with the square."
DISTURBED = 0.05  # from this share of the processor on, other programs are in the way


def to_markdown(results):
    """Return the whole report as Markdown."""
    parts = ["# Speed and memory beside PyTorch", READING.strip(), _about(results)]
    parts += [f"**Refused**, because the sides disagree: {message}" for message in results["refused"]]
    goals = all_goals(results)
    if goals:
        parts += ["## Goals, and the worst case of each", _goals(goals)]
    if "limits" in results:
        parts += ["## Limits of the machine", _limits(results["limits"])]
    if "step" in results:
        parts += ["## A training step of TinyCNN", _times(results["step"], results)]
    if "epoch" in results:
        parts += ["## An epoch of cued digits, batches of 32", _times(results["epoch"], results)]
    if "network" in results:
        title = "## SE-ResNet-50 at 224 pixels: a forward pass, and its peak memory"
        parts += [title, _times(results["network"], results), _peaks(results["network"])]
    if "memory" in results:
        parts += ["## Peak memory of a training step", *_memory(results["memory"])]
    if "growth" in results:
        parts += ["## Growth", GROWTH, _growth(results["growth"]), "![growth](figures/growth.png)"]
    if "ops" in results:
        parts += ["## Every op", _times(results["ops"], results)]
        parts += ["![ops](figures/ops.png)"] if all(map(comparable, results["ops"])) else []
    return "\n\n".join(parts) + "\n"


def _about(results):
    about = dict(results["about"])
    share = about.pop("others", None)
    lines = [f"* {key}: {value}" for key, value in about.items()]
    if share is not None:
        warning = "" if share < DISTURBED else ": **the machine was not ours alone, so do not quote these times**"
        lines.append(f"* other programs used {100 * share:.0f} % of the processor meanwhile{warning}")
    return "\n".join(lines)


def _goals(goals):
    rows = []
    for goal in goals:
        case, worst = goal.worst()
        met = sum(found.median <= goal.aim for found in goal.found.values())
        row = [goal.work, f"{goal.must:g}", f"{goal.aim:g}", _ratio(worst), goal.verdict()]
        rows.append([*row, f"{met} of {len(goal.found)}", case])
    return table(["work", "must", "aim", "worst", "verdict", "cases at the aim", "worst case"], rows)


def _limits(limits):
    labels = list(limits["NumPy"])
    rows = [[side, *(f"{rates[label] / 1e9:.1f}" for label in labels)] for side, rates in limits.items()]
    units = ["GFLOP/s" if label == "sgemm" else "GB/s" for label in labels]
    return table(["", *(f"{label} ({unit})" for label, unit in zip(labels, units, strict=True))], rows)


def _times(records, results):
    """One row per case and pass: the time of each side, then the ratios of ours to the others."""
    sides = list(dict.fromkeys(side for record in records for side in record["times"]))
    compared = all(map(comparable, records))
    others = [side for side in sides if side not in ("senumpy", "PyTorch", "PyTorch channels-last")]
    with_limit = "limits" in results and any("work" in record for record in records)
    header = ["case", "pass", *(f"{side} (ms)" for side in sides)]
    if compared:
        header += ["to default", "to better", *(f"to {side}" for side in others)]
    header += ["limit (ms)", "to limit"] if with_limit and "senumpy" in sides else []
    rows = []
    for record in records:
        times = record["times"]
        for label in next(iter(times.values())):
            row = [record["name"], label, *(_milliseconds(times[s][label]) if s in times else "" for s in sides)]
            if compared:
                ours = times["senumpy"][label]
                for side in ["PyTorch", better_layout(times, label), *others]:
                    row.append(_ratio(ratio(ours, times[side][label])) if side in times else "")
            if with_limit and "senumpy" in sides:
                limit = least_seconds(record["work"][label], results["limits"])
                row += [_digits(1e3 * limit), _digits(spread(times["senumpy"][label]).median / limit)]
            rows.append(row)
    return table(header, rows)


def _peaks(records):
    sides = list(records[0]["peaks"]) if records else []
    rows = []
    for record in records:
        peaks = {side: spread(values).median / 2**20 for side, values in record["peaks"].items()}
        ratios = [f"{peaks['senumpy'] / peaks[side]:.2f}" for side in sides if side != "senumpy" and "senumpy" in sides]
        rows.append([record["name"], *(f"{peak:.1f}" for peak in peaks.values()), *ratios])
    compared = [f"to {side}" for side in sides if side != "senumpy" and "senumpy" in sides]
    return table(["case", *(f"{side} (MiB)" for side in sides), *compared], rows)


def _memory(memory):
    yield _peaks(memory["steps"])
    if "convolution" not in memory:  # interrupted before
        return
    batches = list(memory["convolution"]["forward"])
    rows = [[label, *(f"{b / 2**20:.2f}" for b in by.values())] for label, by in memory["convolution"].items()]
    yield "What a 3x3 convolution (32 to 64 channels, 16 px) holds beyond its results, in MiB, by batch size:"
    yield table(["pass", *batches], rows)


def _growth(growth):
    rows = []
    for axis in (axis for axis in AXES if axis in growth):
        values = growth[axis]["values"]
        for side, times in growth[axis]["times"].items():
            time_slope, memory_slope = slope(values, times), slope(values, growth[axis]["memory"][side])
            rows.append([axis, f"{values[0]} to {values[-1]}", side, f"{time_slope:.2f}", f"{memory_slope:.2f}"])
    return table(["along", "from, to", "side", "slope of time", "slope of memory"], rows)


def table(header, rows):
    """Return a Markdown table, padded so that it can be read as plain text too."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def _milliseconds(seconds):
    median, low, high = (_digits(1e3 * s) for s in spread(seconds))
    return f"{median} ({low} to {high})"


def _ratio(value):
    return f"{value.median:.2f} ({value.low:.2f} to {value.high:.2f})"


def _digits(value):
    """Three significant digits, never in scientific notation."""
    return f"{value:.{next((places for places in range(3) if value >= 10 ** (2 - places)), 3)}f}"
