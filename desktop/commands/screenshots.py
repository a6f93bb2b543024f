"""`amends screenshots`: every screen in every language, theme, scale and state, as PNG."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.services.desk import Desk
    from desktop.services.ports import Clock

#: Complaints in the store that is made for the pictures.
TICKETS = 40
#: When it is in the pictures: at night nobody waits at the counter.
AFTERNOON, ZONE = time(15, 20), ZoneInfo("Asia/Shanghai")
#: Looks on the sheet of a whole run; all of them would make it too large to send.
ON_SHEET = ("zh_CN-light-100", "zh_CN-dark-100", "en-light-150", "en-dark-150")


@click.command("screenshots")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A store made by `amends seed` or `amends demo`; one is made unless given.",
)
@click.option("--few", is_flag=True, help="Only the plain look, in both languages.")
@click.option(
    "--sheet",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also one picture with them side by side, of a whole run in four looks (JPEG).",
)
@click.option(
    "--story",
    type=click.Choice(["paper"]),
    help="Instead, a handwritten form from drop to complaint by keyboard, stage by stage.",
)
def screenshots(
    out: Path, data: Path | None, few: bool, sheet: Path | None, story: str | None
) -> None:
    """Take pictures of the window with no display.

    \b
    Example:
      amends screenshots --out ./screens --sheet ./screens.jpg
      amends screenshots --story paper --out ./story

    Exit codes: 0 done, 3 a picture or the data cannot be written or read.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if story is not None:
        from desktop.commands.paper_story import play_paper_story

        play_paper_story(out)
        return
    with tempfile.TemporaryDirectory() as made:
        still = _StillClock.in_the_afternoon()
        clock = still if data is None else None
        busy = data or _seeded(Path(made) / "busy" / "data", still.at)
        taken = []
        for path in _taken(busy, out, "busy", few, clock):
            click.echo(path.name)
            taken.append(path)
        if data is None:
            # Each has a folder of its own: backups lie beside the data.
            empty = _empty(Path(made) / "empty" / "data", clock)
            for path in _taken(empty, out, "empty", few, clock):
                click.echo(path.name)
                taken.append(path)
    if sheet is not None:
        from desktop.commands.contact_sheet import write_sheet

        shown = [p for p in taken if not _is_state(p) and (few or _is_on_sheet(p))]
        click.echo(write_sheet(shown, sheet))


def _is_state(path: Path) -> bool:
    """Tell a further state of a screen: all of them would make the sheet too large as well."""
    return "_" in path.stem.partition("-")[0]


def _is_on_sheet(path: Path) -> bool:
    look = path.stem.partition("-busy-")[2]
    return look in ON_SHEET or path.stem.endswith(f"-empty-{ON_SHEET[0]}")


def _taken(data: Path, out: Path, state: str, few: bool, clock: Clock | None) -> Iterator[Path]:
    from desktop.bootstrap import open_desk, open_existing_desk
    from desktop.seeding.people import DEMO_PASSWORD
    from desktop.services.ports import Person
    from ui.tour import Tour, looks

    desk = open_existing_desk(data) if clock is None else open_desk(data, clock)
    try:
        if not isinstance(desk.log_in("lin", DEMO_PASSWORD), Person):
            raise click.UsageError(f"{data} is no store made by `amends seed`")
        bundled = files("resources") / "demo" / "paper_form.jpg"
        with as_file(bundled) as form:
            tour = Tour(desk, out, state, _ticket_to_show(desk), form, DEMO_PASSWORD)
            yield from tour.take(looks(few))
    finally:
        desk.close()


def _ticket_to_show(desk: Desk) -> str | None:
    """Return an open complaint with most to show: one that waits for an approval if any does."""
    waiting = desk.use_cases.queries.awaiting_approval()
    rows = waiting or desk.today().rows or desk.use_cases.today.board().todo
    return rows[0].stream if rows else None


@dataclass(slots=True)
class _StillClock:
    """An afternoon that lasts as long as the pictures take; only order goes on."""

    at: datetime

    @classmethod
    def in_the_afternoon(cls) -> _StillClock:
        """Stand at the last moment that the store's clock showed AFTERNOON."""
        now = datetime.now(ZONE)
        at = datetime.combine(now.date(), AFTERNOON, ZONE)
        return cls((at if at <= now else at - timedelta(days=1)).astimezone(UTC))

    def now(self) -> datetime:
        """Return the moment, a millisecond after the one before."""
        self.at += timedelta(milliseconds=1)
        return self.at


def _seeded(folder: Path, now: datetime) -> Path:
    from desktop.commands.seed import STORE_NAMES, fill

    fill(folder, "S0217", STORE_NAMES[0], TICKETS, 7, 20, now)
    _lively(folder, now)
    return folder


def _lively(folder: Path, now: datetime) -> None:
    from desktop.bootstrap import open_desk
    from desktop.seeding.back_room import hand_over, part_ways, seek_cause
    from desktop.seeding.busy_day import play
    from desktop.seeding.history import PlayedClock
    from desktop.seeding.people import DEMO_PASSWORD, make_crew

    clock = PlayedClock(now)
    desk = open_desk(folder, clock)
    other = open_desk(folder.parent / "other" / "store", clock)
    try:
        desk.log_in("chen", DEMO_PASSWORD)
        play(desk, clock, now)
        other.use_cases.identity.set(desk.store.store, desk.store.name, desk.store.phone)
        make_crew(other.use_cases.staff)
        other.log_in("zhou", DEMO_PASSWORD)
        part_ways(desk, other, desk.today().rows[-1], folder.parent)
        hand_over(desk, "lin")
        desk.log_in("zhou", DEMO_PASSWORD)
        seek_cause(desk, now)
    finally:
        other.close()
        desk.close()


def _empty(folder: Path, clock: Clock | None) -> Path:
    from desktop.bootstrap import open_desk
    from desktop.commands.seed import STORE_NAMES
    from desktop.seeding.people import make_crew

    desk = open_desk(folder, clock)
    desk.use_cases.identity.set("S0217", STORE_NAMES[0], "0510-8888 1200")
    make_crew(desk.use_cases.staff)
    desk.close()
    return folder
