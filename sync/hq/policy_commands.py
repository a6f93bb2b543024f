"""`amends-hq policy` and `amends-hq openapi`: what can be done from a terminal as on the pages."""

from __future__ import annotations

from pathlib import Path

import click

from sync.hq.command_data import opened, with_data


@click.group()
def policy() -> None:
    """Publish policy packs to every store."""


@policy.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@with_data
def publish(folder: Path, data: Path, database_url: str | None) -> None:
    """Check the pack in FOLDER, simulate it on last month, sign it and send it to the stores.

    Exits 1 when the check finds anything or the pack may not be published.

    \b
    Example:
      amends-hq policy publish ./pack-2026.12 --data /srv/amends
    """
    from desktop.policy.signing import PackRefused, SignedPack
    from desktop.policy.simulating import Simulation
    from sync.hq import acts, bootstrap, pack_upload

    checked = pack_upload.check_folder(folder)
    for problem in checked.problems:
        click.echo(str(problem), err=True)
    if checked.policy is None:
        raise click.ClickException(f"{len(checked.problems)} problems: not published")
    with opened(data, database_url) as hq:
        publishing = bootstrap.make_publishing(hq)
        pack = publishing.keep(acts.OPERATOR, checked)
        draft = publishing.draft(pack)
        found = publishing.simulate(draft) if draft is not None else None
        if isinstance(found, Simulation):
            for name, count in found.summary().items():
                click.echo(f"{name.replace('_', ' '):<20} {count:>6}")
        done = publishing.publish(acts.OPERATOR, pack)
        if not isinstance(done, SignedPack):
            publishing.discard(acts.OPERATOR, pack)
            why = f"{done.reason}: {done.detail}" if isinstance(done, PackRefused) else done.reason
            raise click.ClickException(f"not published: {why}")
    click.echo(f"{done.policy.version} goes out, in force from {done.policy.effective}")


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File; else standard output."
)
def openapi(out: Path | None) -> None:
    """Print HQ's description as OpenAPI.

    \b
    Example:
      amends-hq openapi --out docs/openapi.json
    """
    from sync.hq.openapi import as_text, described

    text = as_text(described())
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    click.echo(f"{out}")
