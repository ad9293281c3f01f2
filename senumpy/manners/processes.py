"""A command in several processes speaks with one voice, that of process 0, and ends everywhere at once."""

import io
from contextlib import ExitStack, redirect_stderr, redirect_stdout

from senumpy.training.parallel import together, world


def in_all_processes(command):
    """Call ``command()`` and return its exit code; where it is not 0, all processes that mpiexec has started end.

    The others are silent. One of them that fails alone speaks when process 0 has had the time to say the same.
    """
    try:
        comm = world()
    except ValueError:  # the command meets the same error, and says it in its own way: see `check_processes`
        comm = None
    if comm is None:
        return command()
    said = io.StringIO()
    with together(said.getvalue):
        with ExitStack() as streams:
            if comm.Get_rank() != 0:
                streams.enter_context(redirect_stdout(io.StringIO()))
                streams.enter_context(redirect_stderr(said))
            code = command()
        if code:
            raise SystemExit(code)
    return 0


def check_processes(several):
    """Raise a ValueError where several processes were started that cannot talk, or for a command that is for one."""
    if world() is not None and not several:
        raise ValueError("this command works in one process: start it without mpiexec, which is for train")
