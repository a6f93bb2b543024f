"""Compensate, Approvals and every form of the more menu: named, big enough, never too wide."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication

from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, StrayWindows, complain, rest, show
from tests.ui.test_access import controls
from ui.main_window import MainWindow
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_more import FORMS
from ui.shell.workspace import Workspace
from ui.theme import theme
from ui.widgets.inputs import CheckBox


def faults(workspace: Workspace) -> list[str]:
    """Say what a person could not name, press or see on the screen in front."""
    px, found = theme().px, []
    for control in controls(workspace):
        name = f"{type(control).__name__} {control.accessibleName()}"
        if control.mapTo(workspace, control.rect().topRight()).x() > workspace.width():
            found.append(f"too wide: {name}")
        if not control.focusPolicy() or control.objectName() == "_q_qlineeditclearbutton":
            continue
        if not control.accessibleName() and "qt_" not in control.objectName():
            found.append(f"nameless: {name} {control.parentWidget()}")
        if isinstance(control, QAbstractButton) and not isinstance(control, CheckBox):
            small = min(control.height(), control.width()) < px(36)
            found += [f"small: {name}"] if small else []
    return found


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_every_form_and_screen_can_be_named_pressed_and_seen(
    workspace: Workspace, desk: Desk, scale: float
) -> None:
    row = complain(desk, verbatim="很长的话，" * 60, customer_name="欧阳" * 20, tier="vip")
    for amount in ("300", "2500"):
        command = desk.new_compensation(
            "voucher", "goodwill", Decimal(amount), "customer", "长" * 80
        )
        desk.act(row.stream, command)
    desk.log_in("he", PASSWORD)
    window = workspace.window()
    assert isinstance(window, MainWindow)
    window.resize(1280, 720)
    workspace.topbar.scale_wanted.emit(scale)
    shown = window.workspace
    assert shown is not None
    app = QApplication.instance()
    assert app is not None
    strays = StrayWindows()
    app.installEventFilter(strays)
    show(shown, "ticket", row.stream)
    rest(shown)
    screen = shown.front
    assert isinstance(screen, TicketScreen)
    assert screen.page is not None
    found = []
    for name in FORMS:
        if screen.acts.fits(name):
            screen.open_form(name)
            rest(shown)
            found += [f"{name} {fault}" for fault in faults(shown)]
    for name in ("compensate", "approvals"):
        show(shown, name, (row.stream, "") if name == "compensate" else None)
        rest(shown)
        found += [f"{name} {fault}" for fault in faults(shown)]
    app.removeEventFilter(strays)
    assert found == []
    assert strays.seen == []
    assert window.width() == 1280
