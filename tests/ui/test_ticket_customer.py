"""The customer on a ticket: withdrawn, unnamed, erased; promises, and the call afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.withdraw_complaint import WithdrawComplaint
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, complain
from tests.ui.counter import Counter
from tests.ui.story_kit import press, type_into
from ui.screens.ticket_forms_customer import (
    AnonymousForm,
    KeptForm,
    LapsedForm,
    PromiseForm,
    RateForm,
    WithdrawForm,
)
from ui.screens.ticket_forms_erase import EraseForm
from ui.shell.workspace import Workspace


@pytest.fixture
def at(workspace: Workspace, desk: Desk) -> Counter:
    return Counter(workspace, desk, complain(desk).stream)


def test_a_withdrawn_complaint_closes_without_calls(at: Counter) -> None:
    """R14: 撤诉 needs the customer's reason; nothing more is asked for."""
    at.classify("SP-11")
    at.forward("verify")
    form = at.menu("withdraw")
    assert isinstance(form, WithdrawForm)
    at.press(form, "登记撤诉")
    assert at.page.state.withdrawn is None
    type_into(form.reason, "settled with a friend")
    at.press(form, "登记撤诉")
    assert at.page.current is not None
    assert at.page.current.id == "archive"
    at.forward()
    assert at.page.state.closed is not None


def test_a_person_is_erased_from_a_closed_ticket_by_typing_its_number(
    at: Counter, desk: Desk
) -> None:
    """D10: not while it is open, not by a clerk; the number is typed, then the words are gone."""
    form = at.screen.acts.form("erase")
    assert isinstance(form, EraseForm)
    desk.act(at.stream, WithdrawComplaint("顾客来电撤回"))
    at.classify("SP-01")
    at.forward()
    assert at.screen.page is not None
    assert at.screen.page.state.closed is not None
    assert not at.screen.acts.fits("erase")
    assert not isinstance(desk.log_in("he", PASSWORD), Refusal)
    assert at.screen.acts.fits("erase")
    at.screen.open_form("erase")
    number = at.screen.page.row.number
    type_into(form.number, number[:-1])
    assert not form.do.isEnabled()
    form.number.setText(f" {number.lower()} ")
    form.do.click()
    at.look()
    assert at.screen.page.state.erased is not None
    shown = "\n".join(found.text() for found in at.screen.timeline.findChildren(QLabel))
    assert "上周才修好" not in shown


def test_level_one_is_not_withdrawn(at: Counter) -> None:
    """CL-01: a danger stays one."""
    at.classify("PQ-05", 1)
    at.look()
    form = at.menu("withdraw")
    assert isinstance(form, WithdrawForm)
    type_into(form.reason, "never mind")
    at.press(form, "登记撤诉")
    assert at.page.state.withdrawn is None
    assert "一级" in at.workspace.toast.text


def test_an_unnamed_customer_is_not_called(workspace: Workspace, desk: Desk) -> None:
    """R14: without a number and with the reason; no signature and no follow-up."""
    at = Counter(workspace, desk, complain(desk, phone="").stream)
    at.classify("SP-11")
    form = at.menu("anonymous")
    assert isinstance(form, AnonymousForm)
    at.press(form, "按匿名办理")
    assert at.page.state.value("anonymous") is not True
    type_into(form.reason, "prefers not to say")
    at.press(form, "按匿名办理")
    assert at.page.state.value("anonymous") is True
    assert {s.id for s in at.page.steps} & {"sign", "callback"} == set()
    desk.act(at.stream, RecordSolution("已整改"))
    at.forward()
    assert at.page.state.closed is not None


def test_promises_are_explained_and_kept_one_by_one(at: Counter) -> None:
    """CO-08: one explained promise does not explain the next; none open, or it stays open."""
    for words in ("a call", "a part", "a letter"):
        form = at.menu("promise")
        assert isinstance(form, PromiseForm)
        type_into(form.text, words)
        type_into(form.due, "2026-11-25 14:30")
        at.press(form, "登记承诺")
    first, second, third = at.page.state.promises
    lapsed = at.menu("lapsed")
    assert isinstance(lapsed, LapsedForm)
    at.press(lapsed, "登记说明")
    assert at.page.state.promises[first].open
    type_into(lapsed.reason, "line was dead")
    at.press(lapsed, "登记说明")
    kept = at.menu("kept")
    assert isinstance(kept, KeptForm)
    type_into(kept.excuse, "out of stock")
    at.press(kept, "登记兑现")
    at.press(kept, "登记兑现")
    promises = at.page.state.promises
    assert promises[first].excuse == "line was dead"
    assert promises[second].excuse == "out of stock"
    assert promises[third].kept is not None


def test_recommending_and_effort_are_asked_after_the_stars(at: Counter) -> None:
    """NC-07: NPS 0–10 and CES 1–7, also by themselves."""
    at.classify("SP-11")
    at.solved()
    assert not at.screen.acts.fits("rate")
    at.survey("answered", 4)
    form = at.menu("rate")
    assert isinstance(form, RateForm)
    at.press(form, "登记评分")
    assert at.page.state.value("survey_nps") is None
    press(form.nps.chip("9"))
    press(form.ces.chip("6"))
    at.press(form, "登记评分")
    assert (at.page.state.value("survey_nps"), at.page.state.value("survey_ces")) == (9, 6)
    assert "9/10" in at.words()


def test_three_calls_without_reply_stand_for_the_survey(at: Counter) -> None:
    """FL-04: two do not."""
    at.classify("SP-11")
    at.solved()
    for call in (1, 2, 3):
        assert "survey" in at.missing()
        at.survey("unreachable")
        assert len(at.page.state.surveys) == call
    assert "survey" not in at.missing()
    at.forward()
    assert at.page.state.closed is not None


@pytest.mark.parametrize(("stars", "again"), [(2, True), (3, False)])
def test_fewer_than_three_stars_reopen_it_with_another_owner(
    at: Counter, stars: int, again: bool
) -> None:
    """NC-05, R11: one level up; the former owner cannot take it, the special team can."""
    at.classify("SP-11")
    at.solved()
    at.survey("answered", stars)
    state = at.page.state
    assert bool(state.reopened) is again
    assert state.level == (2 if again else 3)
    if not again:
        return
    assert "another_owner" in at.missing()
    accept = at.menu("accept")
    at.press(accept, "确认接手")
    assert at.page.state.handover is not None
    at.log_in("he")
    at.press(accept, "确认接手")
    assert at.page.state.text("owner") == at.desk.actor().person
    assert "another_owner" not in at.missing()
