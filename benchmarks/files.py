"""What the command reads and writes: looked at before anything is measured, written before anything is printed."""

import importlib
import json

from benchmarks import report
from benchmarks.figures import NAMES, save_figures
from senumpy.files.whole import spare, writable, write_whole


def look_ahead(arguments):
    """Try every path and module that was asked for, before an hour is spent.

    Raises
    ------
    ValueError, OSError
    """
    outputs = {f"--{name}": path for name in ("json", "markdown") if (path := getattr(arguments, name))}
    figures = _figures_folder(arguments)
    written = [*outputs.values(), *(figures / name for name in NAMES if figures)]
    spare([arguments.load] if arguments.load else [], written, option="--json or --markdown")
    if len(outputs) == 2:
        spare([arguments.json], written[1:], option="--json: the other is written by --markdown")
    for option, path in outputs.items():
        if not path.exists() or path.is_file() or path.is_dir():  # /dev/stdout is none of these
            writable(path.parent, path.name, option=option)
    if figures and figures.exists():
        writable(figures, *NAMES, option="--markdown")
    import_peer(arguments.peer)


def import_peer(name):
    """Return the module of ``--peer``, or None where none is asked for."""
    try:
        return importlib.import_module(name) if name else None
    except Exception as error:  # a module may do anything while it is imported
        raise ValueError(f"--peer: cannot import {name!r}: {type(error).__name__}: {error}") from error


def load(path):
    """Return the results in a file that ``--json`` wrote, and their page.

    Raises
    ------
    ValueError
        Where it is no such file.
    """
    text = path.read_bytes()
    try:
        results = json.loads(text)
        return results, report.to_markdown(results)
    except Exception as error:  # JSON of any shape
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise ValueError(f"--load: {str(path)!r} is not a --json file of these benchmarks ({reason})") from error


def write_files(arguments, results, page):
    """Write what was asked for, each file whole; return a list of sentences, or None, on what went wrong."""
    troubles = []
    if arguments.json:
        troubles.append(_try(write_whole, arguments.json, json.dumps(results)))
    if arguments.markdown:
        troubles.append(_try(write_whole, arguments.markdown, page))
        save_figures(results, _figures_folder(arguments), troubles)
    return troubles


def _figures_folder(arguments):
    return arguments.markdown.parent / "figures" if arguments.markdown else None


def _try(write, *arguments):
    try:
        write(*arguments)
    except OSError as error:
        return str(error)
