"""Every end of a command is one line and an exit code: a traceback is for mistakes in the program only."""

from senumpy import starting
from senumpy.backend import BackendError
from senumpy.manners.streams import complain, forgiving
from senumpy.training import TrainingError

EXIT_CODES = """
exit codes:
  0    done
  1    the run failed, or not everything could be shown or drawn; what could be written is there
  2    the request makes no sense, or a file cannot be read or written
  130  interrupted by Ctrl-C (129, 143: by a closed terminal, by SIGTERM, where a command answers them)
"""


def run_command(work, name="senumpy"):
    """Call ``work()`` and return its exit code; say in one line on ``sys.stderr`` what went wrong.

    Nobody has to be there to listen: while it runs, ``sys.stdout`` and ``sys.stderr`` leave out what they cannot write.
    Where that happened, the code is 1 instead of 0; a reader such as ``head`` that has seen enough gets no line.
    """
    starting.end()
    with forgiving() as out:
        try:
            code = work()
        except (ValueError, OSError, BackendError) as error:
            complain(f"error: {error}", name)
            code = 2
        except MemoryError as error:
            complain(f"error: not enough memory ({error}): try a smaller width, size or batch", name)
            code = 2
        except TrainingError as error:
            complain(error, name)
            code = 1
        except KeyboardInterrupt as error:
            complain(str(error) or "interrupted", name)
            code = getattr(error, "code", 130)
        if out is not None:
            out.flush()
            if out.trouble is not None:
                if not isinstance(out.trouble, BrokenPipeError):
                    complain(f"not all of the output could be shown: {out.trouble}", name)
                code = code or 1
    return code
