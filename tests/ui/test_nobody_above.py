"""A store with nobody above the clerk: what waits for an approver says what to do (CO-03)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel

from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from desktop.services.exchange_ports import Enrolment
from desktop.services.ports import Person
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import PASSWORD, complain, rest, show
from ui.shell.workspace import Workspace

ENROLMENT = Enrolment("https://hq.example", "S0217", "无锡滨湖店", "D1", "token", b"k" * 32)


def waiting(desk: Desk, amount: str) -> TicketRow:
    """Return a complaint whose goodwill waits for somebody above the clerk."""
    row = complain(desk)
    asked = desk.new_compensation("voucher", "goodwill", Decimal(amount), "customer", "发霉")
    assert not isinstance(desk.act(row.stream, asked), Refusal)
    page = desk.ticket(row.stream)
    assert page is not None
    assert page.state.compensation[asked.item].status == "pending"
    return row


def said(workspace: Workspace, words: str) -> list[str]:
    return [
        one.text()
        for one in workspace.front.findChildren(QLabel)
        if one.isVisible() and words in one.text()
    ]


@pytest.mark.parametrize("screen", ["ticket", "compensate"])
def test_alone_it_names_who_must_log_in_or_that_hq_can_be_joined(
    workspace: Workspace, desk: Desk, screen: str
) -> None:
    """A sum for the department head, whom a store does not have."""
    row = waiting(desk, "30000")
    show(workspace, screen, row.stream if screen == "ticket" else (row.stream, ""))
    rest(workspace)
    (words,) = said(workspace, "这台电脑上没有人有权决定")
    assert "还没有接入总部" in words
    role = workspace.ui.text("ui.role.department_head")
    assert f"请让{role}在这里登录" in words


def test_with_hq_it_says_that_the_answer_comes_with_the_exchange_or_by_phone(
    workspace: Workspace, desk: Desk
) -> None:
    desk.use_cases.sync.save_enrolment(ENROLMENT)
    show(workspace, "ticket", waiting(desk, "30000").stream)
    rest(workspace)
    (words,) = said(workspace, "这台电脑上没有人有权决定")
    assert "下次同步" in words
    assert "电话审批" in words


def test_nothing_is_said_where_somebody_here_may_decide(workspace: Workspace, desk: Desk) -> None:
    show(workspace, "ticket", waiting(desk, "2500").stream)
    rest(workspace)
    assert said(workspace, "没有人有权决定") == []


def test_an_account_that_is_switched_off_decides_nothing(workspace: Workspace, desk: Desk) -> None:
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    head = desk.add_person("gu", "顾峰", "department_head", PASSWORD)
    assert isinstance(head, Person)
    assert isinstance(desk.log_in("lin", PASSWORD), Person)
    row = waiting(desk, "30000")
    show(workspace, "ticket", row.stream)
    rest(workspace)
    assert said(workspace, "没有人有权决定") == []
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    assert isinstance(desk.set_active(head.id, active=False), Person)
    assert isinstance(desk.log_in("lin", PASSWORD), Person)
    workspace.front.refresh()
    rest(workspace)
    assert len(said(workspace, "没有人有权决定")) == 1


def test_phone_approval_without_hq_says_how_to_get_it(workspace: Workspace, desk: Desk) -> None:
    show(workspace, "compensate", (waiting(desk, "30000").stream, "phone"))
    rest(workspace)
    assert said(workspace, "还没有加入总部，不能用电话审批")
