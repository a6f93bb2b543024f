"""`amends seed`: a store with believable history, made through the real use cases."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import click

#: How far back the history reaches.
DAYS: Final = 60
STORE_NAMES: Final = ("无锡滨湖店", "成都人民路店", "厦门万达广场店", "长沙五一店", "杭州西湖店")


@click.command("seed")
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--tickets", type=click.IntRange(1, 10_000_000), default=60, show_default=True)
@click.option("--seed", "number", type=int, default=1, show_default=True, help="Same, same store.")
@click.option("--stores", type=click.IntRange(1, 500), help="One folder each, under --data.")
@click.option("--days", type=click.IntRange(1, 3650), default=DAYS, show_default=True)
def seed(data: Path, tickets: int, number: int, stores: int | None, days: int) -> None:
    """Fill a store with realistic history.

    \b
    Example:
      amends seed --data ./store --tickets 200 --seed 7

    Exit codes: 0 done, 2 the folder holds a store already, 3 it cannot be opened or saved.
    """
    until = datetime.now(UTC)
    folders = [data] if stores is None else [data / f"S{n:04d}" for n in range(1, stores + 1)]
    for index, folder in enumerate(folders):
        code = "S0217" if stores is None else folder.name
        share = tickets // len(folders) + (index < tickets % len(folders))
        fill(
            folder, code, STORE_NAMES[index % len(STORE_NAMES)], share, number + index, days, until
        )


def fill(
    folder: Path, code: str, name: str, tickets: int, number: int, days: int, until: datetime
) -> None:
    """Make one store; refuses a folder that holds tickets already (exit 2)."""
    from desktop.bootstrap import open_desk
    from desktop.seeding.history import History, PlayedClock
    from desktop.seeding.people import DEMO_PASSWORD, make_crew
    from desktop.services.ports import TicketFilter

    since = until - timedelta(days=days)
    clock = PlayedClock(since)
    desk = open_desk(folder, clock=clock)
    try:
        if desk.count(TicketFilter()):
            click.echo(f"amends seed: {folder} holds complaints already; choose another", err=True)
            sys.exit(2)
        use = desk.use_cases
        use.identity.set(code, name, "0510-8888 1200")
        actors = make_crew(use.staff)
        use.settings.set("demo.hint", DEMO_PASSWORD)
        rng = Random(number)  # noqa: S311 - invented history, nothing secret
        history = History(use.journal, use.handling, use.intake, use.ids, clock, actors, rng)
        history.play(tickets, since, until, _progress(name))
    finally:
        desk.close()


def _progress(name: str) -> Callable[[int, int], None] | None:
    """Return a counter for a terminal, none in a pipe."""
    if not sys.stderr.isatty():
        return None
    return lambda done, total: click.echo(f"\r{name} {done}/{total}", err=True, nl=done >= total)
