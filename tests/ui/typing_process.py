"""A real window in a process of its own, in which somebody types until it is killed.

At `intake` one draft is typed, then a second one without a rest; at `forms` a compensation and
then a note on a complaint. Says what is kept, then `second kept` after each further key.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.bootstrap import open_desk
from desktop.services.ports import Person
from ui.background import Background
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.screens.compensate import CompensateScreen
from ui.screens.intake import IntakeScreen
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_panels import ContactPanel
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.theme import theme

FIRST = "first customer: the kettle leaks"
MOST_KEYS = 2000
#: Milliseconds between two keys: a fast typist who never rests.
KEY_MS = 30


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def opened(folder: Path, password: str) -> Workspace:
    theme().apply("light", 1.0)
    desk = open_desk(folder)
    if not isinstance(desk.log_in("lin", password), Person):
        raise SystemExit("nobody is logged in")
    preferences = Preferences(folder / "window.ini")
    window = MainWindow(lambda: desk, preferences, Background(), "en")
    window.show()
    window.start()
    settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    return window.workspace


def type_for_ever(widget: QWidget, kept: Callable[[], bool]) -> None:
    for _key in range(MOST_KEYS):
        QTest.keyClicks(widget, "x")
        QTest.qWait(KEY_MS)
        if kept():
            say("second kept")


def at_intake(workspace: Workspace) -> None:
    workspace.go("intake", None)
    screen = workspace.front
    assert isinstance(screen, IntakeScreen)
    QTest.keyClicks(screen.form.verbatim, FIRST)
    screen.begin_another()
    settle(lambda: workspace.ui.background.idle)
    say("first kept")
    type_for_ever(screen.form.verbatim, screen.discard.isVisible)


def in_forms(workspace: Workspace, stream: str) -> None:
    workspace.go("compensate", (stream, ""))
    compensate = workspace.front
    assert isinstance(compensate, CompensateScreen)
    settle(lambda: not compensate.busy() and workspace.ui.background.idle)
    QTest.keyClicks(compensate.form.amount, "80")
    QTest.keyClicks(compensate.form.reason, FIRST)
    workspace.go("ticket", stream)
    ticket = workspace.front
    assert isinstance(ticket, TicketScreen)
    settle(lambda: not ticket.busy() and workspace.ui.background.idle)
    say("first kept")
    ticket.open_form("contact")
    contact = ticket.acts.panels["contact"]
    assert isinstance(contact, ContactPanel)
    type_for_ever(contact.note, lambda: ticket.typing.saved is not None)


if __name__ == "__main__":
    application = QApplication(["typing"])
    place = opened(Path(sys.argv[1]), sys.argv[2])
    if len(sys.argv) > 3:
        in_forms(place, sys.argv[3])
    else:
        at_intake(place)
