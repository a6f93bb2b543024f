"""The `amends` program: the desktop app and every command beside it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Final

import click

from desktop.files import fault_line
from desktop.services.ports import StorageFault, StorageFull
from desktop.texts import Lang

#: Command name -> (module, object); imported when called, so that the window opens at once.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "run": ("desktop.commands.app", "run"),
    "demo": ("desktop.commands.demo", "demo"),
    "seed": ("desktop.commands.seed", "seed"),
    "sample": ("desktop.commands.sample", "sample"),
    "read-form": ("desktop.commands.read_form", "read_form"),
    "ocr-stats": ("desktop.commands.ocr_stats", "ocr_stats"),
    "import-customers": ("desktop.commands.import_customers", "import_customers"),
    "print-form": ("desktop.commands.print_form", "print_form"),
    "report": ("desktop.commands.report", "report"),
    "enroll": ("desktop.commands.sync", "enroll"),
    "trust": ("desktop.commands.sync", "trust"),
    "sync": ("desktop.commands.sync", "sync_command"),
    "export-bundle": ("desktop.commands.bundle", "export_bundle"),
    "import-bundle": ("desktop.commands.bundle", "import_bundle"),
    "status": ("desktop.commands.sync", "status"),
    "bench": ("desktop.commands.bench", "bench"),
    "backup": ("desktop.commands.backup", "backup"),
    "erase-person": ("desktop.commands.erase_person", "erase_person"),
    "doctor": ("desktop.commands.doctor", "doctor"),
    "restore": ("desktop.commands.restore", "restore"),
    "self-test": ("desktop.commands.self_test", "self_test"),
    "verify": ("desktop.commands.verify", "verify"),
    "explain": ("desktop.commands.explain", "explain"),
    "policy": ("desktop.commands.policy", "policy"),
    "phone": ("desktop.commands.phone", "phone"),
    "screenshots": ("desktop.commands.screenshots", "screenshots"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{name} is no command")
        return command


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.option("--data", type=click.Path(file_okay=False), help="Where this PC keeps its data.")
@click.option("--lang", type=click.Choice(["zh_CN", "en"]), help="Language of the window.")
@click.option("--self-test", is_flag=True, help="Prove that this installation works.")
@click.version_option(package_name="amends")
@click.pass_context
def cli(ctx: click.Context, data: str | None, lang: Lang | None, self_test: bool) -> None:
    """Amends 安诉: complaint handling in stores, with or without a network.

    Without a command the desktop app opens.

    \b
    Example:  amends --data ./store --lang en

    Exit codes: 0 done, 1 a check failed or a refusal, 2 wrong use or unusable input,
    3 the data cannot be opened or saved.
    """
    if self_test:
        from desktop.commands.self_test import run_self_test

        ctx.exit(run_self_test())
    if ctx.invoked_subcommand is None:
        from desktop.commands.app import open_app

        ctx.exit(open_app(Path(data) if data else None, lang))


def main() -> None:
    """Run the program; a fault of the storage is one clear line, never a traceback."""
    if getattr(sys, "frozen", False):
        # A bundle starts itself again for a process beside it (`amends seed`).
        importlib.import_module("multiprocessing").freeze_support()
    try:
        cli(prog_name="amends")
    except (StorageFault, StorageFull) as error:
        click.echo(f"amends: {error}", err=True)
        sys.exit(3)
    except OSError as error:
        click.echo(f"amends: {fault_line(error)}", err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
