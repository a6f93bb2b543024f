"""`amends sample`: the month's quality sample, and drawing it again elsewhere from its seed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

EXIT_DIFFERENT = 1


@click.command("sample")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path))
@click.option("--month", help="YYYY-MM.")
@click.option("--of", "owner", default="", help="The store that committed the seed; else this one.")
@click.option("--store", "stores", multiple=True, help="Only these stores; may be given again.")
@click.option("--check", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def sample(
    data: Path | None, month: str | None, owner: str, stores: tuple[str, ...], check: Path | None
) -> None:
    """Print a month's sample as JSON, or draw one again from such a file with no store at all.

    \b
    Examples:
      amends sample --data ./store --month 2026-10 > sample.json
      amends sample --data ./another --month 2026-10 --of S0217 --store S0217
      amends sample --check sample.json

    Exit codes: 0 done, 1 the list or the commitment does not fit, 2 wrong use, 3 data unusable.
    """
    if check is not None:
        _check(check)
        return
    if data is None or month is None:
        raise click.UsageError("name --data and --month, or --check with a file")
    drawn = _drawn(data, month, owner, frozenset(stores))
    click.echo(json.dumps(drawn, ensure_ascii=False, indent=1))


def _drawn(data: Path, month: str, owner: str, stores: frozenset[str]) -> dict[str, Any]:
    from desktop.bootstrap import open_existing_desk
    from desktop.domain.analytics.periods import parse_period
    from desktop.domain.outcomes import Actor

    period = parse_period(month)
    if period is None or period.kind != "month":
        raise click.UsageError(f"{month} is no month; write it like 2026-10")
    desk = open_existing_desk(data)
    try:
        use = desk.use_cases
        held = use.reporting.scope(Actor("", "regional_manager"))
        found = use.quality.sample(month, stores & held if stores else held, owner)
        return {
            "month": month,
            "percent": use.policies.current().thresholds.qa_sample_percent,
            "commitment": found.sample.commitment,
            "committed_in_time": found.sample.in_time,
            "seed": found.sample.seed,
            "population": {store: list(numbers) for store, numbers in found.population.items()},
            "sample": {store: list(numbers) for store, numbers in found.drawn.items()},
        }
    finally:
        desk.close()


def _check(path: Path) -> None:
    from desktop.domain.improvement.sampling import commitment_of, draw

    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        seed = bytes.fromhex(told["seed"])
        again = draw(seed, told["population"], int(told["percent"]))
        fits = bool(seed) and commitment_of(seed, told["month"]) == told["commitment"]
        same = {store: list(numbers) for store, numbers in again.items()} == told["sample"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.UsageError(f"{path.name} is no sample: {error}") from error
    click.echo(f"seed fits its commitment: {'yes' if fits else 'NO'}")
    click.echo(f"committed before the month ended: {'yes' if told['committed_in_time'] else 'NO'}")
    click.echo(f"the same list is drawn again: {'yes' if same else 'NO'}")
    if not (fits and same):
        sys.exit(EXIT_DIFFERENT)
