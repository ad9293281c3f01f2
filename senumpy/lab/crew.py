"""Several processes train side by side. One that dies is a run that failed; the others go on.

Each has a thread here that asks it, waits for it and writes down what it says: when a process is killed, its end of
the pipe closes, and the thread knows at once.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

from senumpy.lab.identity import PACKAGE, identity
from senumpy.lab.records import claimed, read_record, write_record
from senumpy.lab.worker import ONE_THREAD, READY

PAUSE = 0.2  # seconds between two looks at a run that another lab is training


class Worker:
    """One process of `senumpy.lab.worker`; started at the first run, and again after it died."""

    def __init__(self):
        self.process, self.is_ready = None, False

    def train(self, settings):
        """Return the record of one run, by a process that has been started.

        Raises
        ------
        ValueError
            Where the process could not even begin: that is no result of a run, and the next would do no better.
        """
        try:
            self.is_ready = self.is_ready or self.process.stdout.readline().strip() == READY
            print(json.dumps(settings), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        if line.endswith("\n"):
            return json.loads(line)
        code = self.process.wait()
        if not self.is_ready and code >= 0:
            raise ValueError(f"a process for the runs could not be started: it {_end_in_words(code)}")
        self.end()
        return {"made_by": identity(), "state": "killed", "reason": f"worker {_end_in_words(code)}"}

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        """Start the process: with its threads in its environment, and out of reach of a Ctrl-C that is for us."""
        words = [sys.executable, "-m", "senumpy.lab.worker", str(os.getpid())]
        self.is_ready = False
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            env={**os.environ, **ONE_THREAD}, cwd=PACKAGE.parent, start_new_session=True,
        )  # fmt: skip

    def end(self):
        """End the process, whatever it is doing."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                try:
                    stream.close()
                except OSError:
                    pass


def _end_in_words(code):
    """Return how a process ended.

    >>> _end_in_words(-9), _end_in_words(3)
    ('killed (signal 9, SIGKILL)', 'ended with exit code 3')
    """
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"killed (signal {-code}, {signal.Signals(-code).name})"
    except ValueError:
        return f"killed (signal {-code})"


def train_all(todo, jobs, on_record, *, retry=False):
    """Train runs side by side, and write each down as soon as it is done.

    Parameters
    ----------
    todo : list of (Path, dict)
        The file of each run, and its settings.
    jobs : int
        How many processes.
    on_record : callable
        ``on_record(path, record, is_new)``, in this thread, as they come; not new is what another lab has trained.
    retry : bool
        Train again what did not finish.

    Raises
    ------
    OSError
        Where a record cannot be written.
    KeyboardInterrupt
        Somebody wants the end: then every process is ended first.
    """
    crew = _Crew(todo, retry)
    threads = [threading.Thread(target=crew.work, daemon=True) for _ in range(min(jobs, len(todo)))]
    try:
        for thread in threads:
            thread.start()
        for _ in todo:
            answer = crew.answers.get()
            if isinstance(answer, BaseException):
                raise answer
            on_record(*answer)
    finally:
        crew.stop()
        for thread in threads:
            if thread.ident is not None:  # a Ctrl-C may come before the last one has been started
                thread.join()


class _Crew:
    """What the threads share."""

    def __init__(self, todo, retry):
        self.todo, self.retry = deque(todo), retry
        self.answers, self.workers = queue.Queue(), []
        self.before = {path: _stamp(path) for path, _ in todo}
        self.guard, self.stopping = threading.Lock(), False

    def stop(self):
        with self.guard:
            self.stopping = True
            for worker in self.workers:
                if worker.process is not None:
                    worker.process.kill()

    def work(self):
        """Take runs until none is left: the life of one thread."""
        worker = Worker()
        with self.guard:
            self.workers.append(worker)
        try:
            while (run := self._next()) is not None:
                self._do(worker, *run)
        except BaseException as error:  # the main thread has to hear of it: it waits for an answer
            self.answers.put(error)
        finally:
            worker.end()

    def _next(self):
        with self.guard:
            return None if self.stopping or not self.todo else self.todo.popleft()

    def _do(self, worker, path, settings):
        with claimed(path) as is_ours:
            if is_ours and (record := self._found(path)) is not None:
                self.answers.put((path, record, False))
            elif is_ours:
                self._train(worker, path, settings)
        if not is_ours:  # another lab is at it: look again when the others are done
            with self.guard:
                self.todo.append((path, settings))
            time.sleep(PAUSE)

    def _found(self, path):
        """Return what another lab has written since we began, or None."""
        if not path.exists() or (self.retry and _stamp(path) == self.before[path]):
            return None
        return read_record(path)

    def _train(self, worker, path, settings):
        with self.guard:
            if self.stopping:
                return
            if not worker.is_alive():
                worker.start()
        record = {"settings": settings, **worker.train(settings)}
        if record["made_by"]["source"] != identity()["source"]:
            raise ValueError(
                "the source has changed since this lab began, and runs of two codes never mix: start again"
            )
        if not self.stopping:
            write_record(path, record)
            self.answers.put((path, record, True))


def _stamp(path):
    """Return what tells one writing of a file from the next."""
    try:
        about = Path(path).stat()
        return about.st_ino, about.st_mtime_ns
    except OSError:
        return None
