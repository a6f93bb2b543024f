"""`amends-hq`: run headquarters, let PCs and people in, look after the data.

Exit codes: 0 done, 1 a check failed, 2 the command line is wrong, 3 HQ's data or database cannot
be used.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click

from sync.hq import (
    courier_commands,
    envelope_commands,
    people_commands,
    policy_commands,
    serve_command,
)
from sync.hq.command_data import opened, with_data

EXIT_FAILED: Final = 1


@click.group(epilog="Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 data cannot be used.")
def main() -> None:
    """Headquarters of Amends 安诉: stores send here, people here answer.

    \b
    Example:
      amends-hq serve --data /srv/amends
      amends-hq enroll S0217 --name 无锡滨湖店 --data /srv/amends
    """


@main.command()
@click.argument("scope", metavar="STORE|region:NAME")
@with_data
@click.option("--name", default="", help="Name of the store, shown to people.")
@click.option("--region", help="Region that the store belongs to.")
def enroll(scope: str, data: Path, database_url: str | None, name: str, region: str | None) -> None:
    """Issue a one-time code with which one PC joins; it is the last line.

    \b
    Example:
      amends-hq enroll S0217 --name 无锡滨湖店 --region 苏南 --data /srv/amends
      amends-hq enroll region:苏南 --data /srv/amends
    """
    from sync.hq import acts, bootstrap, enrolment

    with (
        opened(data, database_url, create=True) as hq,
        hq.engine.begin() as connection,
    ):
        try:
            code = enrolment.issue_code(
                connection, hq.key, scope, bootstrap.utc_now(), name, region
            )
        except enrolment.BadScope as error:
            raise click.UsageError(str(error)) from error
        acts.record(connection, acts.OPERATOR, "code_issued", bootstrap.utc_now(), store=scope)
    click.echo(f"One PC may join {scope} within {enrolment.CODE_LIFE.days} days with this code:")
    click.echo(code)


@main.command()
@click.argument("device")
@with_data
def revoke(device: str, data: Path, database_url: str | None) -> None:
    """Take a device's access back; what it sent stays, what it did not send stays with it.

    \b
    Example:
      amends-hq revoke D4K2M0QZ8R1T7X --data /srv/amends
    """
    from sync.hq import acts, bootstrap, enrolment, envelope_stock

    now = bootstrap.utc_now()
    with opened(data, database_url) as hq, hq.engine.begin() as connection:
        if not enrolment.revoke(connection, device, now):
            raise click.ClickException(
                f"no enrolled device {device}: `amends-hq status` lists them"
            )
        recalled = envelope_stock.recall_answered_on(connection, acts.OPERATOR, device, now)
        acts.record(
            connection, acts.OPERATOR, "device_revoked", now, device=device, recalled=recalled
        )
    click.echo(f"{device} has no access any more")


@main.command()
@with_data
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(data: Path, database_url: str | None, as_json: bool) -> None:
    """Say what HQ holds.

    \b
    Example:
      amends-hq status --data /srv/amends --json
    """
    from sync.hq import figures

    with opened(data, database_url) as hq, hq.engine.connect() as connection:
        found = figures.status(connection)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        if isinstance(value, int):
            click.echo(f"{name:12} {value}")
    for chain, place in found["chains"].items():
        click.echo(f"{chain}  {place['store']}  {place['seq']}  {place['head'][:16]}")
    for device in found["devices"]:
        state = "revoked" if device["revoked"] else (device["last_contact"] or "never seen")
        click.echo(f"{device['id']}  {device['scope']}  {state}")


@main.command()
@with_data
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(data: Path, database_url: str | None, as_json: bool) -> None:
    """Check every chain, value, countersignature and attachment; names what is wrong, exits 1.

    \b
    Example:
      amends-hq verify --data /srv/amends
    """
    from sync.hq import bootstrap, verification

    with opened(data, database_url) as hq:
        verdict = verification.verify(hq.engine, hq.key, bootstrap.open_attachments(hq))
    if as_json:
        faults = [
            {"chain": f.chain, "seq": f.seq, "what": f.what, "detail": f.detail}
            for f in verdict.faults
        ]
        damaged = [
            {"store": d.store, "sha256": d.sha256, "detail": d.detail} for d in verdict.damaged
        ]
        counts = {
            "chains": verdict.chains, "events": verdict.events, "receipts": verdict.receipts,
            "attachments": verdict.attachments,
        }  # fmt: skip
        told = {"ok": verdict.ok, **counts, "faults": faults, "damaged": damaged}
        click.echo(json.dumps(told))
    else:
        for fault in verdict.faults:
            click.echo(f"{fault.chain}:{fault.seq}: {fault.what}: {fault.detail}", err=True)
        for found in verdict.damaged:
            click.echo(f"{found.store}: attachment {found.sha256}: {found.detail}", err=True)
        if verdict.ok:
            click.echo(
                f"{verdict.events} events on {verdict.chains} chains, {verdict.receipts} receipts "
                f"and {verdict.attachments} attachments are as they were written"
            )
    sys.exit(0 if verdict.ok else EXIT_FAILED)


for command in (
    serve_command.serve,
    serve_command.certificate,
    courier_commands.take_courier,
    envelope_commands.envelopes,
    people_commands.people,
    policy_commands.policy,
    policy_commands.openapi,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
