"""`amends seed`: a store or a whole region with believable history, made by the real rules."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

#: How far back the history reaches.
DAYS: Final = 60
STORE_NAMES: Final = ("无锡滨湖店", "成都人民路店", "厦门万达广场店", "长沙五一店", "杭州西湖店")
EXIT_STOPPED: Final = 130


@click.command("seed")
@click.option("--data", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--tickets", type=click.IntRange(1, 10_000_000), default=60, show_default=True)
@click.option("--seed", "number", type=int, default=1, show_default=True, help="Same, same store.")
@click.option("--stores", type=click.IntRange(1, 500), help="As a region's PC holds them.")
@click.option("--days", type=click.IntRange(1, 3650), default=DAYS, show_default=True)
def seed(data: Path, tickets: int, number: int, stores: int | None, days: int) -> None:
    """Fill a store, or a region of --stores, with realistic history.

    \b
    Examples:
      amends seed --data ./store --tickets 200 --seed 7
      amends seed --data ./region --stores 100 --tickets 1000000 --days 425

    Ctrl+C stops after the batch in hand; what is saved stays and can be used.
    Exit codes: 0 done, 2 the folder holds a store already, 3 it cannot be opened or saved,
    130 stopped.
    """
    from desktop.bootstrap import seed_history
    from desktop.seeding.parts import PartFailed
    from desktop.seeding.people import SeedRefused
    from desktop.seeding.region import Wanted

    until = datetime.now(UTC)
    wanted = Wanted(tickets, number, stores, until - timedelta(days=days), until)
    try:
        seed_history(data, wanted, progress())
    except SeedRefused as refused:
        click.echo(f"amends seed: {refused}", err=True)
        sys.exit(2)
    except PartFailed as failed:
        click.echo(f"amends seed: {failed}; the complaints made so far are kept", err=True)
        sys.exit(3)
    except KeyboardInterrupt:
        click.echo("amends seed: stopped; the complaints made so far are kept", err=True)
        sys.exit(EXIT_STOPPED)


def fill(
    folder: Path, code: str, name: str, tickets: int, number: int, days: int, until: datetime
) -> None:
    """Make one store; refuses a folder that holds complaints already (exit 2)."""
    from desktop.bootstrap import seed_history
    from desktop.seeding.people import SeedRefused
    from desktop.seeding.region import Wanted

    since = until - timedelta(days=days)
    try:
        wanted = Wanted(tickets, number, None, since, until, code, name)
        seed_history(folder, wanted, lambda _done, _total: None)
    except SeedRefused as refused:
        click.echo(f"amends seed: {folder}: {refused}", err=True)
        sys.exit(2)


def progress() -> Callable[[int, int], None]:
    """Return a counter with rate and time left: one line on a terminal, one a minute else."""
    began = said = time.monotonic()

    def say(done: int, total: int) -> None:
        nonlocal said
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if done < total and now - said < (1 if terminal else 60):
            return
        if not terminal and now - began < 60:
            return
        said = now
        rate = done / max(now - began, 0.001)
        line = f"{done}/{total} · {rate:.0f}/s · {(total - done) / max(rate, 0.001):.0f} s left"
        click.echo(f"\r{line}  " if terminal else line, err=True, nl=not terminal or done >= total)

    return say
