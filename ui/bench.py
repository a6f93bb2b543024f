"""Measures the window: how soon it is usable, how it switches and scrolls, what blocks it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil  # type: ignore[import-untyped]
from PySide6.QtWidgets import QApplication

from ui.bench_day import FirstDay
from ui.bench_start import close_window, open_window
from ui.screens.complaints import ComplaintsScreen
from ui.screenshots import settle
from ui.shell.rescue import Look
from ui.watchdog import Watchdog

if TYPE_CHECKING:
    from desktop.services.desk import Desk
    from ui.shell.workspace import Workspace

FRAMES: Final = 300
#: Rows of a list that is also written to files; a million would take minutes.
MOST_EXPORTED: Final = 200_000
SCREENS: Final = ("today", "intake", "complaints", "paper", "knowledge", "reports", "settings")
TYPED: Final = ("退款", "电饭煲", "zw", "2611", "冰箱 维修")


def first_day(
    open_desk: Callable[[], Desk], glimpse: Look, folder: Path, login: str, password: str
) -> dict[str, Any]:
    """Play a person's first minutes in the real window, from the login page on."""
    window = open_window(open_desk, folder, glimpse)
    found = FirstDay(window, login, password).play()
    close_window(window)
    return found


def measure(desk: Desk, folder: Path) -> dict[str, Any]:
    """Walk a scripted day on a desk that somebody is logged in to; times in milliseconds."""
    window = open_window(lambda: desk, folder)
    if not settle(lambda: window.workspace is not None, timeout_ms=60_000):
        raise RuntimeError("the workspace did not open")
    workspace = window.workspace
    if workspace is None:
        raise RuntimeError("the workspace did not open")
    _rest(workspace)
    for name in SCREENS:  # each is built once; a day goes back and forth between them
        workspace.go(name, None)
        _rest(workspace)
    watchdog = Watchdog()
    watchdog.start()
    switches = _switches(workspace)
    frames = _frames(workspace)
    jumps = _jumps(workspace)
    typed = _typed(workspace)
    _rest(workspace)
    memory = psutil.Process().memory_info().rss / 1e6
    total = _list(workspace).model.total
    day, watchdog = watchdog, Watchdog()
    watchdog.start()
    files = _files(workspace, folder) if total <= MOST_EXPORTED else {}
    blocked = max((wall for wall, _own in watchdog.gaps), default=0.0)
    close_window(window)
    return {
        "rows": total,
        "switch_p50_ms": _at(switches, 0.5),
        "switch_slowest_ms": _at(switches, 1.0),
        "frame_p50_ms": _at(frames, 0.5),
        "frame_p99_ms": _at(frames, 0.99),
        "jump_to_the_middle_slowest_ms": _at(jumps, 1.0),
        "search_typed_to_shown_slowest_ms": _at(typed, 1.0),
        "loop_blocked_longest_ms": round(max(wall for wall, _own in day.gaps), 1),
        "loop_beats": len(day.gaps),
        "memory_mb": round(memory, 1),
        **files,
        **({"export_blocked_longest_ms": round(blocked, 1)} if files else {}),
    }


def _files(workspace: Workspace, folder: Path) -> dict[str, float]:
    """Write the whole list to files, stop one on its way; seconds until the file is there."""
    screen = _list(workspace)
    found: dict[str, float] = {}
    for kind in ("csv", "xlsx"):
        path = folder / f"bench-export.{kind}"
        began = time.perf_counter()
        screen.write_file(path)
        settle(lambda: not screen.export.running, timeout_ms=120_000)
        found[f"export_{kind}_s"] = round(time.perf_counter() - began, 1)
        path.unlink(missing_ok=True)
    screen.write_file(path)
    settle(timeout_ms=1_000)
    began = time.perf_counter()
    screen.export.cancel()
    settle(lambda: not screen.export.running)
    found["export_stopped_ms"] = round((time.perf_counter() - began) * 1000, 1)
    path.unlink(missing_ok=True)
    return found


def _rest(workspace: Workspace) -> None:
    settle(lambda: workspace.ui.background.idle and not workspace.front.busy(), timeout_ms=60_000)


def _switches(workspace: Workspace) -> list[float]:
    found = []
    for _round in range(4):
        for name in SCREENS:
            began = time.perf_counter()
            workspace.go(name, None)
            workspace.front.repaint()
            found.append((time.perf_counter() - began) * 1000)
            _rest(workspace)
    return found


def _list(workspace: Workspace) -> ComplaintsScreen:
    workspace.go("complaints", None)
    _rest(workspace)
    screen = workspace.front
    if not isinstance(screen, ComplaintsScreen):
        raise RuntimeError("the list did not open")
    return screen


def _frames(workspace: Workspace) -> list[float]:
    """Scroll by a third of a row at a time and time each painting of the table."""
    screen = _list(workspace)
    bar = screen.table.verticalScrollBar()
    found = []
    for _frame in range(FRAMES):
        bar.setValue(bar.value() + 16)
        began = time.perf_counter()
        screen.table.viewport().repaint()
        found.append((time.perf_counter() - began) * 1000)
        QApplication.processEvents()
    return found


def _jumps(workspace: Workspace) -> list[float]:
    """Drag the bar to places far apart; time until the rows there are shown."""
    screen = _list(workspace)
    bar = screen.table.verticalScrollBar()
    found = []
    for share in (0.5, 0.25, 0.9, 1.0, 0.0):
        began = time.perf_counter()
        bar.setValue(round(bar.maximum() * share))
        screen.table.viewport().repaint()
        _rest(workspace)
        found.append((time.perf_counter() - began) * 1000)
    return found


def _typed(workspace: Workspace) -> list[float]:
    """Type questions; time from the rest of the typing to the first page shown."""
    screen = _list(workspace)
    found = []
    for asked in TYPED:
        screen.search.setText(asked)
        began = time.perf_counter()
        screen.refresh()
        shown: list[float] = []
        screen.model.modelReset.connect(lambda: shown.append(time.perf_counter()))  # noqa: B023
        settle(lambda: bool(shown), timeout_ms=20_000)  # noqa: B023
        screen.model.modelReset.disconnect()
        found.append((shown[0] - began) * 1000 if shown else 20_000.0)
        _rest(workspace)
    screen.search.clear()
    return found


def _at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)
