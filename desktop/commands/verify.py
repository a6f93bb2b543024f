"""`amends verify`: proves a store's data or a file of theirs, names the first bad event.

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
    from desktop.storage.proof import VerificationReport

EXIT_BAD: Final = 1


@click.command("verify")
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The store's data folder.",
)
@click.option("--key", help="The signer's public key (hex), to check a file without data.")
@click.option("--code", help="Code that opens a courier file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(LANGS), default="zh_CN", show_default=True)
def verify(
    file: Path | None,
    data: Path | None,
    key: str | None,
    code: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Check a store's data, a courier file, or a printed document beside its signed facts.

    \b
    Examples:
      amends verify --data ./store --json
      amends verify S0217.amends --code 7K2M-…
      amends verify scan.png --data ./store

    Exit codes: 0 all is well, 1 something was altered or cut off (the first bad event is named;
    on paper a fact differs or the code is not genuine), 2 wrong use or unreadable paper,
    3 the data cannot be opened.
    """
    if file is not None:
        _verify_file(file, data, key, code, as_json, lang)
        return
    if data is None:
        raise click.UsageError("name a document to check, or --data with a store's folder")
    _verify_data(data, as_json, lang)


def _verify_file(
    file: Path, data: Path | None, key: str | None, code: str | None, as_json: bool, lang: Lang
) -> None:
    from desktop.adapters.courier import is_bundle
    from desktop.commands.verify_bundle import verify_bundle
    from desktop.commands.verify_paper import verify_paper

    if is_bundle(file):
        verify_bundle(file, code, data, key, as_json, Texts(lang))
    else:
        verify_paper(file, data, key, as_json, lang)


def _verify_data(data: Path, as_json: bool, lang: Lang) -> None:
    from desktop import data_folder
    from desktop.storage.faults import DatabaseDamaged, WrongKey
    from desktop.storage.store import require_data

    texts = Texts(lang)
    require_data(data)
    try:
        report = data_folder.verify_data(data)
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
