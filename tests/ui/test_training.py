"""A trainee serves a scripted customer on the real screens and comes back to the same place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtTest import QTest

from desktop.services.desk import Desk
from desktop.services.ports import TicketFilter
from tests.ui.conftest import show
from ui.main_window import MainWindow
from ui.screens.intake import IntakeScreen
from ui.screens.training import TrainingScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace


def entered(window: MainWindow, real: Workspace) -> Workspace:
    assert settle(lambda: window.workspace not in (None, real))
    assert window.workspace is not None
    workspace = window.workspace
    assert settle(lambda: not workspace.front.busy())
    return workspace


def test_a_run_from_the_person_menu_to_the_score_and_back(
    desk: Desk, open_window: Callable[..., MainWindow]
) -> None:
    """SY-05, QA-09."""
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None and not window.workspace.front.busy())
    real = window.workspace
    assert real is not None
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
    desk: Desk, open_window: Callable[..., MainWindow]
) -> None:
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None and not window.workspace.front.busy())
    real = window.workspace
    assert real is not None
    window.train()
    entered(window, real)
    window.lock()
    assert desk.person is None
    assert settle(lambda: window._training is None and window.workspace is None)
