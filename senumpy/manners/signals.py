"""Ctrl-C is heard once: whoever presses it twice must not stop the saving that the first time began."""

import signal
import threading
from contextlib import contextmanager

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C; a queue that wants its machine back; a closed terminal


class Interrupted(KeyboardInterrupt):
    """Somebody wants this process to end; ``code`` is what a shell expects of one that was ended so."""

    def __init__(self, sentence="interrupted", number=signal.SIGINT):
        super().__init__(sentence)
        self.number, self.code = number, 128 + number


@contextmanager
def heard_once():
    """Let the first signal of `NAMES` raise an `Interrupted`, and ignore the others until the ``with`` block is left.

    Signals that somebody ignores on purpose (``nohup``) or handles already stay his. Only a program's main thread can
    hear signals: elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    endings = signal.SIG_DFL, signal.default_int_handler
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {number: handler for number in numbers if (handler := signal.getsignal(number)) in endings}

    def hear(number, frame):
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(number=number)

    try:
        for number in before:
            signal.signal(number, hear)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
