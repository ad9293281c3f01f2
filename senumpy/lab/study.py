"""A study: one question, one network, one task, one recipe, some seeds. What it needs, what is there, what it says."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from senumpy.files.whole import write_whole
from senumpy.lab.identity import code_of, identity
from senumpy.lab.questions import QUESTIONS, STANDARD, variants_of
from senumpy.lab.records import is_same_code, read_records, run_file
from senumpy.lab.settings import LEARNED_ABOVE, make_settings, task_text
from senumpy.lab.summary import summarise

USUAL_BATCH = 32  # a report of another size has it in its name


@dataclass(frozen=True)
class Study:
    """What a lab is asked.

    ``only`` names the variants to train beside the standard block, where not all are wanted (a report has all that are
    there); ``origin`` says in words where the recipe comes from; what ``is_quick`` gets no verdict. From another
    ``first_seed`` on it is a study of its own.
    """

    question: str
    model: str
    task: str
    options: dict
    recipe: dict
    folder: Path
    only: tuple | None = None
    origin: str = ""
    is_quick: bool = False
    first_seed: int = 0

    def all_variants(self):
        """Return what the question has for this model, the standard block first: name to switches."""
        return variants_of(self.question, self.model)

    def variants(self):
        """Return those of the variants that are to be trained."""
        found = self.all_variants()
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
        how = f"{self.recipe['epochs']}-epochs-rate-{self.recipe['lr']}"
        batch = "" if self.recipe["batch_size"] == USUAL_BATCH else f"-batch-{self.recipe['batch_size']}"
        seeds = f"-from-seed-{self.first_seed}" if self.first_seed else ""
        quick = "-quick" if self.is_quick else ""
        return f"{self.question}-{self.model}-{file_words(self.task, self.options)}-{how}{batch}{seeds}{quick}"


def file_words(task, options):
    """Return a task as part of a file's name.

    >>> file_words("cued-digits", {"n_train": 1000, "digit_rows": [5, 5]})
    'cued-digits-digit_rows5-5-n_train1000'
    """
    return task_text(task, options).replace(":", "-").replace("=", "").replace(",", "-")


def found_of(study, code=None):
    """Return the runs in a study's folder that belong to it, whoever made them, as rows for `summarise`.

    Parameters
    ----------
    study : Study
    code : str, optional
        The beginning of a ``SOURCE/NUMPY``, where runs of several codes lie there.

    Returns
    -------
    rows : list of dict
    made_by : dict
        Of all these runs; they may come from several processors.

    Raises
    ------
    ValueError
        Where there are none, or those of several codes: they are never mixed.
    """
    names = {_key(study.settings(of, 0)): name for name, of in study.all_variants().items()}
    records = [r for r in read_records(study.folder).values() if code_of(r["made_by"]).startswith(code or "")]
    found = [(names[key], record) for record in records if (key := _key(record["settings"])) in names]
    makers = Counter(code_of(record["made_by"]) for _, record in found)
    if not found:
        raise ValueError(f"no run of this question with these settings lies in {str(study.folder)!r}")
    if len(makers) > 1:
        listed = "; ".join(f"source/NumPy {maker}: {n}" for maker, n in makers.items())
        raise ValueError(f"runs of several codes lie in {str(study.folder)!r}, and are never mixed ({listed}): choose "
                         "one with --code")  # fmt: skip
    makers = [record["made_by"] for _, record in found]
    made_by = {name: " and ".join(sorted({str(of.get(name)) for of in makers})) for name in makers[0]}
    return [_as_row(name, record) for name, record in found], made_by


def _key(settings):
    """Return settings without their seed, to compare them."""
    return json.dumps({**settings, "seed": 0}, sort_keys=True)


def of_other_code(study):
    """Return the names of the files in the folder that hold runs of these settings, made by other code."""
    wanted = {_key(study.settings(of, 0)) for of in study.all_variants().values()}
    made_by = identity()
    runs = read_records(study.folder).items()
    return {name for name, run in runs if _key(run["settings"]) in wanted and not is_same_code(run, made_by)}


def end_of_report(study):
    """Return the number behind the last seed of the report that is there: a new one must not end before."""
    try:
        report = json.loads((Path(study.folder) / f"{study.name()}.json").read_text(encoding="utf-8"))
        return 1 + max(int(run["seed"]) for run in report["runs"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return 0  # none, or something else that lies there


def _as_row(name, record):
    fields = ("state", "reason", "test_accuracy", "train_accuracy", "parameters", "seconds")
    return {"variant": name, "seed": record["settings"]["seed"], **{field: record.get(field) for field in fields}}


def make_report(study, rows, made_by, *, command=""):
    """Return everything that a report says, ready for JSON."""
    question = QUESTIONS[study.question]
    names = list(study.all_variants())
    summary = summarise(rows, names, learned_above=study.is_learned_or_not(), papers=question.papers())
    if study.is_quick:
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
