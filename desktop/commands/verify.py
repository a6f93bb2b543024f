"""`amends verify`: proves a store's data, names the first bad event.

Exit codes: 0 all is well, 1 something was altered, cut off or damaged, 2 the command line is
wrong, 3 there is no data or it cannot be opened.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from desktop.texts import LANGS, Lang, Texts

if TYPE_CHECKING:
    from desktop.journal.chain import Fault
    from desktop.storage.verification import VerificationReport

EXIT_BAD: Final = 1


@click.command("verify")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The store's data folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(LANGS), default="zh_CN", show_default=True)
def verify(data: Path, as_json: bool, lang: Lang) -> None:
    """Check chains, personal values, HQ's receipts and attachments.

    \b
    Example:
      amends verify --data ./store --json

    Exit codes: 0 all is well, 1 something was altered or cut off (the first bad event is named),
    3 the data cannot be opened.
    """
    from desktop import bootstrap
    from desktop.storage.faults import DatabaseDamaged, WrongKey
    from desktop.storage.store import require_data

    texts = Texts(lang)
    require_data(data)
    try:
        report = bootstrap.verify_data(data)
    except (DatabaseDamaged, WrongKey) as damage:
        # The file itself no longer matches its seals: as bad as an altered event.
        if as_json:
            click.echo(json.dumps({"ok": False, "first_bad": None, "damage": str(damage)}))
        click.echo(texts.get("verify.damaged", detail=str(damage)), err=True)
        raise SystemExit(EXIT_BAD) from damage
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        _say_counts(report, texts)
    if report.first_bad is not None:
        _say_fault(report.first_bad, len(report.faults) - 1, texts)
        raise SystemExit(EXIT_BAD)


def _say_counts(report: VerificationReport, texts: Texts) -> None:
    counted = {
        "events": report.events,
        "chains": len(report.chains),
        "receipts": report.receipts,
        "attachments": report.attachments,
    }
    click.echo(texts.get("verify.counted", **counted))
    absent = {
        "erased": report.erased,
        "not_arrived": report.not_arrived + report.attachments_not_arrived,
    }
    if any(absent.values()):
        click.echo(texts.get("verify.absent", **absent))
    if report.first_bad is None:
        click.echo(texts.get("verify.well"))


def _say_fault(fault: Fault, others: int, texts: Texts) -> None:
    what = texts.get(f"verify.what_{fault.what}")
    line = texts.get("verify.bad", chain=fault.chain, seq=fault.seq, what=what, detail=fault.detail)
    click.echo(line, err=True)
    if others:
        click.echo(texts.get("verify.more", count=others), err=True)
