"""`amends bench …`: repeatable measurements, each with what it was compared against."""

from __future__ import annotations

import importlib
from typing import Final

import click

#: Measurement -> (module, object); imported when called.
BENCHES: Final[dict[str, tuple[str, str]]] = {
    "ocr": ("desktop.commands.bench_ocr", "bench_ocr"),
    "ui": ("desktop.commands.bench_ui", "bench_ui"),
    "sync": ("desktop.commands.bench_sync", "bench_sync"),
    "report": ("desktop.commands.bench_report", "bench_report"),
    "customers": ("desktop.commands.bench_customers", "bench_customers"),
    "search": ("desktop.commands.bench_search", "bench_search"),
}


class LazyBenches(click.Group):
    """A group whose measurements are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every measurement's name."""
        del ctx
        return sorted(BENCHES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a measurement."""
        del ctx
        if cmd_name not in BENCHES:
            return None
        module, name = BENCHES[cmd_name]
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{name} is no command")
        return command


@click.group("bench", cls=LazyBenches)
def bench() -> None:
    """Measure this program on this machine; every figure names what it was compared against.

    \b
    Example:
      amends bench search --rows 1000000
    """
