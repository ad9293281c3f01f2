"""Telling how far a training is: a pleasure where somebody reads it, and no reason to stop where nobody can."""

import sys

from tqdm import tqdm


def show(line):
    """Write a line on ``sys.stdout``, above the bars; leave it out where that is closed, full or has no reader."""
    if sys.stdout is not None:
        try:
            tqdm.write(line, file=sys.stdout)
        except (OSError, ValueError):  # ValueError: closed, or letters that it cannot encode
            pass


def bar(batches, total, initial, epoch, shown):
    """Return the mini-batches of an epoch, behind a bar that grows with them where somebody can see it."""
    disable = not (shown and on_a_terminal())
    return tqdm(batches, total=total, initial=initial, desc=f"epoch {epoch}", leave=False, disable=disable)


def on_a_terminal():
    """Say whether ``sys.stderr`` is a terminal that a bar can be drawn on."""
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False
