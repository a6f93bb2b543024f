"""Approvals: the facts on one card, approve or refuse with a reason, own proposals left out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, complain, rest, show
from tests.ui.story_kit import press, type_into
from ui.main_window import MainWindow
from ui.screens.approvals import ApprovalsScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace

Opener = Callable[[Callable[[], Desk]], MainWindow]


@pytest.fixture
def items(desk: Desk) -> tuple[str, str]:
    """Two proposals of the clerk above their limit, on two complaints."""
    found = []
    for phone in ("13800002201", "13800002202"):
        stream = complain(desk, phone=phone).stream
        command = desk.new_compensation("voucher", "goodwill", Decimal("2500"), "customer", "地板")
        desk.act(stream, command)
        found.append(command.item)
    return found[0], found[1]


def opened(open_window: Opener, desk: Desk) -> tuple[Workspace, ApprovalsScreen]:
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    show(window.workspace, "approvals")
    assert isinstance(window.workspace.front, ApprovalsScreen)
    return window.workspace, window.workspace.front


def status(desk: Desk, item: str) -> str:
    rows = desk.use_cases.queries.open_by_due(10)
    pages = [desk.ticket(row.stream) for row in rows]
    states = [page.state for page in pages if page]
    return next(s.compensation[item].status for s in states if item in s.compensation)


def test_a_supervisor_sees_the_facts_and_decides_by_keys(
    desk: Desk, items: tuple[str, str], open_window: Opener
) -> None:
    """CO-03: facts on one card; a refusal needs its reason; the badge counts down."""
    desk.log_in("he", PASSWORD)
    workspace, screen = opened(open_window, desk)
    assert list(screen.cards) == list(items)
    first, second = (screen.cards[item] for item in items)
    shown = "\n".join(found.text() for found in first.findChildren(QLabel))
    for fact in ("2,500.00", "王建国", "林晓", "地板", "主管", "漏了一地"):
        assert fact in shown
    assert first.reason.hasFocus()
    press(first.refuse)
    rest(workspace)
    assert status(desk, items[0]) == "pending"
    assert first._reason.note.isVisible()
    type_into(first.reason, "ask for the quote first")
    press(first.refuse)
    rest(workspace)
    press(screen.cards[items[1]].approve)
    rest(workspace)
    assert [status(desk, item) for item in items] == ["refused", "approved"]
    assert screen.cards == {}
    assert second.found.item.id == items[1]
    badge = workspace._rail._buttons["approvals"]
    assert badge.accessibleName() == "审批"


def test_a_reason_in_hand_survives_what_arrives_meanwhile(
    desk: Desk, items: tuple[str, str], open_window: Opener
) -> None:
    """An exchange with HQ looks again every half minute; another case is answered elsewhere."""
    desk.log_in("he", PASSWORD)
    workspace, screen = opened(open_window, desk)
    second = screen.cards[items[1]]
    type_into(second.reason, "half a rea")
    screen.refresh()
    rest(workspace)
    assert screen.cards[items[1]] is second
    assert second.reason.hasFocus()
    first = screen.cards[items[0]].found
    answer = DecideApproval(first.item.id, True, "")
    assert not isinstance(desk.act(first.row.stream, answer), Refusal)
    screen.refresh()
    rest(workspace)
    assert settle(lambda: screen.cards[items[1]].reason.hasFocus())
    QTest.keyClicks(screen.cards[items[1]].reason, "son")
    assert screen.cards[items[1]].reason.text() == "half a reason"
    press(screen.cards[items[1]].approve, Qt.Key.Key_Return)
    rest(workspace)
    assert settle(screen.hasFocus)


def test_the_proposer_sees_an_empty_state_and_that_theirs_wait(
    desk: Desk, items: tuple[str, str], open_window: Opener
) -> None:
    """D5: nobody decides their own."""
    assert items
    workspace, screen = opened(open_window, desk)
    assert screen.cards == {}
    assert screen._stack.currentIndex() == 1
    assert "2" in screen._note.full_text()
    assert workspace.ui.background.idle


def test_a_code_for_an_envelope_that_is_not_here_is_refused_in_words(
    desk: Desk, open_window: Opener
) -> None:
    desk.log_in("he", PASSWORD)
    workspace, screen = opened(open_window, desk)
    screen.phone.compare()
    assert screen.phone.step == "type"
    type_into(screen.phone.envelope, "7")
    type_into(screen.phone.ticket, "S0217-A-261121-001-A")
    type_into(screen.phone.amount, "100")
    screen.phone.compare()
    assert screen.phone.step == "compare"
    press(screen.phone.give)
    rest(workspace)
    assert screen.phone.step == "type"
    assert "总部" in screen.phone.banner.text
