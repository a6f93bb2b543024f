"""Commands and options that others call from outside: their names stay."""

from __future__ import annotations

import click
import pytest

from desktop.__main__ import cli
from sync.hq.__main__ import main as hq

#: Command and its arguments and options, as they are called from outside.
DESK = {
    "": "--data --lang",
    "demo": "--out",
    "seed": "--data --tickets --seed --stores",
    "read-form": "files --json",
    "print-form": "--out --layout --count",
    "enroll": "--data --hq --code",
    "sync": "--data --once --json",
    "status": "--data --json",
    "explain clocks": "case",
    "explain authority": "case",
    "explain law": "case",
    "export-bundle": "--data file",
    "import-bundle": "--data file",
    "verify": "file --data --json",
    "report": "--data --kind --period --out",
    "policy check": "folder",
    "policy simulate": "folder",
    "policy sign": "folder",
    "screenshots": "--out",
    "bench sync": "--json",
    "bench ui": "--json",
    "bench ocr": "--json",
    "bench report": "--json",
    "backup": "--data",
    "restore": "archive --data",
    "erase-person": "--data",
    "doctor": "--data",
}
HQ = {
    "serve": "--data --database-url --host --port",
    "enroll": "scope --data",
    "verify": "--data",
    "status": "--data --json",
}


def found(group: click.Command, path: str) -> click.Command:
    for name in path.split():
        assert isinstance(group, click.Group)
        command = group.get_command(click.Context(group), name)
        assert command is not None, f"no command {name!r} of {path!r}"
        group = command
    return group


@pytest.mark.parametrize(
    ("group", "path", "names"),
    [(cli, *row) for row in DESK.items()] + [(hq, *row) for row in HQ.items()],
)
def test_commands_keep_their_names_and_say_how_they_are_called(
    group: click.Command, path: str, names: str
) -> None:
    command = found(group, path)
    said = {option for param in command.params for option in (*param.opts, param.name)}
    assert set(names.split()) <= said
    assert command.help
    assert "Example" in command.help
