"""The paper lab: the paper's ablation study asked again over seeds, and what an interval allows to say.

============  ==============================================================================
`questions`   the paper's tables 10 to 16 as switches of our networks, with its numbers
`settings`    everything that decides a run's numbers but the code; the tasks, the networks
`identity`    which code made a number: runs of other code are other runs
`one_run`     build, train, examine after the last epoch
`worker`      a process that trains what it is told, with one thread
`crew`        several of them side by side; one that is killed stops nobody
`records`     one file for each run, joined on reading
`statistics`  `mean_interval`: Student's t
`counts`      `share_interval`: k of n learned
`many`        p values, and Holm's rule for several of them
`rule`        the rule by which a comparison gets its verdict
`summary`     `summarise`: rows, differences, verdicts
`study`       one question, one network, one task: what it needs, what is there, what it says
`table`       the report as text
`recipes`     a recipe for each network, found on images and seeds that the lab does not use
`verify`      are stored numbers still those of this code?
============  ==============================================================================

Its results are in the folder ``results``, outside of what a run's hash covers.
"""

from senumpy.lab.counts import Share, share_interval
from senumpy.lab.questions import QUESTIONS
from senumpy.lab.records import RESULTS
from senumpy.lab.statistics import Interval, mean_interval
from senumpy.lab.summary import summarise

__all__ = ["QUESTIONS", "RESULTS", "Interval", "Share", "mean_interval", "share_interval", "summarise"]
