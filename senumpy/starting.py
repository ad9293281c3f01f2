"""The first moments of a command: NumPy and matplotlib read their settings once, while they are imported.

Called as a command, by ``python -m senumpy`` or by the name ``senumpy``, this process belongs to nobody else, so here
and only here it is set up as a whole. The package calls `begin` before anything else is imported.
"""

import os
import signal
import sys

NAME = "senumpy"
# How many processes there are, as the starters of MPICH and its relatives (Intel's, Microsoft's), of Open MPI and of
# MVAPICH tell each of them.
MPI_SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")


def is_own_name(word):
    """Say whether this is the name of the installed command.

    >>> is_own_name("/usr/bin/senumpy"), is_own_name("senumpy.exe"), is_own_name("senumpy/__main__.py")
    (True, True, False)
    """
    return os.path.basename(word) in (NAME, f"{NAME}.exe", f"{NAME}-script.py")


def is_command(argv, orig_argv):
    """Say whether Python was started as one of our commands: two lists as ``sys`` has them during the import.

    >>> is_command(["-m", "train"], ["python", "-m", "senumpy", "train"])
    True
    >>> is_command(["-m", "senumpy"], ["python", "-m", "theirs", "senumpy"])
    False
    """
    if argv[:1] == ["-m"]:  # Python has this in place of a file name until the module runs
        module = orig_argv[-len(argv)] if len(argv) <= len(orig_argv) else ""
        return module.partition(".")[0] in (NAME, f"-m{NAME}")
    return bool(argv) and is_own_name(argv[0])


def launched(environ=os.environ):
    """Return how many processes were started together by mpiexec, 1 where nobody says so.

    >>> launched({"PMI_SIZE": "4"}), launched({})
    (4, 1)
    """
    return max((int(environ[name]) for name in MPI_SIZES if environ.get(name, "").isdigit()), default=1)


def begin():
    """Set up a process that is a command's: threads, figures, and Ctrl-C and errors during the imports."""
    # The matrices here are small. More threads hardly speed their products up, and they wait for each other by
    # spinning: with one other program on the processor, training took up to twenty times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ["MPLBACKEND"] = "agg"  # no command opens a window, and a wrong name here would end it at the import
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop_at_once)
    if launched() > 1:
        sys.excepthook = _stop_all


def end():
    """Give Ctrl-C back to Python: from here on somebody catches the KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is _stop_at_once:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _stop_at_once(number, frame):
    """Leave without the traceback of a half imported module: nothing has been done yet."""
    if sys.stderr is not None:  # else a file may have its number
        try:
            os.write(2, b"senumpy: interrupted\n")
        except OSError:
            pass  # nobody listens
    os._exit(130)


def _stop_all(kind, error, traceback):
    """Say what went wrong during the imports, and stop all processes of mpiexec: they would wait for this one."""
    sys.__excepthook__(kind, error, traceback)
    from mpi4py import MPI

    MPI.COMM_WORLD.Abort(1)
