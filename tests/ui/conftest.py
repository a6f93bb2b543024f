"""Real desks for the window: the store's own database, policy pack and journal in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis  # noqa: F401 - its own look at referrers fails once a window froze the heap
import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from desktop.bootstrap import open_desk
from desktop.services.desk import Desk
from desktop.services.ports import Person
from desktop.services.ticket_ports import TicketRow
from desktop.texts import Lang
from ui import chime
from ui.accessible_roles import install_roles
from ui.background import Background
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.theme import theme

chime.PLAYERS = ()  # these windows remind in silence; test_chime.py plays
PASSWORD = "counter-desk-1"
START = datetime(2026, 11, 21, 2, 31, tzinfo=UTC)


class MovingClock:
    """A clock that tests move by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def move(self, span: timedelta) -> None:
        self.at += span


def enter(desk: Desk) -> Desk:
    """Set a new store up and log a clerk in."""
    made = desk.set_up("S0217", "无锡滨湖店", "0510-8218", "he", "何丽", PASSWORD)
    assert isinstance(made, Person)
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    assert isinstance(desk.add_person("lin", "林晓", "clerk", PASSWORD), Person)
    assert isinstance(desk.log_in("lin", PASSWORD), Person)
    return desk


def complain(desk: Desk, **fields: str | int) -> TicketRow:
    """Open a complaint with believable facts."""
    facts: dict[str, str | int | bool] = {
        "verbatim": "上周才修好，今天又漏了一地，楼下都来敲门了，你们到底会不会修？",
        "expectation": "换新机，或者全额退款",
        "emotion": 3,
        "customer_name": "王建国",
        "phone": "13800002201",
        "product": "小天鹅 TG100 洗衣机",
        "receipt_no": "2832510581",
        **fields,
    }
    opened = desk.open_ticket(facts, channel="counter", quick=False, arrived_at=None, draft=None)
    assert isinstance(opened, TicketRow), opened
    return opened


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(START)


@pytest.fixture(scope="session")
def ready_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a store up once; every test works on a copy (argon2id is slow on purpose)."""
    folder = tmp_path_factory.mktemp("ready") / "store"
    enter(open_desk(folder, clock=MovingClock(START - timedelta(hours=1)))).close()
    return folder


@pytest.fixture
def desk(ready_store: Path, tmp_path: Path, clock: MovingClock) -> Desk:
    folder = tmp_path / "store"
    shutil.copytree(ready_store, folder)
    desk = open_desk(folder, clock=clock)
    assert isinstance(desk.log_in("lin", PASSWORD), Person)
    return desk


@pytest.fixture
def open_window(
    qtbot: QtBot, tmp_path: Path
) -> Iterator[Callable[[Callable[[], Desk], Lang], MainWindow]]:
    """Return a maker of real windows that are closed, with their threads, at the end."""
    install_roles()
    theme().apply("light", 1.0)
    windows: list[MainWindow] = []

    def make(make_desk: Callable[[], Desk], lang: Lang = "zh_CN") -> MainWindow:
        preferences = Preferences(tmp_path / "preferences.ini")
        window = MainWindow(make_desk, preferences, Background(), lang)
        qtbot.addWidget(window)
        window.resize(QSize(1440, 900))
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window)
        window.start()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def workspace(desk: Desk, open_window: Callable[[Callable[[], Desk]], MainWindow]) -> Workspace:
    """Return the workspace of a clerk, Today in front."""
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None and not window.workspace.front.busy())
    assert window.workspace is not None
    return window.workspace


def show(workspace: Workspace, name: str, what: object = None) -> None:
    """Go to a screen and wait until it shows what it should."""
    workspace.go(name, what)
    assert settle(lambda: not workspace.front.busy() and workspace.ui.background.idle)


def rest(workspace: Workspace) -> None:
    """Wait until everything asked for has come back."""
    assert settle(lambda: workspace.ui.background.idle)


class StrayWindows(QObject):
    """Notes widgets that flash up as windows of their own, as parentless ones do when shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            event.type() == QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and not isinstance(watched, QMainWindow)
        ):
            self.seen.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False
