"""`amends doctor`: is this PC's desk well, and what to do where it is not."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from desktop.texts import LANGS, Lang, Texts

_MARKS = {"good": "ok", "info": "--", "warn": "!!", "bad": "XX"}


@click.command("doctor")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The store's data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(LANGS), default="zh_CN", show_default=True)
def doctor(data: Path | None, as_json: bool, lang: Lang) -> None:
    """Check disk, database, key, backups, sync, policy pack and installed parts.

    \b
    Example:
      amends doctor --data ./store --lang en

    Exit codes: 0 nothing is broken, 1 something is, 3 the data cannot be opened. Chains and
    values are proven by `amends verify`.
    """
    from desktop.bootstrap import open_existing_desk
    from desktop.places import default_data
    from desktop.services.wording import finding_text

    folder = data or default_data()
    desk = open_existing_desk(folder)
    try:
        findings = list(desk.use_cases.doctor.examine())
        machine = desk.use_cases.doctor.machine()
    finally:
        desk.close()
    broken = any(finding.state == "bad" for finding in findings)
    if as_json:
        shown = [
            {"check": f.check, "what": f.what, "state": f.state, "values": _plain(f.values)}
            for f in findings
        ]
        versions = dict(machine.versions)
        click.echo(json.dumps({"ok": not broken, "findings": shown, "versions": versions}))
    else:
        texts = Texts(lang)
        for finding in findings:
            click.echo(f"{_MARKS[finding.state]}  {finding_text(finding, texts)}")
        click.echo(", ".join(f"{name} {version}" for name, version in machine.versions.items()))
    raise SystemExit(1 if broken else 0)


def _plain(values: object) -> dict[str, object]:
    found = dict(values) if isinstance(values, dict) else {}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in found.items()}
