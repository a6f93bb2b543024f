"""`amends` and `amends run`: the desktop app, and the example store that ./run opens."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from desktop.texts import Lang

if TYPE_CHECKING:
    from desktop.services.desk import Desk

#: Complaints in the example store; enough for every list, made in seconds.
EXAMPLE_TICKETS = 40
PREFERENCES_FILE = "window.ini"


def open_app(data: Path | None, lang: Lang | None) -> int:
    """Open the window on `data`, the platform's own place unless given; return the exit code."""
    from desktop.places import default_data
    from desktop.storage.glimpse import glimpse
    from ui.app import run_window

    folder = data or default_data()
    return run_window(
        partial(opened, folder),
        folder / PREFERENCES_FILE,
        lang,
        partial(glimpse, folder),
        partial(restored, folder),
    )


def opened(folder: Path) -> Desk:
    """Open the desk; most of the program is loaded here, behind the first page of the window."""
    from desktop.bootstrap import open_desk

    return open_desk(folder)


def restored(folder: Path, archive: Path, passphrase: str | None) -> object:
    """Put a backup in the place of data that do not open; these are kept beside it."""
    from desktop.bootstrap import restore_backup

    return restore_backup(archive, folder, passphrase)


def has_display() -> bool:
    """Tell whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM") or sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@click.command("run")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The store's data.")
@click.option("--lang", type=click.Choice(["zh_CN", "en"]), help="Language of the window.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out"))
@click.pass_context
def run(ctx: click.Context, data: Path | None, lang: str | None, out: Path) -> None:
    """Open the desk on a small example store; without a display, play its day instead.

    \b
    Example:
      amends run
    """
    from desktop.commands.demo import demo
    from desktop.places import default_data

    if not has_display():
        click.echo(f"There is no display here: playing the store's day instead, into {out}/")
        ctx.invoke(demo, out=out)
        return
    folder = data or default_data().with_name("example-store")
    if not folder.exists():
        _make_example(folder)
    ctx.exit(open_app(folder, cast(Lang, lang) if lang else None))


def _make_example(folder: Path) -> None:
    from datetime import UTC, datetime

    from desktop.commands.seed import STORE_NAMES, fill
    from desktop.seeding.people import DEMO_PASSWORD

    click.echo("Making a small example store …")
    part = folder.with_name(folder.name + ".part")
    if part.exists():
        import shutil

        shutil.rmtree(part)  # a first run that was stopped half way; nobody has worked in it
    fill(part, "S0217", STORE_NAMES[0], EXAMPLE_TICKETS, 7, 20, datetime.now(UTC))
    part.rename(folder)
    click.echo(f"Log in as lin (clerk), zhou (supervisor) …; password {DEMO_PASSWORD}")
