"""Everything can be reached by keyboard, is named for a screen reader, and is big enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from desktop.services.desk import Desk
from tests.ui.conftest import rest, show
from tests.ui.places import SCREENS, furnish, walk
from tests.ui.reading import tab_faults, unnamed
from ui.main_window import MainWindow
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.theme import theme
from ui.widgets.inputs import CheckBox

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QTableView)
Opener = Callable[[Callable[[], Desk]], MainWindow]


def controls(root: QWidget) -> list[QWidget]:
    """Return what a person can press or type into on the screen in front."""
    found = [w for kind in CONTROLS for w in root.findChildren(kind)]
    return [w for w in found if w.isVisible() and w.isVisibleTo(root)]


def small(root: QWidget) -> list[str]:
    """Return the buttons that a finger would miss."""
    px = theme().px
    return [
        f"{type(w).__name__} {w.accessibleName()} is {w.width()}x{w.height()}"
        for w in controls(root)
        if isinstance(w, QAbstractButton)
        and w.focusPolicy()
        and not w.objectName().startswith("_q_")
        and not (w.height() >= px(36) and (w.width() >= px(36) or isinstance(w, CheckBox)))
    ]


def sideways(root: QWidget) -> list[str]:
    """Return the pages that scroll sideways."""
    bars = [(a, a.horizontalScrollBar()) for a in root.findChildren(QAbstractScrollArea)]
    shown = [a for a, bar in bars if a.isVisible() and bar.isVisible() and bar.maximum() > 0]
    return [f"{type(a).__name__} {a.accessibleName()} scrolls sideways" for a in shown]


def wide(workspace: Workspace) -> list[str]:
    """Return what reaches over the right edge of the window."""
    return [
        f"{type(w).__name__} {w.accessibleName()} is beyond {workspace.width()}"
        for w in controls(workspace)
        if w.mapTo(workspace, w.rect().topRight()).x() > workspace.width()
    ]


def opened(open_window: Opener, desk: Desk, size: QSize) -> tuple[MainWindow, Workspace]:
    window = open_window(lambda: desk)
    window.resize(size)
    assert settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    return window, window.workspace


@pytest.mark.timeout(400)
def test_every_place_is_named_and_big_enough(desk: Desk, open_window: Opener) -> None:
    """Screens, forms and dialogs."""
    row = furnish(desk)
    window, _workspace = opened(open_window, desk, QSize(1440, 900))
    found = []
    for name, root in walk(window, desk, row):
        faults = (*unnamed(root), *small(root), *sideways(root))
        found += [f"{name}: {fault}" for fault in faults]
    assert found == [], "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_place_is_walked_by_tab(desk: Desk, open_window: Opener) -> None:
    """Screens, forms and dialogs: no trap, no jump back, the focus always in sight."""
    row = furnish(desk)
    window, _workspace = opened(open_window, desk, QSize(1440, 900))
    found = []
    for name, root in walk(window, desk, row):
        found += [f"{name}: {fault}" for fault in tab_faults(root)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_every_screen_fits_its_window_at_every_size(
    desk: Desk, open_window: Opener, scale: float
) -> None:
    row = furnish(desk)
    theme().apply("light", scale)
    window, workspace = opened(open_window, desk, QSize(1280, 720))
    found = []
    # The smallest window is promised at 100 %, larger type on the smallest screen.
    for size in (QSize(1280, 720), QSize(960, 600))[: 2 if scale == 1.0 else 1]:
        window.resize(size)
        for name in (*SCREENS, "ticket", "compensate"):
            what: object = {"ticket": row.stream, "compensate": (row.stream, "")}.get(name)
            show(workspace, name, what)
            rest(workspace)
            faults = [*wide(workspace), *(sideways(workspace.front) if scale == 1.0 else ())]
            found += [f"{name} {size.width()}: {fault}" for fault in faults]
        assert window.width() == size.width()
    assert found == [], "\n".join(found)
