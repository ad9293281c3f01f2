"""Experiments over seeds: does a block help, and what does an interval allow to say?

============  =========================================================
`statistics`  `mean_interval`, and an interval put into words
`plan`        `make_plan`: what to train on and how; `train_variant`
`record`      the runs in a file, looked at before anything is said
`runs`        `run_seeds`: many runs in one file, and their `summarise`
============  =========================================================
"""

from senumpy.lab.plan import Plan, make_plan, train_variant
from senumpy.lab.runs import run_seeds, summarise
from senumpy.lab.statistics import Interval, mean_interval

__all__ = ["Interval", "Plan", "make_plan", "mean_interval", "run_seeds", "summarise", "train_variant"]
