"""`amends demo`: a store's day from end to end with no display and no network outside loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from desktop.demo.steps import Day


@click.command("demo")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--form",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A scanned paper form; a bundled one unless given.",
)
def demo(out: Path, form: Path | None = None) -> None:
    """Play a store's day: paper in, SOP, compensation, offline queue, HQ, paper out, proof.

    \b
    Example:
      amends demo --out ./demo-day

    Leaves PDFs, screenshots and summary.json. Exit codes: 0 every step really happened,
    1 a step did not (one line says which).
    """
    from desktop.demo.steps import Day, DemoFailed
    from desktop.services.ports import StorageFault, StorageFull

    out.mkdir(parents=True, exist_ok=True)
    day = Day(out, click.echo)
    started = time.monotonic()
    try:
        _play(day, form)
    except (DemoFailed, StorageFault, StorageFull, OSError) as error:
        click.echo(f"amends demo: {error}", err=True)
        sys.exit(1)
    day.saw("seconds", round(time.monotonic() - started, 1))
    summary = json.dumps(day.summary, ensure_ascii=False, indent=1)
    (out / "summary.json").write_text(f"{summary}\n", encoding="utf-8")
    click.echo(f"Done in {day.summary['seconds']} s: see {out / 'summary.json'}")


def _play(day: Day, form: Path | None) -> None:
    from importlib.resources import as_file, files

    from desktop.bootstrap import open_desk
    from desktop.demo import exchange, papers, proof, store_day
    from desktop.seeding.people import make_crew

    store, hq = day.out / "store", day.out / "hq"
    for old in (store, hq):
        shutil.rmtree(old, ignore_errors=True)
    desk = open_desk(store)
    try:
        desk.use_cases.identity.set("S0217", "无锡滨湖店", "0510-8888 1200")
        make_crew(desk.use_cases.staff)
        bundled = files("resources") / "demo" / "paper_form.jpg"
        with as_file(bundled) as picture:
            tickets = store_day.play(desk, day, form or picture)
        papers.print_pad(desk, day)
        day.tell("4  HQ")
        exchange.play(desk, day, tickets, hq, day.out / "hq.log")
        day.tell("5  Paper out")
        papers.play(desk, day, tickets)
        day.saw("figures", desk.figures())
    finally:
        desk.close()
    day.tell("6  Proof")
    proof.play(day, store)
    day.tell("7  Screens")
    _screenshots(day, store)


def _screenshots(day: Day, store: Path) -> None:
    """Take the pictures in a process of its own, so that no display is needed here."""
    from desktop.demo.steps import fail

    folder = day.out / "screens"
    command = [sys.executable, "-m", "desktop", "screenshots", "--data", str(store)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [*command, "--out", str(folder), "--few"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if ended.returncode:
        fail(f"screenshots: {(ended.stderr.strip().splitlines() or ['failed'])[-1]}")
    pictures = sorted(str(p.relative_to(day.out)) for p in folder.glob("*.png"))
    if not pictures:
        fail("no screenshot was taken")
    day.saw("screenshots", pictures)
    day.tell(f"   {len(pictures)} screenshots taken")
