"""`amends backup`: one file with all of a store's data, checked after writing."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.texts import Texts


@click.command("backup")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The store's data.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the backup, best on another disk; the one of the settings unless given.",
)
@click.option(
    "--set-passphrase",
    is_flag=True,
    help="Ask for a recovery passphrase first: later backups open with it on any PC.",
)
@click.option("--if-due", is_flag=True, help="Only when the last one is older than a day.")
def backup(data: Path | None, out: Path | None, set_passphrase: bool, if_due: bool) -> None:
    """Back up journal, attachments and settings while the desk stays in use.

    \b
    Example:
      amends backup --data ./store --out /media/usb

    Exit codes: 0 done, 1 the passphrase is too short, 3 it cannot be read or written (a full
    disk leaves nothing half written).
    """
    from desktop.bootstrap import open_existing_desk
    from desktop.places import default_data
    from desktop.services.wording import refusal_text

    folder = data or default_data()
    passphrase = _asked() if set_passphrase else None
    desk = open_existing_desk(folder)
    try:
        backups = desk.use_cases.backups
        refused = backups.set_passphrase(passphrase) if passphrase is not None else None
        if refused is not None:
            click.echo(refusal_text(refused, Texts("en")), err=True)
            raise SystemExit(1)
        if out is not None and if_due:
            backups.set_folder(out)
        made = backups.make_if_due() if if_due else backups.make(out)
    finally:
        desk.close()
    if made is None:
        click.echo("the last backup is younger than a day")
        return
    click.echo(
        f"{made.path}: {made.events} events, {made.attachments} attachments, {made.size:,} bytes"
    )
    if made.needs_this_pc:
        click.echo(
            "It opens only on this PC: set a recovery passphrase (--set-passphrase) so that it "
            "can be restored when this PC is lost.",
            err=True,
        )


def _asked() -> str:
    return str(click.prompt("Recovery passphrase", hide_input=True, confirmation_prompt=True))
