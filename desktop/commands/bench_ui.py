"""`amends bench ui`: start, switching, scrolling and blocking, beside a bare PySide6 window."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

STARTS: Final = 5
_PASSWORD: Final = "bench-window-1"  # noqa: S105 - of a store made for this measurement
_LOGIN: Final = "bench"
#: The plan's limits.
LIMITS: Final = {
    "login_cold_ms": 900.0,
    "switch_slowest_ms": 100.0,
    "frame_p99_ms": 16.0,
    "loop_blocked_longest_ms": 100.0,
    "memory_mb": 350.0,
}
MOST_TIMES_BARE: Final = 5.0


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
@click.option("--probe", type=click.Choice(["bare", "start", "day"]), hidden=True)
def bench_ui(tickets: int, rows: int, data: Path, as_json: bool, probe: str | None) -> None:
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
        click.echo(json.dumps(_probe(probe, data)))
        return
    small, large = data / f"t{tickets}", data / f"r{rows}"
    for folder, count in ((small, tickets), (large, rows)):
        _make(folder, count)
    figures = {**_starts(small), **_child("day", large)}
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


def _starts(folder: Path) -> dict[str, Any]:
    """Start bare and real windows by turns, so that both meet the same machine."""
    cold = _drop_caches()
    first_bare = _child("bare", folder)["ms"]
    _drop_caches()
    first = _child("start", folder)
    bare, login, today = [], [], []
    for _round in range(STARTS):
        bare.append(_child("bare", folder)["ms"])
        started = _child("start", folder)
        login.append(started["login_ms"])
        today.append(started["today_ms"])
    warm, usable = statistics.median(bare), statistics.median(login)
    return {
        "cold_means_dropped_caches": cold,
        "bare_cold_ms": first_bare,
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


def _child(probe: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "desktop", "bench", "ui", "--probe", probe]
    done = subprocess.run(
        [*command, "--data", str(folder)], capture_output=True, text=True, check=False, timeout=900
    )
    if done.returncode != 0:
        raise click.ClickException(f"{probe}: {done.stderr.strip()[-400:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _probe(probe: str, folder: Path) -> dict[str, Any]:
    if probe == "bare":
        return {"ms": round(_bare(), 1)}
    from desktop.bootstrap import open_desk
    from ui.bench import measure, usable_window

    if probe == "start":
        return usable_window(partial(open_desk, folder), folder, _PASSWORD)
    desk = open_desk(folder)
    desk.log_in(_LOGIN, _PASSWORD)
    return measure(desk, folder)


def _bare() -> float:
    """Show an empty window with nothing but Qt loaded; return milliseconds since the start."""
    import time

    import psutil  # type: ignore[import-untyped]
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication(["bare"])
    window = QWidget()
    window.resize(1440, 900)
    window.show()
    app.processEvents()
    began: float = psutil.Process().create_time()
    return (time.time() - began) * 1000
