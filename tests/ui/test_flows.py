"""All five procedures are walked from open to close in the real window, by keys alone (FL-05)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import complain, rest, show
from tests.ui.story_kit import Walker, button, focus_is_in, press, type_into
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_forms_outcome import CaseForm
from ui.screens.ticket_forms_record import RedForm
from ui.screens.ticket_more import FORMS
from ui.shell.workspace import Workspace


def walker(workspace: Workspace, row: TicketRow) -> Walker:
    show(workspace, "ticket", row.stream)
    return Walker(workspace)


def flow_steps(walked: Walker) -> list[str]:
    """Return the ids of the flow's own steps that apply, in order."""
    return [step.id for step in walked.page.steps]


def test_the_store_procedure_is_walked_by_keys(workspace: Workspace, desk: Desk) -> None:
    """FL-01, FL-06: nine steps, each with its gate opened in the window."""
    at = walker(workspace, complain(desk))
    assert at.page.state.flow == "store"
    assert at.walk() == flow_steps(at)
    assert at.page.state.closed is not None
    assert len(at.walked) == 9


@pytest.mark.slow
def test_a_return_at_the_counter_is_walked_by_keys(workspace: Workspace, desk: Desk) -> None:
    """FL-05: the code takes it into the counter procedure while it is classified."""
    at = walker(workspace, complain(desk, verbatim="包装破损，里面也坏了"))
    at.code = "PQ-01"
    walked = at.walk()
    assert walked == flow_steps(at)
    assert walked[3:6] == ["goods", "choice", "carry_out"]
    assert at.page.state.flow == "exchange"
    assert at.page.state.closed is not None


@pytest.mark.slow
def test_a_quality_test_is_walked_by_keys(workspace: Workspace, desk: Desk) -> None:
    """FL-05, CL-07: sample, test and cause come before the proposal; the trace stays open."""
    at = walker(workspace, complain(desk, verbatim="面包没到期就发霉了"))
    at.code = "PQ-03"
    walked = at.walk()
    assert [s for s in walked if s in {"sample", "test", "analysis"}] == [
        "sample",
        "test",
        "analysis",
    ]
    assert at.page.state.flow == "quality_test"
    assert at.page.state.closed is not None
    assert "quality_trace" in at.page.state.tasks


def test_the_red_channel_is_taken_on_one_key_and_walked(workspace: Workspace, desk: Desk) -> None:
    """CL-01, FL-13: F8 makes it level 1, its four acts are recorded, the team follows."""
    at = walker(workspace, complain(desk, verbatim="孩子吃了以后住院了"))
    QTest.keyClick(at.screen, Qt.Key.Key_F8)
    at.rest()
    assert (at.page.state.flow, at.page.state.level) == ("red", 1)
    form = at.screen.acts.panels["red"]
    assert isinstance(form, RedForm)
    for act in ("make_safe", "call", "preserve_evidence", "notify"):
        assert at.screen.acts.current == "red"
        assert form.act.value() == act
        type_into(form.contact, "manager Li 8001")
        press(button(form, "记录"))
        at.rest()
    assert len(at.page.state.red_acts) == 4
    at.level = 1
    assert at.walk() == flow_steps(at)
    assert "team" in at.walked
    assert at.page.state.closed is not None


def test_a_case_of_12315_is_walked_by_keys(workspace: Workspace, desk: Desk) -> None:
    """CH-05: the dates come from the notice; without the reply it does not close."""
    row = complain(desk)
    at = walker(workspace, row)
    form = at.panel("case")
    assert isinstance(form, CaseForm)
    type_into(form.number, "SJ-2026-1187")
    type_into(form.received, "2026-11-20")
    type_into(form.reply_by, "2026-11-27")
    press(button(form, "登记案件"))
    at.rest()
    assert at.page.state.flow == "case_12315"
    assert at.page.current is not None
    assert at.page.current.id == "notice"
    walked = at.walk()
    assert walked[0] == "notice"
    assert "reply" in walked
    case = next(iter(at.page.state.external_cases.values()))
    assert case.replied is not None
    assert at.page.state.closed is not None


def test_ctrl_k_and_the_menu_lead_to_every_form_that_fits(workspace: Workspace, desk: Desk) -> None:
    """Each act is a command of Ctrl+K; its form opens in place with the keyboard in it."""
    row = complain(desk)
    show(workspace, "ticket", row.stream)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    offered = {words for words, _act in screen.commands()}
    assert {"转派", "登记承诺", "请求协办", "不予支持", "红色通道"} <= offered
    assert "重新处理" not in offered
    workspace.finder.focus()
    QTest.keyClicks(workspace.topbar.search, "F8")
    workspace.topbar.search.setText("登记承诺")
    rest(workspace)
    workspace.topbar.search.searched.emit("登记承诺")
    rest(workspace)
    assert workspace.finder.results()[0].startswith("登记承诺")
    QTest.keyClick(workspace.topbar.search, Qt.Key.Key_Return)
    rest(workspace)
    assert screen.acts.current == "promise"
    assert focus_is_in(screen.acts.panels["promise"])
    for name in FORMS:
        if screen.acts.fits(name):
            screen.open_form(name)
            form = screen.acts.form(name)
            assert screen.acts.current == name
            assert form.isVisible()
            assert focus_is_in(form), name
