"""What is shown must never decide over what is kept: these streams leave out what they cannot write."""

import os
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout


def visible(text):
    r"""Return a name as it can safely be shown: what is not printable is written as in Python's strings.

    >>> visible("cat.png"), visible("esc\x1b[31mred.png")
    ('cat.png', 'esc\\x1b[31mred.png')
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


class Forgiving:
    """A text stream around another one that never raises; ``trouble`` is its first error, after which it is silent.

    Characters that the other one cannot encode are written as in Python's strings: that is no trouble.
    """

    def __init__(self, stream):
        self.stream, self.trouble = stream, None

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def isatty(self):
        return not getattr(self.stream, "closed", False) and self.stream.isatty()

    def write(self, text):
        self._try(self._write, text)
        return len(text)

    def flush(self):
        self._try(self.stream.flush)

    def _write(self, text):
        try:
            self.stream.write(text)
        except UnicodeEncodeError:
            encoding = self.stream.encoding
            self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding))

    def _try(self, action, *arguments):
        if self.trouble is None:
            try:
                action(*arguments)
            except (OSError, ValueError) as error:  # full, no reader, or closed
                self.trouble = error
                self._drain()

    def _drain(self):
        """Lead nowhere what the stream still holds, or Python would try it again at its end, and complain."""
        try:
            target = self.stream.fileno()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, target)
            os.close(nowhere)
        except (OSError, ValueError):
            pass  # no file behind it


@contextmanager
def forgiving():
    """Make ``sys.stdout`` and ``sys.stderr`` forgiving for a command, and give the first of them, or None."""
    out, errors = (None if stream is None else Forgiving(stream) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(errors):
        try:
            yield out
        finally:
            for stream in (out, errors):
                if stream is not None:
                    stream.flush()


def complain(sentence, name="senumpy"):
    """Write one line on ``sys.stderr``, where there is one."""
    if sys.stderr is not None:
        print(f"{name}: {visible(sentence)}", file=sys.stderr)
