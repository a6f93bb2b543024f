"""The rarer acts of a ticket, opened through the menu and driven by keys to what they record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.operations.withdraw_complaint import WithdrawComplaint
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk, TicketPage
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import PASSWORD, MovingClock, complain, rest, show
from tests.ui.story_kit import button, press, type_into
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_form import Form
from ui.screens.ticket_forms_customer import (
    AnonymousForm,
    KeptForm,
    LapsedForm,
    PromiseForm,
    RateForm,
    WithdrawForm,
)
from ui.screens.ticket_forms_erase import EraseForm
from ui.screens.ticket_forms_outcome import ReleaseForm
from ui.screens.ticket_forms_record import ComplexityForm, FlowForm, ProgressForm
from ui.screens.ticket_forms_team import EscalateForm, OpinionForm, TaskForm, ToldForm
from ui.screens.ticket_panels import SurveyPanel
from ui.screenshots import settle
from ui.shell.workspace import Workspace

MOST_STEPS = 20


@pytest.fixture
def ticket(desk: Desk) -> TicketRow:
    return complain(desk)


class Counter:
    """A person at one ticket's screen: forms by the menu, what is needed before by commands."""

    def __init__(self, workspace: Workspace, desk: Desk, stream: str) -> None:
        self.workspace, self.desk, self.stream = workspace, desk, stream
        show(workspace, "ticket", stream)
        assert isinstance(workspace.front, TicketScreen)
        self.screen = workspace.front

    @property
    def page(self) -> TicketPage:
        """Return the ticket as the screen shows it."""
        assert self.screen.page is not None
        return self.screen.page

    def words(self) -> str:
        """Return what timeline and register say."""
        screen = self.screen
        labels = (*screen.timeline.findChildren(QLabel), *screen.register.findChildren(QLabel))
        return "\n".join(found.text() for found in labels)

    def menu(self, name: str) -> Form:
        """Open a form by Alt+M, the keys through the submenu, and Enter."""
        QTest.keyClick(self.screen, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
        assert settle(lambda: any(m.isVisible() for m in self.screen.findChildren(QMenu)))
        menu = next(m for m in self.screen.findChildren(QMenu) if m.isVisible())
        action = menu.acts[name]  # type: ignore[attr-defined]
        assert action.isEnabled(), name
        sub = action.parent()
        assert isinstance(sub, QMenu)
        for _ in range(12):
            if menu.activeAction() is sub.menuAction():
                break
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Right)
        assert settle(sub.isVisible)
        for _ in range(12):
            if sub.activeAction() is action:
                break
            QTest.keyClick(sub, Qt.Key.Key_Down)
        QTest.keyClick(sub, Qt.Key.Key_Return)
        rest(self.workspace)
        assert self.screen.acts.current == name
        return self.screen.acts.forms[name]

    def press(self, form: Form, words: str) -> None:
        """Press a button of the form and wait for what becomes of it."""
        press(button(form, words))
        rest(self.workspace)

    def log_in(self, login: str) -> None:
        """Change who is at the counter."""
        self.desk.log_in(login, PASSWORD)
        self.look()

    def look(self) -> None:
        """Look at the ticket again."""
        self.screen.refresh()
        rest(self.workspace)

    def classify(self, code: str, level: int = 3) -> None:
        """Set code and level."""
        assert not isinstance(self.desk.act(self.stream, ClassifyTicket(code, level)), Refusal)

    def forward(self, until: str = "") -> None:
        """Do the steps before `until` by commands, as far as their gates allow."""
        for _ in range(MOST_STEPS):
            page = self.desk.ticket(self.stream)
            assert page is not None
            if page.current is None or page.current.id == until:
                break
            for item in page.current.do:
                self.desk.act(self.stream, TickCheck(page.current.id, item.id, True))
            done = self.desk.act(self.stream, CompleteStep(page.current.id))
            if isinstance(done, Refusal):
                break
        self.look()

    def solved(self) -> None:
        """Bring it to the satisfaction call."""
        self.desk.act(self.stream, ContactCustomer("first_response", "phone", True, "told"))
        self.desk.act(self.stream, RecordSolution("换新"))
        self.forward("callback")
        assert self.page.current is not None
        assert self.page.current.id == "callback"

    def survey(self, outcome: str, stars: int = 0) -> None:
        """Record a satisfaction call."""
        self.screen.open_form("survey")
        panel = self.screen.acts.panels["survey"]
        assert isinstance(panel, SurveyPanel)
        press(panel.outcome.chip(outcome))
        if stars:
            press(panel.score.chip(str(stars)))
        press(button(panel, "登记回访"))
        rest(self.workspace)

    def missing(self) -> set[str]:
        """Return the gates and checks that block the step in hand."""
        return {m.id for m in self.page.missing}


@pytest.fixture
def at(workspace: Workspace, desk: Desk, ticket: TicketRow) -> Counter:
    return Counter(workspace, desk, ticket.stream)


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
    form = at.screen.acts.forms["erase"]
    assert isinstance(form, EraseForm)
    desk.act(at.stream, WithdrawComplaint("顾客来电撤回"))
    at.classify("SP-01")
    at.forward()
    assert at.screen.page is not None
    assert at.screen.page.state.closed is not None
    assert not form.fits(at.screen.page)
    assert not isinstance(desk.log_in("he", PASSWORD), Refusal)
    assert form.fits(at.screen.page)
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


def test_a_rejected_complaint_closes_once_the_customer_accepts(at: Counter, desk: Desk) -> None:
    """R14: neither an outcome that nobody recorded nor limitation before its day releases it."""
    from desktop.domain.operations.reject_complaint import ROUTES, RejectComplaint

    at.classify("SP-11")
    desk.log_in("he", PASSWORD)
    desk.act(at.stream, ContactCustomer("first_response", "phone", True, "told"))
    desk.act(at.stream, RejectComplaint("no fault found", frozenset(ROUTES)))
    at.forward("callback")
    at.survey("refused")
    at.forward()
    assert "rejected" in at.missing()
    form = at.menu("release")
    assert isinstance(form, ReleaseForm)
    type_into(form.why, "he read it and agrees")
    for release in ("external_outcome", "limitation"):
        press(form.release.chip(release))
        at.press(form, "登记，允许关闭")
        assert at.page.state.rejected
    press(form.release.chip("accepted"))
    at.press(form, "登记，允许关闭")
    assert not at.page.state.rejected
    at.forward()
    assert at.page.state.closed is not None


def test_a_missed_day_is_noted_later_and_a_day_to_come_is_not(
    at: Counter, desk: Desk, clock: MovingClock
) -> None:
    """CL-02: level 2 owes a line a day."""
    at.classify("SP-11", 2)
    clock.move(timedelta(days=1))
    at.look()
    assert [n.percent for n in desk.duties() if n.kind == "daily_line"] == [2]
    form = at.menu("progress")
    assert isinstance(form, ProgressForm)
    type_into(form.text, "technician came")
    for day in ("soon", "2026-11-30"):
        form.day.clear()
        type_into(form.day, day)
        at.press(form, "记录进展")
        assert at.page.state.daily_lines == ()
    form.day.clear()
    type_into(form.day, "2026-11-21")
    at.press(form, "记录进展")
    type_into(form.text, "new pump ordered")
    at.press(form, "记录进展")
    assert [line.day.day for line in at.page.state.daily_lines] == [21, 22]
    assert [n for n in desk.duties() if n.kind == "daily_line"] == []
    assert "new pump ordered" in at.words()


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
    assert not at.screen.acts.forms["rate"].fits(at.page)
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


def test_closing_late_asks_for_the_reason_and_keeps_it(at: Counter, clock: MovingClock) -> None:
    """FL-11: without it the last step stays where it is."""
    at.classify("SP-11")
    clock.move(timedelta(hours=80))
    at.solved()
    at.survey("refused")
    at.forward("archive")
    for item in ("complete", "cause"):
        at.desk.act(at.stream, TickCheck("archive", item, True))
    at.look()
    step = at.screen.step
    assert step.overdue.isVisible()
    QTest.keyClick(at.screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    rest(at.workspace)
    assert at.page.state.closed is None
    type_into(step.overdue, "the part came late")
    QTest.keyClick(at.screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert settle(lambda: at.page.state.closed is not None)
    assert at.page.state.text("overdue_reason") == "the part came late"


def test_a_complaint_is_said_to_be_complex_with_the_reason(at: Counter) -> None:
    """R12, FL-10: the clocks of a complex one run from then on."""
    form = at.menu("complexity")
    assert isinstance(form, ComplexityForm)
    at.press(form, "保存")
    assert at.page.state.text("complexity") == ""
    type_into(form.reason, "the maker must test it")
    at.press(form, "保存")
    assert "progress_report" in {d.clock.name for d in at.page.deadlines}
    assert "the maker must test it" in at.words()
