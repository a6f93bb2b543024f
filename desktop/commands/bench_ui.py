"""`amends bench ui`: start, switching, scrolling and blocking, beside a bare PySide6 window."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

STARTS: Final = 5
#: Complaints of the store in which a day is played, and who plays it.
DAY_TICKETS: Final = 250
DAY_LOGIN: Final = "zhou"
_PASSWORD: Final = "bench-window-1"  # noqa: S105 - of a store made for this measurement
_LOGIN: Final = "bench"
#: The plan's limits.
LIMITS: Final = {
    "login_cold_ms": 900.0,
    "switch_slowest_ms": 100.0,
    "frame_p99_ms": 16.0,
    "loop_blocked_longest_ms": 100.0,
    "first_day_blocked_ms": 100.0,
    "memory_mb": 350.0,
}
MOST_TIMES_BARE: Final = 5.0
#: An empty window, nothing but Qt loaded.
_BARE: Final = """
import json, sys, time
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(["bare"])
window = QWidget()
window.resize(1440, 900)
window.show()
app.processEvents()
print(json.dumps({"ms": (time.time() - float(sys.argv[1])) * 1000}))
"""


@click.command("bench-ui")
@click.option("--tickets", default=100_000, show_default=True, help="For the start.")
@click.option("--rows", default=1_000_000, show_default=True, help="For list and scrolling.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/bench-ui"),
    show_default=True,
    help="Where the two stores are made, or used again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--probe", type=click.Choice(["start", "first", "day"]), hidden=True)
@click.option("--began", type=float, default=0.0, hidden=True)
def bench_ui(
    tickets: int, rows: int, data: Path, as_json: bool, probe: str | None, began: float
) -> None:
    """Measure the window on this machine; each start is a process of its own.

    \b
    Example:
      amends bench ui --data ./bench

    Rows are written in bulk by the projections' own code, without events behind them. Exit
    codes: 0 within the limits, 1 not.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("AMENDS_KEYRING", "off")
    if probe is not None:
        click.echo(json.dumps(_probe(probe, data, began)))
        return
    small, large = data / f"t{tickets}", data / f"r{rows}"
    for folder, count in ((small, tickets), (large, rows)):
        _make(folder, count)
    day = data / "day"
    if not day.exists():
        _make_day(day)
    figures = {**_starts(small), **_child("first", day), **_child("day", large)}
    over = [name for name, limit in LIMITS.items() if figures[name] > limit]
    if figures["times_bare_warm"] > MOST_TIMES_BARE:
        over.append("times_bare_warm")
    if as_json:
        click.echo(json.dumps({**figures, "over": over}))
    else:
        for name, value in figures.items():
            limit = LIMITS.get(name)
            click.echo(f"{name:34} {value}" + (f"   (limit {limit:g})" if limit else ""))
        click.echo(f"over the limit: {', '.join(over) or 'none'}")
    raise SystemExit(1 if over else 0)


def _make(folder: Path, rows: int) -> None:
    from desktop.bootstrap import open_desk
    from desktop.commands.bench_search import filled

    with filled(rows, folder):
        desk = open_desk(folder)
        try:
            if desk.needs_setup:
                desk.set_up("S0217", "无锡滨湖店", "0510-0000", _LOGIN, "测量", _PASSWORD)
        finally:
            desk.close()


def _make_day(folder: Path) -> None:
    """Make a store of a month with everything a complaint can have behind it."""
    from datetime import UTC, datetime

    from desktop.commands.seed import STORE_NAMES, fill

    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # a first run that was stopped half way
    fill(part, "S0217", STORE_NAMES[0], DAY_TICKETS, 7, 30, datetime.now(UTC))
    part.rename(folder)


def _starts(folder: Path) -> dict[str, Any]:
    """Start bare and real windows by turns, so that both meet the same machine."""
    _child("start", folder)  # compiles what is not compiled yet
    cold = _drop_caches()
    first_bare = _bare()
    _drop_caches()
    first = _child("start", folder)
    bare, login, today = [], [], []
    for _round in range(STARTS):
        bare.append(_bare())
        started = _child("start", folder)
        login.append(started["login_ms"])
        today.append(started["today_ms"])
    warm, usable = statistics.median(bare), statistics.median(login)
    return {
        "cold_means_dropped_caches": cold,
        "bare_cold_ms": round(first_bare, 1),
        "login_cold_ms": first["login_ms"],
        "today_cold_ms": first["today_ms"],
        "bare_warm_ms": round(warm, 1),
        "login_warm_ms": round(usable, 1),
        "today_warm_ms": round(statistics.median(today), 1),
        "times_bare_warm": round(usable / warm, 2),
    }


def _drop_caches() -> bool:
    """Ask the kernel to forget files, where that is allowed; else the first start is warm."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    except (OSError, AttributeError):
        return False
    return True


def _bare() -> float:
    """Start Python with an empty window and nothing but Qt; return milliseconds until shown."""
    return float(_run([sys.executable, "-c", _BARE, repr(time.time())])["ms"])


def _child(probe: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "desktop", "bench", "ui", "--probe", probe]
    # Taken here: what the system says of a process's start is off by up to a second.
    return _run([*command, "--data", str(folder), "--began", repr(time.time())])


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=900, env=_compiled()
    )
    if done.returncode != 0:
        raise click.ClickException(done.stderr.strip()[-400:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _compiled() -> dict[str, str]:
    """Let the starts find compiled modules, as an installed program does, beside no source."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "amends-bench-pyc")}


def _probe(probe: str, folder: Path, began: float) -> dict[str, Any]:
    from desktop.commands.app import opened
    from desktop.storage.glimpse import glimpse

    look = partial(glimpse, folder)
    if probe == "start":
        # Alone: what the other probes need is not loaded before the program's own login page.
        from ui.bench_start import usable_window

        return usable_window(partial(opened, folder), look, folder, _PASSWORD, began)
    from ui.bench import first_day, measure

    if probe == "first":
        from desktop.seeding.people import DEMO_PASSWORD

        return first_day(partial(opened, folder), look, folder, DAY_LOGIN, DEMO_PASSWORD)
    desk = opened(folder)
    desk.log_in(_LOGIN, _PASSWORD)
    return measure(desk, folder)
