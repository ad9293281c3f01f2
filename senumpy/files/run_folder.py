"""A folder holds one run: the finished one, and below it, in ``unfinished``, the one that is going on.

Files of two runs never stand side by side: a run's files move up together when it is finished, and ``run.json``, which
says what they are, goes first and comes last.
"""

import hashlib
import json
import os
from pathlib import Path

from senumpy.files.lock import locked
from senumpy.files.whole import leftovers, on_disk, put_in_place, write_whole

RECORD, LOCK, UNFINISHED = "run.json", "lock", "unfinished"
FORMAT = "senumpy run 1"


class RunFolder:
    """The folder of a run.

    Parameters
    ----------
    folder : Path
    files : sequence of str
        What a finished run may leave there.
    scratch : sequence of str
        What an unfinished one has beside them: its checkpoints.
    """

    def __init__(self, folder, files, scratch):
        self.folder, self.unfinished = Path(folder), Path(folder, UNFINISHED)
        self.files, self.scratch = files, scratch

    def locked(self):
        """Keep everybody else out for one ``with`` block, or raise a ValueError where somebody is at work here."""
        return locked(
            self.unfinished / LOCK,
            f"another run is being trained in {str(self.folder)!r} at this moment: wait for its end, or choose another "
            "folder with --out",
        )

    def finished_run(self):
        """Return the settings of the run that is finished here, or None."""
        record = _read(self.folder / RECORD)
        return record and record["settings"]

    def unfinished_run(self):
        """Return the settings of the run that is not finished, or None."""
        record = _read(self.unfinished / RECORD)
        return record and record["settings"]

    def has_begun(self):
        """Say whether the unfinished run has trained anything."""
        return any((self.unfinished / name).exists() for name in self.scratch)

    def strangers(self):
        """Return the names in the way: files called like a run's, without a run's record."""
        return [] if self.finished_run() else [name for name in self.files if os.path.lexists(self.folder / name)]

    def changed(self):
        """Return the names of a finished run's files that are no longer what it wrote."""
        record = _read(self.folder / RECORD) or {"files": {}}
        return [name for name, checksum in record["files"].items() if _checksum(self.folder / name) != checksum]

    def begin(self, settings):
        """Throw away an unfinished run, and write down the settings of a new one."""
        self._clear()
        self._write_record(settings, {})

    def finish(self, settings):
        """Put the unfinished run in the place of the finished one, as a whole.

        A crash in the middle leaves the rest in ``unfinished``, with its record: then `finish_moving` does the rest.
        """
        files = {name: sum_ for name in self.files if (sum_ := _checksum(self.unfinished / name))}
        self._write_record(settings, files)
        self.finish_moving()

    def is_moving(self):
        """Say whether a crash came between the files of a run that had just been finished."""
        record = _read(self.unfinished / RECORD)
        return bool(record and record["files"])

    def finish_moving(self):
        """Move all files up that are not there yet; the record is the first of the old ones to go, and comes last."""
        new = _read(self.unfinished / RECORD)["files"]
        try:
            (self.folder / RECORD).unlink(missing_ok=True)
            for name in self.files:
                if (self.unfinished / name).exists():
                    put_in_place(self.unfinished / name, self.folder / name)
                elif name not in new:  # a figure that could not be drawn this time
                    (self.folder / name).unlink(missing_ok=True)
            on_disk(self.folder)
            put_in_place(self.unfinished / RECORD, self.folder / RECORD)
            on_disk(self.folder)
        except OSError as error:
            where = str(self.unfinished)
            raise OSError(f"the run is finished, but {where!r} holds parts of it, because: {error}") from error
        self._clear()

    def _write_record(self, settings, files):
        record = {"format": FORMAT, "settings": settings, "files": files}
        write_whole(self.unfinished / RECORD, json.dumps(record, indent=1) + "\n")

    def _clear(self):
        for file in [*(self.unfinished / name for name in (RECORD, *self.files, *self.scratch)),
                     *leftovers(self.unfinished)]:  # fmt: skip
            file.unlink(missing_ok=True)


def _read(path):
    """Return a record, or None where there is none that can be understood."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    understood = isinstance(record, dict) and record.get("format") == FORMAT
    understood = understood and all(isinstance(record.get(part), dict) for part in ("settings", "files"))
    return record if understood else None


def _checksum(path):
    """Return the SHA-256 of a file, or None where there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
