"""Reminders in the window: a calm card and a sound when a mark is passed, a click opens it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtWidgets import QLabel

from desktop.services.desk import Desk
from desktop.services.ports import TicketRow
from desktop.services.reminding import Notice
from tests.ui.conftest import MovingClock, complain, rest
from tests.ui.story_kit import press
from ui.reminders import ReminderAgent, tone_of
from ui.shell.workspace import Workspace
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
