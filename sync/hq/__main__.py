"""`amends-hq`: run headquarters, let PCs and people in, look after the data.

Exit codes: 0 done, 1 a check failed, 2 the command line is wrong, 3 HQ's data or database cannot
be used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from sqlalchemy.exc import SQLAlchemyError

from sync.hq import (
    courier_commands,
    envelope_commands,
    people_commands,
    policy_commands,
    serve_command,
)
from sync.hq.embedded import DatabaseFault
from sync.hq.keys import KeyFault
from sync.hq.serve_command import Fault

EXIT_FAILED: Final = 1

F = TypeVar("F", bound=Callable[..., Any])


def _data_options(command: F) -> F:
    """Give a command --data and --database-url."""

    @click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("amends-hq-data"),
        show_default=True,
        envvar="AMENDS_HQ_DATA",
        help="Folder of HQ's key, attachments and, without a database URL, its PostgreSQL.",
    )
    @click.option(
        "--database-url",
        envvar="AMENDS_HQ_DATABASE_URL",
        help="PostgreSQL to use instead of HQ's own: postgresql://user@host/database",
    )
    @wraps(command)
    def with_options(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return with_options  # type: ignore[return-value]


@contextmanager
def _opened(
    data: Path, database_url: str | None, create: bool = False, attachments_url: str = ""
) -> Iterator[Any]:
    """Open HQ's data; every fault becomes one line.

    Only with `create` is an HQ made where there is none: a mistyped folder is not an empty HQ.
    """
    from sync.hq import bootstrap

    if not create and not bootstrap.holds_data(data, database_url):
        raise Fault(f"{data} holds no data of HQ; name the right folder with --data")
    try:
        with bootstrap.open_hq(data, database_url, attachments_url) as hq:
            yield hq
    except (DatabaseFault, KeyFault, bootstrap.ObjectsFault, bootstrap.PolicyError) as error:
        raise Fault(str(error)) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
        raise Fault(f"the database refuses: {reason}") from error


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
@_data_options
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
        _opened(data, database_url, create=True) as hq,
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
@_data_options
def revoke(device: str, data: Path, database_url: str | None) -> None:
    """Take a device's access back; what it sent stays, what it did not send stays with it.

    \b
    Example:
      amends-hq revoke D4K2M0QZ8R1T7X --data /srv/amends
    """
    from sync.hq import acts, bootstrap, enrolment, envelope_stock

    now = bootstrap.utc_now()
    with _opened(data, database_url) as hq, hq.engine.begin() as connection:
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
@_data_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(data: Path, database_url: str | None, as_json: bool) -> None:
    """Say what HQ holds.

    \b
    Example:
      amends-hq status --data /srv/amends --json
    """
    from sync.hq import figures

    with _opened(data, database_url) as hq, hq.engine.connect() as connection:
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
@_data_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(data: Path, database_url: str | None, as_json: bool) -> None:
    """Check every chain, value, countersignature and attachment; names what is wrong, exits 1.

    \b
    Example:
      amends-hq verify --data /srv/amends
    """
    from sync.hq import bootstrap, verification

    with _opened(data, database_url) as hq:
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


main.add_command(serve_command.make_serve(_data_options, _opened))
main.add_command(serve_command.certificate)
main.add_command(courier_commands.make_command(_data_options, _opened))
main.add_command(envelope_commands.make_group(_data_options, _opened))
main.add_command(people_commands.make_group(_data_options, _opened))
main.add_command(policy_commands.make_group(_data_options, _opened))
main.add_command(policy_commands.openapi)

if __name__ == "__main__":
    main()
