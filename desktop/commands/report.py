"""`amends report`: any report, paper or workbook without the window."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.papers import DocumentKind
from desktop.files import write_whole
from desktop.texts import Lang, Texts

if TYPE_CHECKING:
    from desktop.domain.analytics.report import Report
    from desktop.services.use_cases import UseCases

PAPERS: Final = ("receipt", "slip", "settlement", "apology", "ticket", "evidence")
PACKS: Final = (
    *("month", "quarter", "week", "daily", "stores", "compensation", "sla"),
    *("satisfaction", "management", "audit", "journey", "chargeback", "root_cause"),
)
CAUSE: Final = "root_cause"


@click.command("report")
@click.argument("what", required=False, type=click.Choice((*PACKS, *PAPERS)))
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice((*PACKS, *PAPERS)), help="The same as the argument.")
@click.option("--period", help="2026-11, 2026-Q4, 2026, 2026-W47 or 2026-11-21.")
@click.option("--store", "stores", multiple=True, help="Only these stores; may be given again.")
@click.option("--ticket", "number", help="The complaint's number or a unique tail of it.")
@click.option("--cause", help="The root cause's id or a unique tail; else the largest one.")
@click.option("--open-due", is_flag=True, help="Open the root causes that are due first (QA-02).")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(["zh_CN", "en"]), default="zh_CN", show_default=True)
def report(
    what: str | None,
    data: Path,
    kind: str | None,
    period: str | None,
    stores: tuple[str, ...],
    number: str | None,
    cause: str | None,
    open_due: bool,
    out: Path,
    lang: Lang,
) -> None:
    """Write a report over a period, or a paper of one complaint; .xlsx makes a workbook.

    \b
    Examples:
      amends report month --data ./store --period 2026-11 --out november.pdf
      amends report --data ./store --kind ticket --ticket 006-K --out file.pdf
      amends report root_cause --data ./store --period 2026-10 --open-due --out cause.pdf

    Exit codes: 0 written, 1 refused (the line says why), 2 wrong use, 3 data unusable.
    """
    from desktop.bootstrap import open_existing_desk
    from desktop.services.wording import refusal_text

    wanted = what or kind
    if wanted is None or (what and kind and what != kind):
        raise click.UsageError("name one kind of report")
    if (wanted in PAPERS) != (number is not None) or (wanted in PACKS) != (period is not None):
        raise click.UsageError("papers take --ticket, every other kind takes --period")
    desk = open_existing_desk(data)
    try:
        if period is not None:
            _count_again(desk.use_cases)
        if wanted == CAUSE:
            made = _cause(desk.use_cases, period or "", cause or "", open_due, lang, out)
        elif period is not None:
            made = _pack(desk.use_cases, wanted, period, lang, stores, out)
        else:
            made = _paper(desk.use_cases, wanted, number or "", lang)
    finally:
        desk.close()
    if isinstance(made, Refusal):
        click.echo(f"amends report: {refusal_text(made, Texts(lang))}", err=True)
        sys.exit(1)
    write_whole(out, made)


def _count_again(use: UseCases) -> None:
    """Let what an older version counted be counted by this one first; it may take minutes."""
    behind = use.catch_up.behind()
    if behind is not None and behind.counting:
        click.echo(f"counting {behind.of:,} complaints by this version …", err=True)
        use.catch_up.run(lambda _behind: None, lambda: False)


def _pack(
    use: UseCases, kind: str, period: str, lang: Lang, stores: tuple[str, ...], out: Path
) -> bytes | Refusal:
    """Return the report; whoever runs the program on this PC sees all that the PC holds."""
    reader = Actor("", "regional_manager")
    made = use.reporting.report(kind, period, lang, reader, frozenset(stores) or None)
    if isinstance(made, Refusal):
        return made
    return _written(use, made, out)


def _written(use: UseCases, made: Report, out: Path) -> bytes:
    workbook = out.suffix.lower() == ".xlsx"
    return use.reporting.xlsx(made) if workbook else use.reporting.pdf(made)


def _cause(
    use: UseCases, period: str, wanted: str, open_due: bool, lang: Lang, out: Path
) -> bytes | Refusal:
    """Return the report of one root cause of a month, the one with the most cases unless named."""
    reader = Actor("", "regional_manager")
    if open_due:
        use.signals.raise_repeats(period, use.reporting.scope(reader), reader)
    of_month = [c for c in use.causes.all() if c.month == period]
    found = [c for c in of_month if c.id.endswith(wanted)]
    if not found or (wanted and len(found) > 1):
        known = [c.id for c in of_month]
        return Refusal("cause_unknown_here", {"period": period, "causes": known or ["—"]})
    largest = max(found, key=lambda c: (c.count, c.id))
    return _written(use, use.reporting.cause(largest, use.causes, lang, reader), out)


def _paper(use: UseCases, kind: str, number: str, lang: Lang) -> bytes | Refusal:
    row = use.queries.by_number(number)
    if row is None:
        return Refusal("no_such_ticket", {"ticket": number})
    if kind == "evidence":
        made = use.reporting.evidence(row.stream, lang)
        return made if isinstance(made, Refusal) else use.reporting.pdf(made)
    reader = Actor(row.owner, "clerk")
    return use.printing.ticket(row.stream, cast(DocumentKind, kind), lang, reader)
