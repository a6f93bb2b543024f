"""Opens every screen, form and dialog for the first time and notes what blocked the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QApplication, QDialog

from ui.main_window import MainWindow
from ui.screens.ticket import TicketScreen
from ui.screenshots import settle
from ui.shell.login import LoginPage
from ui.watchdog import BLOCKED_MS, Watchdog

if TYPE_CHECKING:
    from ui.shell.workspace import Workspace

SETTLE_MS: Final = 30_000
SCREENS: Final = (
    *("today", "intake", "complaints", "paper", "knowledge", "approvals"),
    *("reports", "quality", "sync", "handover", "settings"),
)
#: After the first openings: the same again, as the rest of the day goes.
AGAIN: Final = ("today", "complaints", "ticket", "intake", "reports", "settings")
PAPERS: Final = ("receipt", "ticket")
Step = tuple[str, Callable[[], object]]


class FirstDay:
    """Plays a person's first minutes on a window that shows its login page."""

    def __init__(self, window: MainWindow, login: str, password: str) -> None:
        self._window = window
        self._login, self._password = login, password
        self._watchdog = Watchdog()
        self.longest: dict[str, tuple[float, float]] = {}

    def play(self) -> dict[str, Any]:
        """Return the longest block of each step that had one, in milliseconds.

        Beside the time on the wall stands the time the window itself computed: on a busy machine
        the first holds what other programs took.
        """
        self._watchdog.start()
        for name, act in self._steps():
            self._watchdog.gaps.clear()
            act()
            self._rest()
            gaps = self._watchdog.gaps or [(0.0, 0.0)]
            self.longest[name] = max(gaps, key=lambda gap: gap[1])
        blocked = {
            name: f"{wall:.0f} ({own:.0f})"
            for name, (wall, own) in sorted(self.longest.items(), key=lambda one: -one[1][1])
            if own > BLOCKED_MS / 2
        }
        worst = max(self.longest.values(), key=lambda gap: gap[1])
        return {
            "first_day_steps": len(self.longest),
            "first_day_blocked_ms": round(worst[1], 1),
            "first_day_wall_ms": round(max(wall for wall, _ in self.longest.values()), 1),
            "first_day_slowest": ", ".join(f"{name} {ms}" for name, ms in blocked.items()),
        }

    def _steps(self) -> Iterator[Step]:
        yield "login", self._enter
        yield from self._first_minute()
        for name in SCREENS:
            yield name, lambda name=name: self._workspace.go(name, None)  # type: ignore[misc]
        yield from self._ticket_steps()
        yield "keys", self._workspace.show_keys
        yield "keys away", self._workspace.key_list.hide
        yield "finder", self._workspace.finder.focus
        yield "finder typed", lambda: self._workspace.topbar.search.setText("退款")
        for name in AGAIN:
            what = self._newest() if name == "ticket" else None
            yield (
                f"{name} again",
                lambda name=name, what=what: self._workspace.go(name, what),  # type: ignore[misc]
            )
        yield "lock", self._window.lock
        yield "unlock", self._enter

    def _first_minute(self) -> Iterator[Step]:
        """Let the timers of the first moments run: reminders, the count again, the backup."""
        yield "first seconds", lambda: _pass(4.0)
        yield "reminders", self._workspace.reminders.look
        ui = self._workspace.ui
        backups = ui.desk.use_cases.backups
        yield "backup", lambda: ui.run(backups.make_if_due, lambda _made: None, lane="files")

    def _ticket_steps(self) -> Iterator[Step]:
        stream = self._newest()
        yield "ticket", lambda: self._workspace.go("ticket", stream)
        screen = self._workspace.front
        if not isinstance(screen, TicketScreen):
            raise RuntimeError("the ticket did not open")
        yield "ticket menu", screen.open_menu
        yield "menus away", _close_popups
        for name in screen.acts.panels:
            yield f"form {name}", lambda name=name: screen.open_form(name)  # type: ignore[misc]
        for kind in PAPERS:
            yield f"print {kind}", lambda kind=kind: screen.print_document(kind)  # type: ignore[misc]
            yield f"print {kind} away", _close_popups
        yield "compensate", lambda: self._workspace.go("compensate", (stream, ""))

    def _newest(self) -> str:
        desk = self._workspace.ui.desk
        rows = desk.use_cases.queries.open_by_due(1)
        if not rows:
            raise RuntimeError("the store has no open complaint")
        return rows[0].stream

    @property
    def _workspace(self) -> Workspace:
        workspace = self._window.workspace
        if workspace is None:
            raise RuntimeError("the workspace did not open")
        return workspace

    def _enter(self) -> None:
        settle(lambda: isinstance(self._window.centralWidget(), LoginPage), timeout_ms=SETTLE_MS)
        page = self._window.centralWidget()
        if not isinstance(page, LoginPage):
            raise RuntimeError("the login page did not open")
        page.login.setText(self._login)
        page.password.setText(self._password)
        page.submit()
        settle(lambda: self._window.workspace is not None, timeout_ms=SETTLE_MS)

    def _rest(self) -> None:
        workspace = self._window.workspace
        if workspace is not None:
            idle = workspace.ui.background
            settle(lambda: idle.idle and not workspace.front.busy(), timeout_ms=SETTLE_MS)
        _pass(0.05)


def _pass(seconds: float) -> None:
    until = time.perf_counter() + seconds
    settle(lambda: time.perf_counter() >= until, timeout_ms=SETTLE_MS)


def _close_popups() -> None:
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and (isinstance(widget, QDialog) or widget.inherits("QMenu")):
            widget.close()
