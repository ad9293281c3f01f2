"""What is told while a lab trains: what was found, what each run came to, how long the rest will take."""

import datetime
import time

from senumpy.lab.crew import train_all
from senumpy.lab.records import read_record
from senumpy.lab.study import of_other_code
from senumpy.manners.streams import visible
from senumpy.training.progress import show


def train_and_tell(runs, studies, jobs, retry):
    """Train the runs that are not there yet, and say so.

    Parameters
    ----------
    runs : dict of Path to dict
        The file of each run, and its settings.
    studies : list of Study
    jobs : int
    retry : bool
        Train again what did not finish.
    """
    there = {path: read_record(path) for path in runs if path.exists()}
    failed = [path for path, record in there.items() if record["state"] != "finished"]
    again = failed if retry else []
    todo = [(path, settings) for path, settings in runs.items() if path not in there or path in again]
    _tell_what_is_there(len(there) - len(again), len(todo), failed, retry, studies)
    if todo:
        train_all(todo, jobs, _Teller(len(todo)), retry=retry)


def _tell_what_is_there(found, new, failed, retry, studies):
    show(f"{found} found, {new} new" + (f", {len(failed)} of them once more" if failed and retry else ""))
    if failed and not retry:
        show(f"{len(failed)} of those found did not finish before (--retry trains them again)")
    others = set().union(*(of_other_code(study) for study in studies))
    if others:
        show(f"{len(others)} runs of these settings were made by other code or another NumPy: they are left alone")


class _Teller:
    """A line for each run as it comes, with the time that the rest will take if it goes on like this."""

    def __init__(self, total):
        self.total, self.done, self.trained, self.start = total, 0, 0, time.monotonic()

    def __call__(self, path, record, is_new):
        self.done += 1
        self.trained += is_new
        name, seed = path.stem.rsplit("-", 2)[0], record["settings"]["seed"]
        line = f"[{self.done}/{self.total}] {name}, seed {seed}: {_came_to(record)}"
        show(line + ("" if is_new else " (another lab's)") + self._to_go())

    def _to_go(self):
        left = self.total - self.done
        if not left or not self.trained:
            return ""
        seconds = (time.monotonic() - self.start) / self.done * left
        return f"; {datetime.timedelta(seconds=round(seconds))} to go"


def _came_to(record):
    if record["state"] == "finished":
        return f"test accuracy {record['test_accuracy']:.3f} ({record['seconds']:.0f} s)"
    return visible(record["reason"] if record["state"] == "killed" else f"{record['state']}: {record['reason']}")
