"""The first signal interrupts, the next ones wait until what it began is done, and nobody's handlers are lost."""

import os
import signal
import threading

import pytest

from senumpy.manners.signals import Interrupted, heard_once

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows delivers signals in another way")


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_the_first_signal_is_heard_and_no_other(name, code):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    saved = False
    with pytest.raises(Interrupted) as stop, heard_once():
        try:
            os.kill(os.getpid(), getattr(signal, name))
        finally:
            for number in before:
                os.kill(os.getpid(), number)
            saved = True
    assert saved and stop.value.code == code and isinstance(stop.value, KeyboardInterrupt)
    assert {number: signal.getsignal(number) for number in before} == before


def test_what_somebody_ignores_or_handles_stays_his():
    heard = []
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    ending = signal.signal(signal.SIGTERM, lambda *_: heard.append("mine"))
    try:
        with heard_once():
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
        assert heard == ["mine"] and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, hangup)
        signal.signal(signal.SIGTERM, ending)


def test_a_thread_hears_no_signals_and_asks_for_none():
    done = []

    def work():
        with heard_once():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
