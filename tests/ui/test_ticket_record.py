"""What is kept of a ticket: a rejection, a missed day, lateness and complexity, with reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.tick_check import TickCheck
from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, MovingClock, complain, rest
from tests.ui.counter import Counter
from tests.ui.story_kit import press, type_into
from ui.screens.ticket_forms_outcome import ReleaseForm
from ui.screens.ticket_forms_record import ComplexityForm, ProgressForm
from ui.screenshots import settle
from ui.shell.workspace import Workspace


@pytest.fixture
def at(workspace: Workspace, desk: Desk) -> Counter:
    return Counter(workspace, desk, complain(desk).stream)


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
