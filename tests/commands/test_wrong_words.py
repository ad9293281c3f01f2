"""Every option of every command, given the wrong thing: exit code 2, a sentence, no traceback, and nothing is done."""

import argparse

import pytest
from wrong_arguments.of_commands import ASKED, BARE

from senumpy.__main__ import COMMANDS, main

ROWS = [
    pytest.param(command, option, value, words, id=f"{command} {option}: {kind}")
    for command, options in ASKED.items()
    for option, things in options.items()
    for kind, (value, words) in things.items()
]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name in ("text.npz", "text.json"):
        (tmp_path / name).write_text("neither weights nor a record")


def words_of(command, option, value):
    """Return the command line; what takes no name, such as IMAGE, stands where the fitting one would."""
    bare = BARE[command]
    if not option.startswith("-"):
        return [*bare[:1], "--", value]
    if value.startswith("="):
        return [*bare, option + value]
    return [*bare, f"{option}={value}"]


@pytest.mark.parametrize(("command", "option", "value", "words"), ROWS)
def test_a_wrong_word_is_a_sentence(command, option, value, words, capsys, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    try:
        code = main(words_of(command, option, value))
    except SystemExit as stop:
        code = stop.code
    printed = capsys.readouterr()
    assert code == 2 and not printed.out
    assert words.replace("{}", option) in printed.err.splitlines()[-1] and "Traceback" not in printed.err
    assert sorted(tmp_path.rglob("*")) == before


def options_of(command):
    """The options and arguments of a command, by the longest name that each has."""
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    command.add_parser(subparsers)
    ((name, its_own),) = subparsers.choices.items()
    actions = [action for action in its_own._actions if not isinstance(action, argparse._HelpAction)]
    return name, {max(a.option_strings, key=len) if a.option_strings else a.metavar or a.dest for a in actions}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__.rpartition(".")[2])
def test_every_option_is_in_the_table(command):
    name, options = options_of(command)
    assert options == set(ASKED[name]), "add to tests/wrong_arguments/of_commands.py what it answers"
