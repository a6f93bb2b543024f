"""`amends enroll`, `amends trust`, `amends sync`, `amends status`: a store PC and its headquarters.

Exit codes: 0 done, 1 the exchange did not finish (nothing is lost), 2 the command line is wrong,
3 the data cannot be opened.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from desktop.domain.outcomes import Refusal
from desktop.services.evidence_size import MOST_MIB
from desktop.services.exchange_ports import ExchangeFailure, ExchangeOutcome
from desktop.texts import LANGS, Lang, Texts

if TYPE_CHECKING:
    from desktop.services.desk import Desk

EXIT_FAILED: Final = 1
#: Seconds between two exchanges when not asked for one only.
_EVERY: Final = 30.0

_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The store's data folder.",
)
_lang = click.option("--lang", type=click.Choice(LANGS), default="zh_CN", show_default=True)


#: What `amends sync --json` prints; scripts go by these names.
_PRINTED: Final = (
    "sent", "received", "bytes_sent", "bytes_received", "acked_seq", "head", "pending",
    "quarantined", "seconds",
)  # fmt: skip


@click.command("enroll")
@_data
@click.option("--hq", "url", required=True, help="Address of headquarters.")
@click.option("--code", required=True, help="One-time code from headquarters.")
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Headquarters' own certificate (cert.pem): trusted from now on, and nothing else.",
)
@_lang
def enroll(data: Path, url: str, code: str, certificate: Path | None, lang: Lang) -> None:
    """Join this PC to headquarters.

    \b
    Example:
      amends enroll --data ./store --hq https://hq.example --code 4K2M-0QZ8-R1T7

    Exit codes: 0 joined, 1 not joined, 3 the data cannot be opened.
    """
    from desktop import bootstrap

    with closing(bootstrap.open_desk(data)) as desk:
        if certificate is not None:
            _trust(desk, certificate, lang)
        joined = desk.enrol(url, code)
    if isinstance(joined, ExchangeFailure):
        _tell(joined, lang)
        raise SystemExit(EXIT_FAILED)
    words = {"store": joined.store_name, "device": joined.device}
    click.echo(Texts(lang).get("sync.joined", **words))


@click.command("trust")
@_data
@click.argument(
    "certificate", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@_lang
def trust(data: Path, certificate: Path | None, lang: Lang) -> None:
    """Trust headquarters' own certificate (cert.pem) and no other, as after it was renewed.

    Without a file the authorities that this PC's system knows are trusted again. Compare the
    SHA-256 that is printed with the one that `amends-hq certificate` prints.

    \b
    Example:
      amends trust cert.pem --data ./store

    Exit codes: 0 trusted, 1 the file holds no certificate, 3 the data cannot be opened.
    """
    from desktop import bootstrap

    with closing(bootstrap.open_existing_desk(data)) as desk:
        if certificate is not None:
            _trust(desk, certificate, lang)
            return
        desk.trust_authorities()
    click.echo(Texts(lang).get("sync.trust_authorities"))


def _trust(desk: Desk, certificate: Path, lang: Lang) -> None:
    found = desk.trust_certificate(certificate)
    texts = Texts(lang)
    if isinstance(found, Refusal):
        click.echo(texts.get(f"refusal.{found.code}", **found.values), err=True)
        raise SystemExit(EXIT_FAILED)
    expires = f"{found.expires:%Y-%m-%d}"
    click.echo(texts.get("sync.trusted", fingerprint=found.fingerprint, expires=expires))


@click.command("sync")
@_data
@click.option("--once", is_flag=True, help="One exchange, then end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an exchange.")
@_lang
def sync_command(data: Path, once: bool, as_json: bool, lang: Lang) -> None:
    """Exchange with headquarters, every half minute unless --once.

    \b
    Example:
      amends sync --data ./store --once --json

    Exit codes: 0 done, 1 the exchange did not finish (nothing is lost), 3 the data cannot be
    opened.
    """
    from desktop import bootstrap

    with closing(bootstrap.open_existing_desk(data)) as desk:
        while True:
            outcome = desk.exchange(_progress())
            _say(outcome, as_json, lang)
            if once:
                raise SystemExit(EXIT_FAILED if isinstance(outcome, ExchangeFailure) else 0)
            time.sleep(_EVERY)


@click.command("status")
@_data
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_lang
def status(data: Path, as_json: bool, lang: Lang) -> None:
    """Say what this PC holds and what waits for headquarters.

    \b
    Example:
      amends status --data ./store --json

    Exit codes: 0 said, 3 the data cannot be opened.
    """
    found = store_figures(data)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    texts = Texts(lang)
    click.echo(texts.get("sync.status", **found))
    for item in found["stuck_attachments"]:
        reason = texts.get(f"ui_stuck.why.{item['reason']}", most=MOST_MIB)
        click.echo(" ".join(filter(None, (item["number"], item["name"], reason))))


def store_figures(folder: Path) -> dict[str, Any]:
    """Return what `amends status --json` prints; raises StorageFault when there is no data."""
    from desktop import bootstrap
    from desktop.services.ticket_ports import TicketFilter

    with closing(bootstrap.open_existing_desk(folder)) as desk:
        chains = _heads(folder)
        cases = desk.use_cases
        where, enrolment = cases.sync.status(), cases.sync.enrolment()
        return {
            "tickets": cases.queries.count(TicketFilter()),
            "events": sum(seq for seq, _ in chains.values()),
            "pending": where.pending,
            "pending_attachments": where.pending_attachments,
            "stuck_attachments": [
                {"number": stuck.number, "name": stuck.name, "reason": stuck.reason}
                for stuck in desk.stuck_attachments()
            ],
            "acked_seq": where.acked_seq,
            "quarantined": where.quarantined,
            "own_chain": cases.sync.chain(),
            "chains": {
                name: {"seq": seq, "head": head.hex()} for name, (seq, head) in chains.items()
            },
            "cursor": dict(where.cursor),
            "hq": None if enrolment is None else enrolment.url,
            "store": None if enrolment is None else enrolment.store,
        }


def _heads(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every chain in the store's database with its last seq and hash."""
    from sqlalchemy import select

    from desktop.storage.database import DATABASE_FILE, Database
    from desktop.storage.keys import load_key
    from desktop.storage.tables import chain

    database = Database.open(folder / DATABASE_FILE, load_key(folder, new=False).secret)
    with closing(database), database.read() as connection:
        rows = connection.execute(select(chain).order_by(chain.c.chain))
        return {row.chain: (row.seq, row.head) for row in rows}


def _progress() -> Callable[[int, int], None] | None:
    """Return a counter for a terminal, none in a pipe."""
    if not sys.stderr.isatty():
        return None
    return lambda done, total: click.echo(f"\r{done}/{total}", err=True, nl=done >= total)


def _say(outcome: ExchangeOutcome, as_json: bool, lang: Lang) -> None:
    if isinstance(outcome, ExchangeFailure):
        _tell(outcome, lang)
    elif as_json:
        found = asdict(outcome)
        click.echo(json.dumps({name: found[name] for name in _PRINTED}))
    else:
        click.echo(Texts(lang).get("sync.exchanged", **asdict(outcome)))


def _tell(failure: ExchangeFailure, lang: Lang) -> None:
    """Say in one line what happened and what to do."""
    line = Texts(lang).get(f"sync.{failure.code}")
    click.echo(f"{line} [{failure.detail}]" if failure.detail else line, err=True)
