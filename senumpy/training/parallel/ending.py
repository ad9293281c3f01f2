"""All processes end together: where one fails, the others would wait for it, and MPI would let them wait for ever."""

import sys
import time
import traceback
from contextlib import contextmanager

from senumpy.training.parallel.launched import world

FIRST_SPEAKS = 3.0  # seconds: what went wrong in every process is told by process 0 alone, who ends them all
LAST_WORDS = 10.0  # seconds for process 0 to save, where Ctrl-C was meant for all
INTERRUPTED = 128  # from this exit code on a signal was the reason


@contextmanager
def together(last_words=str):
    """Give a script its communicator, and stop all processes where one of them fails, whatever the reason.

    Parameters
    ----------
    last_words : callable, optional
        Returns what to write on ``sys.stderr`` before the end.

    Yields
    ------
    comm : mpi4py.MPI.Comm or None
        Of all processes that mpiexec has started; None where this process is alone, and then nothing else happens.

    Examples
    --------
    >>> with together() as comm:
    ...     print(comm)
    None
    """
    comm = world()
    if comm is None:
        yield None
        return
    at_the_end = comm.Dup()  # or a barrier here could be taken for a sum there
    try:
        yield comm
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if code == 0 and _everybody_is_here(at_the_end):
            raise
        words = f"{error.code}\n" if isinstance(error.code, str) else "" if code else "it left before the others\n"
        stop_all(comm, last_words() + words, code or 1)
    except KeyboardInterrupt:
        stop_all(comm, last_words(), 130)
    except BaseException:
        stop_all(comm, last_words() + traceback.format_exc(), 1)


def stop_all(comm, words, code):
    """End every process with an exit code, after process 0 has had the time to say why, and then with these words."""
    if comm.Get_rank() != 0:
        time.sleep(LAST_WORDS if code >= INTERRUPTED else FIRST_SPEAKS)
        words = words and f"process {comm.Get_rank()} of {comm.Get_size()}: {words}"
    for stream, text in ((sys.stdout, ""), (sys.stderr, words)):
        try:
            stream.write(text)
            stream.flush()
        except (AttributeError, OSError, ValueError):  # there is none, it is full, or closed
            pass
    time.sleep(0.1)  # mpiexec hands on what was written, unless it is told to end before it has read it
    comm.Abort(code)


def _everybody_is_here(comm):
    """Say whether all processes want to end now: ``--help`` is no failure, one that leaves the others alone is."""
    request, until = comm.Ibarrier(), time.monotonic() + FIRST_SPEAKS
    while not (done := request.Test()) and time.monotonic() < until:
        time.sleep(0.01)
    return done
