"""The story of a handover: note, say to whom, both sign, the paper is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.domain.operations.record_promise import RecordPromise
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, START, complain, rest, show
from ui.screens.handover import HandoverScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.print_preview import PrintPreview


@pytest.fixture
def screen(workspace: Workspace, desk: Desk) -> HandoverScreen:
    opened = complain(desk)
    promise = RecordPromise("p1", "明天上门", due=START + timedelta(days=1))
    assert not isinstance(desk.act(opened.stream, promise), Refusal)
    show(workspace, "handover")
    assert isinstance(workspace.front, HandoverScreen)
    return workspace.front


def test_both_sign_by_keyboard_and_the_handover_is_listed(
    workspace: Workspace, desk: Desk, screen: HandoverScreen
) -> None:
    said = next(iter(screen._said.values()))
    assert said.text().startswith("林晓 → 王建国")
    said.setText("林晓 → 王建国：明天十点前上门")
    QTest.keyClicks(screen.notes, "key in the drawer")
    screen.giver_password.setText(PASSWORD)
    screen.taker.set_value("he")
    screen.taker_password.setText(PASSWORD)
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert settle(lambda: not screen.busy() and screen.history.count() == 1)
    signed = desk.use_cases.handovers.history(1)[0]
    assert signed.sheet.notes == "key in the drawer"
    assert signed.sheet.lines[0].said == "林晓 → 王建国：明天十点前上门"
    assert not screen.notes.toPlainText()
    assert desk.person is not None
    assert desk.person.login == "lin"
    screen.print()
    assert settle(lambda: bool(screen.findChildren(PrintPreview)))
    rest(workspace)
    preview = screen.findChildren(PrintPreview)[0]
    assert preview.pages
    preview.close()


def test_a_wrong_password_is_said_and_nothing_typed_is_lost(
    workspace: Workspace, desk: Desk, screen: HandoverScreen
) -> None:
    QTest.keyClicks(screen.notes, "note")
    screen.giver_password.setText(PASSWORD)
    screen.taker.set_value("he")
    screen.taker_password.setText("not the password")
    screen.sign()
    assert settle(lambda: bool(screen.banner.text))
    rest(workspace)
    assert screen.notes.toPlainText() == "note"
    assert not screen.taker_password.text()
    assert desk.use_cases.handovers.history(1) == []


def test_times_that_are_none_are_refused(workspace: Workspace, screen: HandoverScreen) -> None:
    screen.shifts.setText("soon")
    screen.save_shifts()
    assert settle(lambda: "soon" in screen.banner.text)
    screen.shifts.setText("09:00, 14:00")
    screen.save_shifts()
    assert settle(lambda: not screen.banner.text)
    rest(workspace)
