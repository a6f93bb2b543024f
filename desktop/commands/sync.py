"""`amends enroll`, `amends sync`, `amends status`: a store PC and its headquarters.

Exit codes: 0 done, 1 the exchange did not finish (nothing is lost), 2 the command line is wrong,
3 the store's data cannot be opened.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from desktop.services.ports import ExchangeFailure, StorageFault
from desktop.texts import Lang, Texts

if TYPE_CHECKING:
    from desktop.services.ports import ExchangeReport

EXIT_FAILED: Final = 1
EXIT_FAULT: Final = 3
#: Seconds between two exchanges when not asked for one only.
_EVERY: Final = 30.0

_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The store's data folder.",
)
_lang = click.option(
    "--lang", type=click.Choice(["zh_CN", "en"]), default="zh_CN", show_default=True,
    help="Language of messages.",
)  # fmt: skip


class _Fault(click.ClickException):
    exit_code = EXIT_FAULT


@contextmanager
def _opened(data: Path) -> Iterator[Any]:
    """Open the store's data; a fault becomes one line."""
    from desktop import bootstrap

    try:
        store = bootstrap.open_desk(data)
    except (StorageFault, OSError) as error:
        raise _Fault(str(error)) from error
    try:
        yield store
    finally:
        store.close()


def _tell(failure: ExchangeFailure, lang: Lang) -> str:
    """Return one line that says what happened and what to do."""
    line = Texts(lang).get(f"hq.failure_{failure.code}")
    return f"{line} ({failure.detail})" if failure.detail else line


def _progress() -> Callable[[int, int], None] | None:
    """Return a counter for a terminal, none in a pipe."""
    if not sys.stderr.isatty():
        return None
    return lambda done, total: click.echo(f"\r{done}/{total}", err=True, nl=done >= total)


@click.command("enroll")
@_data
@click.option("--hq", "url", required=True, help="Address of headquarters.")
@click.option("--code", required=True, help="One-time code from headquarters.")
@_lang
def enroll(data: Path, url: str, code: str, lang: Lang) -> None:
    """Join this PC to headquarters.

    \b
    Example:
      amends enroll --data ./store --hq https://hq.example --code 4K2M-0QZ8-R1T7
    """
    with _opened(data) as store:
        joined = store.enrol(url, code)
    if isinstance(joined, ExchangeFailure):
        click.echo(_tell(joined, lang), err=True)
        sys.exit(EXIT_FAILED)
    click.echo(Texts(lang).get("hq.joined", store=joined.store_name, device=joined.device))


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
    """
    with _opened(data) as store:
        while True:
            outcome = store.exchange(_progress())
            if isinstance(outcome, ExchangeFailure):
                click.echo(_tell(outcome, lang), err=True)
            else:
                click.echo(json.dumps(asdict(outcome)) if as_json else _said(outcome, lang))
            if once:
                sys.exit(EXIT_FAILED if isinstance(outcome, ExchangeFailure) else 0)
            time.sleep(_EVERY)


def _said(report: ExchangeReport, lang: Lang) -> str:
    return Texts(lang).get("hq.exchanged", **asdict(report))


@click.command("status")
@_data
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_lang
def status(data: Path, as_json: bool, lang: Lang) -> None:
    """Say what this PC holds and what waits for headquarters.

    \b
    Example:
      amends status --data ./store --json
    """
    with _opened(data) as store:
        found = store.figures()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(Texts(lang).get("hq.store_status", **found))
