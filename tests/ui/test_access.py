"""Everything can be reached by keyboard, is named for a screen reader, and is big enough."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTableView,
    QWidget,
)

from desktop.services.desk import Desk
from tests.ui.conftest import complain, rest, show
from ui.main_window import MainWindow
from ui.shell.workspace import ENTRIES, Workspace
from ui.theme import theme
from ui.widgets.inputs import CheckBox

SCREENS = (*(name for name, _icon in ENTRIES), "ticket", "compensate", "handover")
CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QTableView)


def controls(workspace: Workspace) -> list[QWidget]:
    """Return what a person can press or type into on the screen in front."""
    found = [w for kind in CONTROLS for w in workspace.findChildren(kind)]
    return [w for w in found if w.isVisible() and w.isVisibleTo(workspace)]


def subject(name: str, stream: str) -> object:
    """Return what a screen that shows one complaint is opened with."""
    return {"ticket": stream, "compensate": (stream, "")}.get(name)


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, workspace: Workspace, desk: Desk) -> Workspace:
    ticket = complain(desk)
    show(workspace, request.param, subject(request.param, ticket.stream))
    rest(workspace)
    return workspace


def test_every_control_has_a_name(screen: Workspace) -> None:
    nameless = [
        f"{type(w).__name__} {w.parentWidget()}"
        for w in controls(screen)
        if not w.accessibleName() and "qt_" not in w.objectName() and w.focusPolicy()
    ]
    assert nameless == []


def test_every_target_is_at_least_36_pixels(screen: Workspace) -> None:
    small = [
        f"{type(w).__name__} {w.accessibleName()} {w.width()}x{w.height()}"
        for w in controls(screen)
        if isinstance(w, QAbstractButton)
        and w.focusPolicy()
        and w.objectName() not in {"_q_qlineeditclearbutton"}
        and not (w.height() >= 36 and (w.width() >= 36 or isinstance(w, CheckBox)))
    ]
    assert small == []


def test_nothing_is_wider_than_the_window(screen: Workspace) -> None:
    window = screen.window()
    assert isinstance(window, MainWindow)
    for size in (QSize(1280, 720), QSize(960, 600)):
        window.resize(size)
        rest(screen)
        wide = [
            f"{type(w).__name__} {w.accessibleName()}"
            for w in controls(screen)
            if w.mapTo(screen, w.rect().topRight()).x() > screen.width()
        ]
        assert wide == [], size
        assert window.width() == size.width()


@pytest.mark.parametrize("scale", [1.5, 2.0])
@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_fits_1280_by_720_at_every_size(
    workspace: Workspace, desk: Desk, name: str, scale: float
) -> None:
    ticket = complain(desk, verbatim="很长的话，" * 60, customer_name="欧阳" * 20)
    window = workspace.window()
    assert isinstance(window, MainWindow)
    window.resize(1280, 720)
    workspace.topbar.scale_wanted.emit(scale)
    bigger = window.workspace
    assert bigger is not None
    show(bigger, name, subject(name, ticket.stream))
    rest(bigger)
    assert (window.width(), window.height()) == (1280, 720)
    wide = [
        f"{type(w).__name__} {w.accessibleName()}"
        for w in controls(bigger)
        if w.mapTo(bigger, w.rect().topRight()).x() > bigger.width()
    ]
    assert wide == []
    assert theme().scale == scale


def test_no_page_scrolls_sideways(screen: Workspace) -> None:
    bars = [
        area.horizontalScrollBar()
        for area in screen.findChildren(QAbstractScrollArea)
        if area.isVisible()
    ]
    assert all(isinstance(bar, QScrollBar) for bar in bars)
    shown = [bar for bar in bars if bar.isVisible() and bar.maximum() > 0]
    assert shown == []


def test_tab_reaches_every_control_of_the_page(screen: Workspace) -> None:
    start = screen.front
    reached: set[int] = set()
    widget: QWidget | None = start
    for _ in range(2000):
        widget = widget.nextInFocusChain() if widget is not None else None
        if widget is None or widget is start:
            break
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(id(widget))
    wanted = [
        w
        for w in controls(screen)
        if start.isAncestorOf(w) and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert wanted
    assert [w for w in wanted if id(w) not in reached] == []
