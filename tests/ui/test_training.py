"""A trainee serves a scripted customer on the real screens and comes back to the same place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter
from desktop.services.training import TrainingDesk
from tests.ui.conftest import complain, show
from ui.main_window import MainWindow
from ui.screens.compensate import CompensateScreen
from ui.screens.intake import IntakeScreen
from ui.screens.training import TrainingScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button


def entered(window: MainWindow, real: Workspace) -> Workspace:
    assert settle(lambda: window.workspace not in (None, real))
    assert window.workspace is not None
    workspace = window.workspace
    assert settle(lambda: not workspace.front.busy())
    return workspace


@pytest.fixture
def window(workspace: Workspace) -> MainWindow:
    """Return the window of a clerk at the real store."""
    window = workspace.window()
    assert isinstance(window, MainWindow)
    return window


@pytest.fixture
def sandbox(window: MainWindow, workspace: Workspace) -> Workspace:
    """Return the training store's workspace."""
    window.train()
    return entered(window, workspace)


def test_a_run_from_the_person_menu_to_the_score_and_back(
    desk: Desk, window: MainWindow, workspace: Workspace
) -> None:
    """SY-05, QA-09."""
    real = workspace
    show(real, "intake")
    intake = real.front
    assert isinstance(intake, IntakeScreen)
    QTest.keyClicks(intake.form.verbatim, "half a sentence")

    real.topbar.training_wanted.emit()
    workspace = entered(window, real)
    assert workspace.banner is not None
    assert workspace.banner.isVisible()
    assert workspace.coach is not None
    screen = workspace.front
    assert isinstance(screen, TrainingScreen)
    screen.starts["washer-leaks-again"].click()
    coach = workspace.coach
    assert settle(lambda: workspace.route[0] == "intake" and bool(coach.lines))
    form = workspace.front
    assert isinstance(form, IntakeScreen)
    form.form.verbatim.setPlainText(coach.lines[0])
    form.form.expectation.setPlainText("换新机")
    form.form.emotion.set_value("3")
    form.form.code.set_value("PQ-07")
    form.form.level.set_value("3")
    form.submit()
    assert settle(lambda: workspace.route[0] == "ticket" and len(coach.lines) > 1)
    coach.law.set_value("2")
    coach.finish()
    assert settle(lambda: workspace.route[0] == "training" and screen.list.count() == 1)
    assert not coach.isVisible()
    assert "训练" in workspace.topbar.pill.text()

    workspace.banner.leave.click()
    assert settle(lambda: window.workspace is real)
    assert real.front is intake
    assert intake.form.verbatim.toPlainText() == "half a sentence"
    assert desk.count(TicketFilter()) == 0


def test_locking_leaves_the_training_store(
    desk: Desk, window: MainWindow, sandbox: Workspace
) -> None:
    assert window.workspace is sandbox
    window.lock()
    assert desk.person is None
    assert settle(lambda: window._training is None and window.workspace is None)


def test_what_waits_for_approval_is_answered_by_the_coach_on_the_phone(sandbox: Workspace) -> None:
    """QA-09, CO-03: the code is asked for on the real screen and read out by the coach."""
    desk, coach = sandbox.ui.desk, sandbox.coach
    assert isinstance(desk, TrainingDesk)
    assert coach is not None
    coach.begin("mouldy-gift-box")
    assert settle(lambda: bool(coach.lines))
    row = complain(desk)
    asked = desk.new_compensation("voucher", "goodwill", Decimal(3000), "customer", "发霉")
    desk.act(row.stream, asked)
    sandbox.ui.changed.emit()
    show(sandbox, "compensate", (row.stream, "phone"))
    screen = sandbox.front
    assert isinstance(screen, CompensateScreen)
    assert settle(lambda: screen.phone.start.isVisible() and screen.phone.approver.count() > 0)
    screen.phone.start.click()
    assert settle(lambda: screen.phone.challenge is not None)
    # All that is to be read out stands in sight above the line for the code.
    assert screen.phone.visibleRegion().boundingRect().top() == 0
    assert not screen.phone.code.visibleRegion().isEmpty()
    assert settle(lambda: bool(visible(coach, "电话给代码")))
    visible(coach, "电话给代码")[0].click()
    assert settle(lambda: any("读出" in found.text() for found in coach.findChildren(QLabel)))
    said = next(found.text() for found in coach.findChildren(QLabel) if "读出" in found.text())
    QTest.keyClicks(screen.phone.code, said.rpartition("：")[2].strip())
    screen.phone.try_code()
    assert settle(lambda: not visible(coach, "电话给代码") and sandbox.ui.background.idle)
    page = desk.ticket(row.stream)
    assert page is not None
    assert page.state.compensation[asked.item].status == "approved"
    assert settle(lambda: screen.items.lines[asked.item].hasFocus())


def visible(panel: QWidget, words: str) -> list[Button]:
    return [b for b in panel.findChildren(Button) if b.text() == words and b.isVisible()]


def test_where_there_is_no_room_beside_the_coach_takes_turns_with_the_screen(
    sandbox: Workspace,
) -> None:
    """At 200 % on 1280 × 720 one of the two is seen; F7 changes over and nothing typed goes."""
    coach, window = sandbox.coach, sandbox.window()
    assert coach is not None
    sandbox.go("intake", None)
    coach.begin("washer-leaks-again")
    assert settle(lambda: bool(coach.lines))
    assert coach.beside
    assert sandbox.front.isVisible()
    window.setMinimumSize(QSize(640, 600))
    window.resize(QSize(640, 600))
    assert settle(lambda: not coach.beside)
    assert not sandbox.front.isVisible()
    assert coach.fold.hasFocus()
    QTest.keyClick(coach.fold, Qt.Key.Key_F7)
    assert settle(lambda: sandbox.front.isVisible())
    assert coach.isVisible()
    assert coach.height() < sandbox.front.height()
    QTest.keyClick(coach.fold, Qt.Key.Key_F7)
    assert settle(lambda: not sandbox.front.isVisible())
    window.resize(QSize(1440, 900))
    assert settle(lambda: coach.beside and sandbox.front.isVisible())
