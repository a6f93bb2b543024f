"""`amends restore`: puts a backup's data back, keeping what was there."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("restore")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Where to put it.")
@click.option("--passphrase", is_flag=True, help="Ask for the recovery passphrase (another PC).")
def restore(archive: Path, data: Path | None, passphrase: bool) -> None:
    """Restore a backup; the data it replaces are kept beside it.

    \b
    Example:
      amends restore S0217-kept-20261121T024500Z.amends-backup --data ./store

    Exit codes: 0 done, 3 the backup is damaged, its key is missing, the desk is still open, or
    the disk is full; nothing was changed then.
    """
    from desktop.bootstrap import restore_backup
    from desktop.places import default_data

    asked = str(click.prompt("Recovery passphrase", hide_input=True)) if passphrase else None
    done = restore_backup(archive, data or default_data(), asked)
    click.echo(
        f"{done.folder}: {done.backup.events} events of {done.backup.store}, as of "
        f"{done.backup.made_at:%Y-%m-%d %H:%M} UTC"
    )
    if done.kept is not None:
        click.echo(f"What was there before: {done.kept}")
