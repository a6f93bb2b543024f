"""Who is asked and who decides on a ticket: escalation, tasks, legal, another procedure."""

from __future__ import annotations

import pytest

from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, complain
from tests.ui.counter import Counter
from tests.ui.story_kit import press, type_into
from ui.screens.ticket_forms_record import FlowForm
from ui.screens.ticket_forms_team import EscalateForm, OpinionForm, TaskForm, ToldForm
from ui.shell.workspace import Workspace


@pytest.fixture
def at(workspace: Workspace, desk: Desk) -> Counter:
    return Counter(workspace, desk, complain(desk).stream)


def test_it_is_brought_one_role_up_and_who_was_phoned_is_noted(at: Counter) -> None:
    """SL-07: with the reason; offline somebody phones."""
    form = at.menu("escalate")
    assert isinstance(form, EscalateForm)
    at.press(form, "上报")
    assert "原因" in at.workspace.toast.text
    type_into(form.reason, "he wants the manager")
    at.press(form, "上报")
    assert [e.to_role for e in at.page.state.escalations] == ["supervisor"]
    assert form.reason.toPlainText() == ""
    told = at.menu("told")
    assert isinstance(told, ToldForm)
    type_into(told.person, "He Li, 8001")
    at.press(told, "记录告知")
    assert at.page.state.escalations[-1].told == "He Li, 8001"
    assert "He Li, 8001" in at.words()


def test_a_coupon_dispute_waits_for_finance_and_marketing(at: Counter) -> None:
    """CL-09: 待财务/营销核查 keeps it open until a manager notes the result."""
    at.classify("TD-07")
    at.solved()
    at.survey("refused")
    at.forward()
    assert "task_open" in at.missing()
    form = at.menu("task")
    assert isinstance(form, TaskForm)
    type_into(form.text, "the coupon was valid")
    at.press(form, "登记结果")
    assert "主管" in at.workspace.toast.text
    at.log_in("he")
    press(form.result.chip("refuted"))
    at.press(form, "登记结果")
    task = at.page.state.tasks["finance_marketing_check"]
    assert (task.result, task.text) == ("refuted", "the coupon was valid")
    at.forward()
    assert at.page.state.closed is not None


def test_rl_09_closes_by_no_way_but_the_opinion_of_legal(at: Counter, desk: Desk) -> None:
    """CL-10: not by a manager, not by an opinion that says no."""
    desk.log_in("he", PASSWORD)
    desk.add_person("zhou", "周律", "legal", PASSWORD)
    at.classify("RL-09")
    at.solved()
    at.survey("answered", 5)
    at.forward()
    assert "legal_opinion" in at.missing()
    form = at.menu("opinion")
    assert isinstance(form, OpinionForm)
    type_into(form.text, "collected without consent")
    at.press(form, "登记意见")
    assert "法务" in at.workspace.toast.text
    at.log_in("zhou")
    at.press(form, "登记意见")
    at.forward()
    assert "legal_opinion" in at.missing()
    form = at.menu("opinion")
    assert isinstance(form, OpinionForm)
    type_into(form.text, "deleted, may close")
    press(form.may_close)
    at.press(form, "登记意见")
    at.forward()
    assert at.page.state.closed is not None


def test_another_procedure_is_a_managers_choice_with_a_reason(at: Counter) -> None:
    """FL-07: a clerk is refused; what was done stays done."""
    at.classify("SP-11")
    at.forward("verify")
    form = at.menu("flow")
    assert isinstance(form, FlowForm)
    form.flow.set_value("exchange")
    type_into(form.reason, "goods are here")
    at.press(form, "改走")
    assert at.page.state.flow == "store"
    at.log_in("he")
    form = at.menu("flow")
    assert isinstance(form, FlowForm)
    form.flow.set_value("exchange")
    at.press(form, "改走")
    assert at.page.state.flow == "exchange"
    assert {"calm", "record", "classify"} <= set(at.page.state.steps_done)
    assert "goods are here" in at.words()
