"""Verdicts of earlier runs, and the survivors that are accounted for."""

import json
import os
from collections import Counter
from pathlib import Path

JUDGED = Path(__file__).with_name("judged.json")  # {mutant: the test that killed it, or ""}
SURVIVORS = Path(__file__).with_name("survivors.json")  # {reason: [mutant, ...]}


def reasons():
    """Return why each survivor of `survivors.json` is let live."""
    groups = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    return {name: reason for reason, names in groups.items() for name in names}


class Record:
    """``record[name of a mutant]`` is the test that killed it, or "" for a survivor. On disk after each verdict."""

    def __init__(self, path):
        self.path = path
        self.verdicts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def __contains__(self, name):
        return name in self.verdicts

    def __getitem__(self, name):
        return self.verdicts[name]

    def __setitem__(self, name, killer):
        self.verdicts[name] = killer
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(json.dumps(self.verdicts, indent=0), encoding="utf-8")
        os.replace(beside, self.path)

    def kills(self):
        """Return how many mutants each file of tests has killed."""
        return Counter(killer.split("::")[0] for killer in self.verdicts.values() if killer)
