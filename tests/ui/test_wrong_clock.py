"""A complaint that a wrong clock dated says so on its page and on the Sync screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel

from desktop.services.desk import Desk
from tests.ui.conftest import MovingClock, complain, rest, show
from ui.screens.sync import SyncScreen
from ui.screens.ticket_alerts import AlertsBox
from ui.shell.workspace import Workspace
from ui.widgets.feedback import Banner


def alerts(workspace: Workspace, stream: str) -> str:
    show(workspace, "ticket", stream)
    found = workspace.front.findChild(AlertsBox)
    assert found is not None
    return " ".join(banner.text for banner in found.findChildren(Banner))


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_time_is_named_where_it_stands(
    workspace: Workspace, desk: Desk, clock: MovingClock, known: bool
) -> None:
    sound = complain(desk)
    clock.move(timedelta(days=365))
    if known:
        desk.use_cases.sync.set_clock_offset(-365 * 86_400_000)
    ahead = complain(desk)
    clock.move(timedelta(days=-365))
    assert "时钟不准" not in alerts(workspace, sound.stream)
    said = alerts(workspace, ahead.stream)
    assert ("按总部时间约为" if known else "还没有到") in said
    show(workspace, "sync")
    rest(workspace)
    assert isinstance(workspace.front, SyncScreen)
    listed = " ".join(label.text() for label in workspace.front.care.findChildren(QLabel))
    assert ahead.number in listed
    assert sound.number not in listed


@pytest.mark.parametrize(
    ("off", "words"),
    [(timedelta(days=365), "慢 365 天"), (timedelta(minutes=-15), "快 15 分钟")],
)
def test_how_far_a_clock_is_off_is_said_as_people_say_it(
    workspace: Workspace, desk: Desk, off: timedelta, words: str
) -> None:
    desk.use_cases.sync.set_clock_offset(off // timedelta(milliseconds=1))
    show(workspace, "sync")
    rest(workspace)
    assert isinstance(workspace.front, SyncScreen)
    said = workspace.front.care.lines.itemAt(0).widget()
    assert isinstance(said, QLabel)
    assert words in said.text()
