"""`amends-hq envelopes`: phone approval as HQ sees it.

Exit codes: 0 done (reconcile: everything fits), 1 something does not fit, 2 the command line is
wrong, 3 HQ's data or database cannot be used.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from sync.hq.command_data import opened, with_data

EXIT_MISMATCH = 1

_place = click.argument("place", metavar="STORE|DEVICE")
_approver = click.option(
    "--approver", "login", required=True, help="Login of the person who answers."
)
_cap = click.option("--cap", required=True, help="Highest sum in yuan that one may release.")
_days = click.option("--days", default=30, show_default=True, help="Days until they expire.")


@click.group()
def envelopes() -> None:
    """Phone approval: who answers, envelopes, and whether everything fits."""


@envelopes.command()
@click.argument("login")
@click.argument("device")
@with_data
def approver(login: str, device: str, data: Path, database_url: str | None) -> None:
    """Say on which enrolled device a person of HQ answers the phone.

    \b
    Example:
      amends-hq envelopes approver wangfang D4K2M0QZ8R1T7X --data /srv/amends
    """
    from sync.hq import acts, bootstrap, envelope_stock
    from sync.hq.envelopes import BadEnvelope

    with opened(data, database_url) as hq, hq.engine.begin() as connection:
        who, now = acts.OPERATOR, bootstrap.utc_now()
        try:
            recalled = envelope_stock.move_approver(connection, who, login, device, now)
        except BadEnvelope as error:
            raise click.UsageError(str(error)) from error
        acts.record(
            connection, who, "approver_device", now,
            login=login, device=device, recalled=recalled,
        )  # fmt: skip
    click.echo(f"{login} answers on {device}; {recalled} envelopes of another PC recalled")


@envelopes.command()
@_place
@with_data
@_approver
@_cap
@_days
@click.option("--count", default=10, show_default=True, help="How many a device.")
def issue(
    place: str,
    login: str,
    cap: str,
    days: int,
    count: int,
    data: Path,
    database_url: str | None,
) -> None:
    """Make single-use envelopes for a store's PCs; they go out with the next exchanges.

    \b
    Example:
      amends-hq envelopes issue S0217 --approver wangfang --cap 20000 --data /srv/amends
    """
    from desktop.domain.authority import AmountError
    from sync.hq import acts, bootstrap
    from sync.hq import envelopes as made

    with opened(data, database_url) as hq, hq.engine.begin() as connection:
        try:
            order = made.Order(place, login, Decimal(cap), timedelta(days=days), count)
            numbers = made.issue(connection, hq.key, order, bootstrap.utc_now())
        except InvalidOperation as error:
            raise click.UsageError(f"{cap!r} is no sum in yuan") from error
        except (made.BadEnvelope, AmountError) as error:
            raise click.UsageError(str(error)) from error
        acts.record(
            connection, acts.OPERATOR, "envelopes_issued", bootstrap.utc_now(),
            login=login, place=place, cap=cap, count=len(numbers),
        )  # fmt: skip
    click.echo(f"{len(numbers)} envelopes, {numbers[0]} to {numbers[-1]}")


@envelopes.command()
@_place
@with_data
@_approver
@_cap
@_days
@click.option(
    "--keep", "count", default=10, show_default=True, help="Unused ones a device; 0 stops."
)
def keep(
    place: str,
    login: str,
    cap: str,
    days: int,
    count: int,
    data: Path,
    database_url: str | None,
) -> None:
    """Keep envelopes in stock on a store's PCs: what is used or expires is made again.

    \b
    Example:
      amends-hq envelopes keep S0217 --approver wangfang --cap 20000 --data /srv/amends
    """
    from desktop.domain.authority import AmountError
    from sync.hq import acts, bootstrap, envelope_stock
    from sync.hq.envelopes import BadEnvelope

    now = bootstrap.utc_now()
    with opened(data, database_url) as hq, hq.engine.begin() as connection:
        if count == 0:
            envelope_stock.remove_quota(connection, login, place)
            acts.record(
                connection, acts.OPERATOR, "envelopes_stopped", now, login=login, place=place
            )
            click.echo(f"no more envelopes of {login} are made for {place}")
            return
        try:
            quota = envelope_stock.Quota(login, place, Decimal(cap), days, count)
            envelope_stock.set_quota(connection, quota)
        except InvalidOperation as error:
            raise click.UsageError(f"{cap!r} is no sum in yuan") from error
        except (BadEnvelope, AmountError) as error:
            raise click.UsageError(str(error)) from error
        acts.record(
            connection, acts.OPERATOR, "envelopes_kept", now,
            login=login, place=place, cap=cap, keep=count,
        )  # fmt: skip
        made = envelope_stock.top_up(connection, hq.key, now)
    click.echo(f"{count} unused envelopes are kept on each PC of {place}; {made} made now")


@envelopes.command()
@_place
@with_data
@_approver
def recall(place: str, login: str, data: Path, database_url: str | None) -> None:
    """Recall unused envelopes: they are not handed out any more.

    A PC that holds one learns of it at its next exchange; a release until then is named by
    `reconcile`.

    \b
    Example:
      amends-hq envelopes recall S0217 --approver wangfang --data /srv/amends
    """
    from sync.hq import acts, bootstrap, envelope_stock

    now = bootstrap.utc_now()
    with opened(data, database_url) as hq, hq.engine.begin() as connection:
        count = envelope_stock.recall(connection, acts.OPERATOR, login, place, now)
        acts.record(
            connection, acts.OPERATOR, "envelopes_recalled", now,
            login=login, place=place, count=count,
        )  # fmt: skip
    click.echo(f"{count} envelopes are recalled")


@envelopes.command()
@with_data
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def reconcile(data: Path, database_url: str | None, as_json: bool) -> None:
    """Match codes given with releases made; exits 1 if anything does not fit.

    \b
    Example:
      amends-hq envelopes reconcile --data /srv/amends
    """
    from sync.hq import bootstrap, envelope_records, projection

    with opened(data, database_url) as hq:
        projection.drain(hq.engine, bootstrap.utc_now())
        with hq.engine.connect() as connection:
            found = envelope_records.reconcile(connection)
    if as_json:
        click.echo(json.dumps({"ok": not found, "mismatches": [_plain(m) for m in found]}))
    for mismatch in () if as_json else found:
        waits = "" if mismatch.heard else " (the other side has not spoken with HQ since)"
        click.echo(
            f"{mismatch.code}: envelope {mismatch.envelope}, {mismatch.store}, "
            f"{mismatch.stream}, {mismatch.at:%Y-%m-%d %H:%M} UTC: {mismatch.detail}{waits}"
        )
    if not found and not as_json:
        click.echo("every code that was given was used once, for what it was given")
    raise SystemExit(EXIT_MISMATCH if found else 0)


def _plain(mismatch: Any) -> dict[str, object]:
    names = type(mismatch).__dataclass_fields__
    values = {name: getattr(mismatch, name) for name in names}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}
