"""`amends verify FILE`: a printed document offline, the signed facts beside what the page says."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from desktop.texts import Lang, Texts

EXIT_ALTERED: Final = 1
EXIT_UNREADABLE: Final = 2
_MARKS: Final = {"same": "✓", "different": "✗", "not_read": "?"}


def verify_paper(
    paper: Path, data: Path | None, key: str | None, as_json: bool, lang: Lang
) -> None:
    """Check one document and say what differs; exit codes as of `amends verify`."""
    from desktop.adapters.paper_check import check_paper

    texts = Texts(lang)
    keys = _keys(data, key, texts)
    try:
        found = check_paper(paper, keys, texts)
    except (ValueError, OSError) as error:
        click.echo(texts.get("verify.paper_unreadable", detail=error), err=True)
        raise SystemExit(EXIT_UNREADABLE) from error
    different = [c for c in found.compared if c.state == "different"]
    if as_json:
        shown = {
            "ok": found.seal == "verified" and not different,
            "seal": found.seal,
            "key": found.key_id,
            "document": found.document,
            "facts": [asdict(c) for c in found.compared],
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        click.echo(texts.get(f"verify.paper_{found.seal}", key_id=found.key_id))
        for c in found.compared:
            read = c.read or texts.get("verify.not_read")
            mark = f"{_MARKS[c.state]} {texts.get(f'verify.{c.state}')}"
            click.echo(texts.get("verify.line", mark=mark, name=c.name, signed=c.signed, read=read))
    if different:
        click.echo(texts.get("verify.altered", count=len(different)), err=True)
    if found.seal == "none":
        raise SystemExit(EXIT_UNREADABLE)
    if found.seal != "verified" or different:
        raise SystemExit(EXIT_ALTERED)


def _keys(data: Path | None, key: str | None, texts: Texts) -> dict[str, bytes]:
    from desktop import data_folder
    from desktop.adapters.paper_check import key_of

    keys = data_folder.form_keys(data) if data is not None else {}
    if key is not None:
        try:
            keys |= key_of(key)
        except ValueError as error:
            click.echo(texts.get("verify.paper_key", detail=error), err=True)
            raise SystemExit(EXIT_UNREADABLE) from error
    return keys
