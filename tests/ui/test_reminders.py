"""Reminders in the window: a calm card and a sound when a mark is passed, a click opens it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QSystemTrayIcon,
    QWidget,
)

from desktop.services.desk import Desk
from desktop.services.reminding import Notice
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import MovingClock, complain, rest
from tests.ui.story_kit import press
from ui.main_window import MainWindow
from ui.reminder_card import SHOWN_MS, by_ticket, tone_of
from ui.reminders import ReminderAgent
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.theme import theme
from ui.widgets.buttons import Button


@pytest.fixture
def agent(workspace: Workspace) -> ReminderAgent:
    rest(workspace)
    return workspace.reminders


def test_half_eighty_and_all_of_a_limit_are_said_once_each_and_open_the_ticket(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """SL-05: first response within two hours: 50, 80, then overdue and escalated."""
    beeps: list[int] = []
    agent._beep = lambda: beeps.append(1)
    row = complain(desk)
    assert isinstance(row, TicketRow)
    said = []
    for minutes in (61, 36, 25):
        clock.move(timedelta(minutes=minutes))
        agent.look()
        rest(workspace)
        shown = [w.text() for w in agent.card.findChildren(QLabel) if w.isVisible()]
        said.append(next(text for text in shown if "首次响应" in text))
    assert "50 %" in said[0]
    assert "80 %" in said[1]
    assert "超时" in said[2]
    assert len(agent.card.notices) == 1
    count = len(beeps)
    assert count == 3
    agent.look()
    rest(workspace)
    assert len(beeps) == count
    link = next(b for b in agent.card.findChildren(Button) if b.text() == row.number)
    press(link)
    rest(workspace)
    assert workspace.route == ("ticket", row.stream)
    assert not agent.card.isVisible()


def fallen_due(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock
) -> TicketRow:
    row = complain(desk)
    clock.move(timedelta(minutes=61))
    agent.look()
    rest(workspace)
    assert agent.card.notices
    return row


def rect(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("screen", ["intake", "today", "complaints", "handover"])
def test_the_card_lies_over_nothing_in_use(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock, screen: str
) -> None:
    """SL-05: a reminder never stands in the way of what is being done."""
    workspace.go(screen, None)
    rest(workspace)
    fallen_due(agent, workspace, desk, clock)
    assert agent.card.pill.isVisible()
    card = rect(agent.card, workspace)
    acting = [
        b
        for b in workspace.front.findChildren(Button)
        if b.property("variant") in ("primary", "secondary", "danger")
        and not b.visibleRegion().isEmpty()
    ]
    fields = [f for f in workspace.front.findChildren(QLineEdit) if f.isVisible()]
    if screen == "intake":
        assert agent.card.isVisible()
        assert acting
    if agent.card.isVisible():
        covered = [b.text() for b in (*acting, *fields) if card.intersects(rect(b, workspace))]
        assert covered == []


def test_only_the_pill_goes_along_to_another_screen(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """SL-05: a card placed for one screen does not lie over the fields of the next."""
    fallen_due(agent, workspace, desk, clock)
    assert agent.card.isVisible()
    workspace.go("handover", None)
    assert agent.card.isHidden()
    assert agent.card.pill.isVisible()
    rest(workspace)


def test_what_nobody_has_seen_outlives_another_language(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """SL-05: the window is built anew in English, and its pill still counts the reminder."""
    fallen_due(agent, workspace, desk, clock)
    window = workspace.window()
    assert isinstance(window, MainWindow)
    window.set_language("en")
    after = window.workspace
    assert after is not None
    assert after is not workspace
    rest(after)
    assert after.reminders.card.isHidden()
    assert after.topbar.reminders.isVisible()
    assert after.topbar.reminders.text().strip() == "Due 1"


def test_the_clocks_of_one_ticket_stand_in_one_row(agent: ReminderAgent) -> None:
    """SL-05: whoever has three clocks running on a ticket reads of it once."""
    clocks = ("first_response", "solution", "first_contact")
    notices = [Notice("T1", "S-1", "reminder", c, 80, None) for c in clocks]
    other = Notice("T2", "S-2", "reminder", "solution", 50, None)
    agent.card.add([*notices[:2], other, notices[2]])
    assert by_ticket(agent.card.notices) == [notices, [other]]
    numbers = [b.text() for b in agent.card.findChildren(Button) if b.property("variant") == "link"]
    assert numbers == ["S-1", "S-2"]
    said = [w.text() for w in agent.card.findChildren(QLabel)]
    assert sum("首次响应、" in text and "80 %" in text for text in said) == 1
    assert agent.card.pill.text().strip() == "时限 2"
    agent.card.add([other])
    assert agent.card.height() > theme().px(100)


def test_it_folds_into_its_pill_and_the_keyboard_opens_and_closes_it(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """UX: reachable and closable by keyboard; while somebody is at it, it stays."""
    card, row = agent.card, fallen_due(agent, workspace, desk, clock)
    for _ in range(SHOWN_MS // 500):
        card._beat()
    assert not card.isVisible()
    assert card.pill.isVisible()
    QTest.keyClick(workspace, Qt.Key.Key_F6)
    assert card.isVisible()
    focus = QApplication.focusWidget()
    assert isinstance(focus, Button)
    assert focus.text() == row.number
    for _ in range(2 * SHOWN_MS // 500):
        card._beat()
    assert card.isVisible()
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert not card.isVisible()
    assert card.pill.hasFocus()
    press(card.pill)
    press(next(b for b in card.findChildren(Button) if b.accessibleName() == "关闭"))
    assert not card.isVisible()
    assert not card.pill.isVisible()
    assert card.notices == []


def test_a_muted_pc_stays_silent_and_remembers_it(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    beeps: list[int] = []
    agent._beep = lambda: beeps.append(1)
    agent.set_sound(False)
    rest(workspace)
    assert desk.setting("reminders.sound") == "off"
    complain(desk)
    clock.move(timedelta(minutes=61))
    agent.look()
    rest(workspace)
    assert agent.card.isVisible()
    assert beeps == []


@pytest.mark.parametrize(
    ("kind", "percent", "tone"),
    [("reminder", 50, "info"), ("reminder", 80, "warn"), ("overdue", 100, "bad")],
)
def test_the_tone_grows_with_the_time_used(kind: str, percent: int, tone: str) -> None:
    assert tone_of(Notice("T1", "S-1", kind, "solution", percent, None)) == tone


def test_an_expired_pack_is_said_across_the_window_and_stays_in_use(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KB-02: a banner with the day and the way to a new one; a valid pack takes no room."""
    rest(workspace)
    assert not workspace.pack.isVisible()
    packs = type(workspace.ui.desk.use_cases.packs)
    monkeypatch.setattr(packs, "expired_on", date(2026, 11, 20))
    workspace.pack.look()
    rest(workspace)
    assert workspace.pack.isVisible()
    assert "2026-11-20" in workspace.pack.banner.text


@pytest.mark.parametrize("complaints", [1, 9])
def test_at_150_percent_the_card_lies_over_nothing_that_is_clicked(
    desk: Desk, open_window: Callable[..., MainWindow], clock: MovingClock, complaints: int
) -> None:
    for _one in range(complaints):
        complain(desk)
    theme().apply("light", 1.5)
    window = open_window(lambda: desk)
    window.resize(1280, 720)
    assert settle(lambda: window.workspace is not None)
    workspace = window.workspace
    assert workspace is not None
    rest(workspace)
    clock.move(timedelta(minutes=61))
    workspace.reminders.look()
    rest(workspace)
    card = workspace.reminders.card
    assert card.pill.isVisible()
    under = [
        b.accessibleName()
        for b in workspace.findChildren(QAbstractButton)
        if b.isVisible()
        and not card.isAncestorOf(b)
        and card.geometry().intersects(QRect(b.mapTo(workspace, QPoint(0, 0)), b.size()))
        and not b.visibleRegion().isEmpty()
    ]
    assert not card.isVisible() or under == []
    if not card.isVisible():
        press(card.pill)
        assert card.isVisible()
    theme().apply("light", 1.0)


def test_the_tray_opens_the_ticket_by_a_click_and_keeps_its_menu_apart(
    agent: ReminderAgent, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """SL-05: the other mouse button asks for the menu and changes no page."""
    row = fallen_due(agent, workspace, desk, clock)
    agent._activated(QSystemTrayIcon.ActivationReason.Context)
    assert workspace.route[0] == "today"
    agent._activated(QSystemTrayIcon.ActivationReason.Trigger)
    assert workspace.route == ("ticket", row.stream)


def test_a_tray_that_comes_after_the_window_is_used(
    agent: ReminderAgent,
    workspace: Workspace,
    desk: Desk,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert agent.tray is None
    agent.set_sound(False)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    fallen_due(agent, workspace, desk, clock)
    assert agent.tray is not None
    assert not agent._mute.isChecked()
