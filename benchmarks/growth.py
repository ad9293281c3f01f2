"""How time and memory of a training step grow with the batch, the width and the image size.

On paper with logarithmic axes a power law is a straight line, and its slope is the power: 1 where twice the batch
takes twice the time, 2 where twice the side of an image has four times the pixels.
"""

import numpy as np

from benchmarks.cases_step import step_sides
from benchmarks.memory import step_peak
from benchmarks.timing import race, spread

BASE = {"batch": 64, "width": 16, "image size": 32}
AXES = {"batch": (8, 16, 32, 64, 128, 256), "width": (8, 16, 32, 64, 128), "image size": (8, 16, 32, 64)}
QUICK_AXES = {"batch": (16, 32, 64), "width": (8, 16, 32), "image size": (8, 16, 32)}
VARIANT = {"with SE": True}


def measure_growth(axis, values, pace, names, tick=lambda: None):
    """Return ``{"values", "times", "memory"}`` along one axis, times (seconds) and memory (bytes) by side."""
    times, memory = {name: [] for name in names}, {name: [] for name in names}
    for value in values:
        at = BASE | {axis: value}
        width, size, batch = at["width"], at["image size"], at["batch"]
        widths = (width, 2 * width, 2 * width)
        samples = race(step_sides(widths, size, batch, VARIANT, names), pace)
        for name in names:
            times[name].append(spread(samples[name]["with SE"]).median)
            memory[name].append(min(step_peak(name, widths, size, batch, repeats=1)))
        tick()
    return {"values": list(values), "times": times, "memory": memory}


def slope(values, results):
    """Return the power of the growth, from the last three points: the first ones are mostly fixed costs.

    >>> round(slope([1, 2, 4, 8], [9, 4, 16, 64]), 6)
    2.0
    """
    return float(np.polyfit(np.log(values[-3:]), np.log(results[-3:]), 1)[0])
