"""`amends export-bundle` and `import-bundle`: carry events on a stick where there is no line."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import NoReturn

import click

from desktop.services.courier_ports import CourierRefusal
from desktop.texts import LANGS, Lang, Texts

_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The store's data folder.",
)
_lang = click.option("--lang", type=click.Choice(LANGS), default="zh_CN", show_default=True)
_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command("export-bundle")
@_file
@_data
@click.option("--peer", is_flag=True, help="For another PC of this store instead of headquarters.")
@_lang
def export_bundle(file: Path, data: Path, peer: bool, lang: Lang) -> None:
    """Write what headquarters has given no receipt for, and print the code that opens the file.

    \b
    Example:
      amends export-bundle /media/stick/S0217.amends --data ./store

    Exit codes: 0 written, 1 not written, 3 the data cannot be opened.
    """
    from desktop import bootstrap

    with closing(bootstrap.open_existing_desk(data)) as desk:
        cases = desk.use_cases
        out = (
            cases.courier.export_to_peer(file, cases.identity.current().store)
            if peer
            else cases.courier.export_to_hq(file)
        )
    texts = Texts(lang)
    if isinstance(out, CourierRefusal):
        _refuse(texts, out)
    click.echo(texts.get("courier.exported", events=out.events, attachments=out.attachments))
    click.echo(out.code)
    if out.stuck:
        click.echo(texts.get("courier.stuck", n=out.stuck), err=True)


@click.command("import-bundle")
@_file
@_data
@click.option("--code", required=True, help="Code that belongs to the file.")
@_lang
def import_bundle(file: Path, data: Path, code: str, lang: Lang) -> None:
    """Take a file of headquarters or of another PC of the store; twice or too early does no harm.

    \b
    Example:
      amends import-bundle /media/stick/answer.amends --data ./store --code 7K2M-…

    Exit codes: 0 taken, 1 not taken, 3 the data cannot be opened.
    """
    from desktop import bootstrap

    with closing(bootstrap.open_existing_desk(data)) as desk:
        cases = desk.use_cases
        found = cases.courier.take(file, code, cases.identity.current().store)
    texts = Texts(lang)
    if isinstance(found, CourierRefusal):
        _refuse(texts, found)
    click.echo(texts.get("courier.taken", received=found.received, acked_seq=found.acked_seq))
    if found.lost_after is not None:
        click.echo(texts.get("courier.lost", seq=found.lost_after), err=True)


def _refuse(texts: Texts, refusal: CourierRefusal) -> NoReturn:
    sizes = {"needed": _megabytes(refusal.needed), "free": _megabytes(refusal.free)}
    line = texts.get(f"courier.{refusal.code}", **sizes)
    click.echo(f"{line} [{refusal.detail}]" if refusal.detail else line, err=True)
    raise SystemExit(1)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
