"""Converters for argparse: it puts the option's name before their sentences, and ends with exit code 2."""

import argparse
from pathlib import Path

from senumpy.manners.streams import visible

MOST = 1_000_000  # epochs, or pictures of a mini-batch: more is a slip of the finger


class Parser(argparse.ArgumentParser):
    """A parser whose complaints cannot send codes to the terminal, whatever was typed."""

    def error(self, message):
        super().error(visible(message))


def positive(kind, largest=float("inf")):
    """Return a converter that accepts finite numbers above zero, up to the largest.

    >>> positive(int, largest=8)("8")
    8
    """

    def convert(text):
        value = kind(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"must be a finite number above 0, got {text}")
        if value > largest:
            raise argparse.ArgumentTypeError(f"must be at most {largest}, got {text}")
        return value

    convert.__name__ = kind.__name__
    return convert


def seed(text):
    """Convert a seed: an integer of at least 0, which is what NumPy's generators take."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be at least 0, got {text}")
    return value


def filled(text):
    """Accept any text but an empty one, which as a path would mean the folder one happens to be in.

    >>> filled("cat")
    'cat'
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(f"must not be empty, got {text!r}")
    return text


def path(text):
    """Convert a path that is not empty."""
    return Path(filled(text))


def picture(text):
    """Convert the path of a figure that is to be written."""
    file = path(text)
    if file.suffix not in (".png", ".svg"):
        raise argparse.ArgumentTypeError(f"must be a .png or .svg, got {text!r}")
    return file
