"""A study: one question, one network, one task, one recipe, some seeds. What it needs, what is there, what it says."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from senumpy.files.whole import write_whole
from senumpy.lab.identity import SAME, identity
from senumpy.lab.questions import QUESTIONS, STANDARD, variants_of
from senumpy.lab.records import is_same_code, read_record, read_records, run_file
from senumpy.lab.settings import LEARNED_ABOVE, make_settings, task_text
from senumpy.lab.summary import summarise


@dataclass(frozen=True)
class Study:
    """What a lab is asked.

    ``only`` names the variants beside the standard block, where not all are wanted; ``origin`` says in words where the
    recipe comes from.
    """

    question: str
    model: str
    task: str
    options: dict
    recipe: dict
    folder: Path
    only: tuple | None = None
    origin: str = ""

    def variants(self):
        """Return the variants by name, the standard block first: name to switches."""
        found = variants_of(self.question, self.model)
        strange = [name for name in self.only or () if name not in found]
        if strange:
            raise ValueError(f"{self.question} has no variant {strange[0]!r}: choose among {', '.join(found)}")
        return {name: of for name, of in found.items() if not self.only or name in self.only or name == STANDARD}

    def settings(self, changes, seed):
        """Return the settings of one run."""
        return make_settings(self.model, changes, self.task, self.options, self.recipe, seed)

    def wanted(self, seeds):
        """Return (file, settings) of every run, seed by seed, so that a lab that is stopped has whole pairs."""
        made_by = identity()
        runs = [(name, self.settings(of, seed)) for seed in seeds for name, of in self.variants().items()]
        return [(run_file(self.folder, name, settings, made_by), settings) for name, settings in runs]

    def is_learned_or_not(self):
        """Return the accuracy above which a run has learned the task, or None."""
        return LEARNED_ABOVE.get(self.task)

    def name(self):
        """Return the name of the report's files; another recipe or task has another."""
        task = task_text(self.task, self.options).replace(":", "-").replace("=", "").replace(",", "-")
        how = f"{self.recipe['epochs']}-epochs-rate-{self.recipe['lr']}"
        return f"{self.question}-{self.model}-{task}-{how}"


def found_of(study, code=None):
    """Return the runs in a study's folder that belong to it, whoever made them, as rows for `summarise`.

    Parameters
    ----------
    study : Study
    code : str, optional
        The beginning of a source hash, where runs of several codes lie there.

    Raises
    ------
    ValueError
        Where there are none, or those of several codes: they are never mixed.
    """
    names = {_key(study.settings(of, 0)): name for name, of in study.variants().items()}
    records = [r for r in read_records(study.folder).values() if r["made_by"]["source"].startswith(code or "")]
    found = [(names[key], record) for record in records if (key := _key(record["settings"])) in names]
    makers = Counter(tuple(record["made_by"][name] for name in SAME) for _, record in found)
    if not found:
        raise ValueError(f"no run of this question with these settings lies in {str(study.folder)!r}")
    if len(makers) > 1:
        listed = "; ".join(f"source {source}, NumPy {numpy}: {n}" for (source, numpy), n in makers.items())
        raise ValueError(f"runs of several codes lie in {str(study.folder)!r}, and are never mixed ({listed}): choose "
                         "one with --code")  # fmt: skip
    return [_as_row(name, record) for name, record in found], found[0][1]["made_by"]


def _key(settings):
    """Return settings without their seed, to compare them."""
    return json.dumps({**settings, "seed": 0}, sort_keys=True)


def of_other_code(study):
    """Return how many runs of these settings lie in the folder that other code has made."""
    wanted = {_key(study.settings(of, 0)) for of in study.variants().values()}
    made_by = identity()
    runs = read_records(study.folder).values()
    return sum(_key(r["settings"]) in wanted and not is_same_code(r, made_by) for r in runs)


def rows_of(study, seeds):
    """Return the runs that are there of those that this process would make, as rows for `summarise`."""
    names = list(study.variants())
    runs = study.wanted(seeds)
    return [
        _as_row(names[number % len(names)], read_record(path)) for number, (path, _) in enumerate(runs) if path.exists()
    ]


def _as_row(name, record):
    fields = ("state", "reason", "test_accuracy", "train_accuracy", "parameters", "seconds")
    return {"variant": name, "seed": record["settings"]["seed"], **{field: record.get(field) for field in fields}}


def make_report(study, rows, made_by, *, command="", is_quick=False):
    """Return everything that a report says, ready for JSON."""
    question = QUESTIONS[study.question]
    names = [name for name in study.variants() if any(row["variant"] == name for row in rows)]
    summary = summarise(rows, names or [STANDARD], learned_above=study.is_learned_or_not(), papers=question.papers())
    if is_quick:
        for of in summary["differences"].values():
            of["verdict"] = "no verdict (--quick)"
    return {
        "command": command,
        "question": study.question,
        "asks": question.asks,
        "table": question.table,
        "note": question.note,
        "plan": {"data": study.task, "model": study.model, "options": study.options, **study.recipe},
        "origin": study.origin,
        "made_by": made_by,
        "runs": sorted(rows, key=lambda row: (row["seed"], row["variant"])),
        "summary": summary,
    }


def write_report(study, report):
    """Write a report beside its runs and return its path."""
    path = Path(study.folder) / f"{study.name()}.json"
    write_whole(path, json.dumps(report, indent=1) + "\n")
    return path
