"""`amends report`: any PDF without the window."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import click

from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.papers import DocumentKind
from desktop.files import write_whole
from desktop.texts import Lang, Texts

_KINDS = ("month", "receipt", "settlement", "apology", "ticket")


@click.command("report")
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--kind", required=True, type=click.Choice(_KINDS))
@click.option("--period", help="YYYY-MM, for month.")
@click.option("--ticket", "number", help="The complaint's number or a unique tail of it.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(["zh_CN", "en"]), default="zh_CN", show_default=True)
def report(
    data: Path, kind: str, period: str | None, number: str | None, out: Path, lang: Lang
) -> None:
    """Write a report or a paper of one complaint as PDF.

    \b
    Example:
      amends report --data ./store --kind month --period 2026-11 --out november.pdf

    Exit codes: 0 written, 1 refused (the line says why), 2 wrong use, 3 data unusable.
    """
    from desktop.bootstrap import open_desk
    from desktop.services.wording import refusal_text

    if (kind == "month") != (number is None) or (kind == "month") != (period is not None):
        raise click.UsageError("month takes --period YYYY-MM, every other kind takes --ticket")
    desk = open_desk(data)
    try:
        printing = desk.use_cases.printing
        if period is not None:
            outcome = printing.month(period, lang)
        else:
            row = desk.use_cases.queries.by_number(number or "")
            if row is None:
                click.echo(f"amends report: there is no complaint {number}", err=True)
                sys.exit(1)
            reader = Actor(row.owner, "clerk")
            outcome = printing.ticket(row.stream, cast(DocumentKind, kind), lang, reader)
    finally:
        desk.close()
    if isinstance(outcome, Refusal):
        click.echo(f"amends report: {refusal_text(outcome, Texts(lang))}", err=True)
        sys.exit(1)
    write_whole(out, outcome)
