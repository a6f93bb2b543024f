"""`amends ocr-stats`: how well this store's forms were read, by what people corrected."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from desktop.services.paper_ports import FieldOutcome

Rate: TypeAlias = dict[str, float | int]


@click.command("ocr-stats")
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only reviews from this day on.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def ocr_stats(data: Path, since: datetime | None, as_json: bool) -> None:
    """Measure the form reader on the forms that people reviewed here.

    Every confirmed page counts: what was read against what a person confirmed. The values
    themselves are not kept for this, only whether they were right.

    \b
    Example:
      amends ocr-stats --data ./store --since 2026-11-01

    Exit codes: 0 printed (also when there is nothing yet), 3 the data cannot be opened.
    """
    from desktop.bootstrap import open_existing_desk

    desk = open_existing_desk(data)
    try:
        from_day = since.replace(tzinfo=UTC) if since else None
        outcomes = desk.use_cases.paper.records.since(from_day)
    finally:
        desk.close()
    rates = measure(outcomes)
    if as_json:
        click.echo(json.dumps(rates, ensure_ascii=False))
    elif not rates:
        click.echo("No form has been reviewed yet.")
    else:
        for name, rate in rates.items():
            span = f"95 % {rate['low']:6.1%} - {rate['high']:6.1%}"
            click.echo(f"{name:32} {rate['rate']:7.2%}  n={rate['n']:<6} {span}")


def measure(outcomes: Sequence[FieldOutcome]) -> Mapping[str, Rate]:
    """Return, by class, the share of fields read right, of certain fields, and how these fared.

    Each rate has its number and its 95 % interval (Wilson score).
    """
    from desktop.services.paper import class_of

    counts: defaultdict[str, list[bool]] = defaultdict(list)
    edits: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in outcomes:
        name = f"{'ours' if one.ours else 'foreign'} {class_of(one.key)}"
        counts[name].append(one.right)
        counts[f"{name} certain coverage"].append(one.certain)
        changed, length = edits[name]
        edits[name] = (changed + one.edits, length + max(one.length, one.edits))
        if one.certain:
            counts["certain precision"].append(one.right)
    rates = {name: _rate(sum(results), len(results)) for name, results in sorted(counts.items())}
    for name, (changed, length) in sorted(edits.items()):
        if name.endswith("long"):
            rates[f"{name} character error"] = _rate(changed, length)
    return rates


def _rate(hits: int, n: int) -> Rate:
    from desktop.domain.shares import wilson_interval

    low, high = wilson_interval(hits, n)
    return {"rate": hits / n, "n": n, "low": low, "high": high}
