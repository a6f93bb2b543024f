"""Typing in the forms of a complaint is kept for its person and comes back to its place (IN-16)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtTest import QTest

from desktop.services.desk import Desk
from desktop.services.kept_typing import NUMBER, PERSON, own
from desktop.services.ports import Person
from tests.ui.conftest import PASSWORD, complain, rest, show
from ui.main_window import MainWindow
from ui.screens.approvals import ApprovalsScreen
from ui.screens.compensate import CompensateScreen
from ui.screens.handover import HandoverScreen
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_panels import ContactPanel, RecordPanel, SurveyPanel, TextPanel
from ui.screenshots import settle
from ui.shell.login import LoginPage
from ui.shell.workspace import Workspace

WORDS = "said he waits until Friday"


def ticket(workspace: Workspace, stream: str) -> TicketScreen:
    show(workspace, "ticket", stream)
    assert isinstance(workspace.front, TicketScreen)
    return workspace.front


def comment(screen: TicketScreen) -> TextPanel:
    screen.open_form("comment")
    panel = screen.acts.panels["comment"]
    assert isinstance(panel, TextPanel)
    return panel


def again(open_window: Callable[..., MainWindow], desk: Desk) -> Workspace:
    """Return a workspace that knows nothing of the one before, as after a crash."""
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    return window.workspace


def test_each_complaint_keeps_its_own_typing(workspace: Workspace, desk: Desk) -> None:
    first, second = complain(desk), complain(desk, phone="13900001111")
    screen = ticket(workspace, first.stream)
    QTest.keyClicks(comment(screen).text, WORDS)
    screen.open_form("record")
    record = screen.acts.panels["record"]
    assert isinstance(record, RecordPanel)
    QTest.keyClicks(record.lines["member_no"], "M77")
    ticket(workspace, second.stream)
    assert comment(screen).text.toPlainText() == ""
    screen.open_form("record")
    assert record.lines["member_no"].text() == ""
    assert record.lines["phone"].text() == "13900001111"
    ticket(workspace, first.stream)
    assert screen.acts.current == "record"  # where the last key was pressed
    assert record.lines["member_no"].text() == "M77"
    assert record.lines["phone"].text() == "13800002201"
    assert comment(screen).text.toPlainText() == WORDS


def test_typing_is_there_in_a_new_window_and_gone_once_it_is_recorded(
    workspace: Workspace, desk: Desk, open_window: Callable[..., MainWindow]
) -> None:
    row = complain(desk)
    screen = ticket(workspace, row.stream)
    screen.open_form("contact")
    contact = screen.acts.panels["contact"]
    assert isinstance(contact, ContactPanel)
    contact.reached.click()
    contact.channel.chip("counter").click()
    QTest.keyClicks(contact.note, WORDS)
    screen.typing.flush()
    rest(workspace)
    assert [d.body[NUMBER] for d in desk.drafts()] == [row.number]

    found = ticket(again(open_window, desk), row.stream)
    contact = found.acts.panels["contact"]
    assert isinstance(contact, ContactPanel)
    assert found.acts.current == "contact"
    assert contact.note.toPlainText() == WORDS
    assert contact.channel.value() == "counter"
    assert not contact.reached.isChecked()
    assert found.acts.discard.isVisible()
    contact.save()
    assert settle(lambda: found.ui.background.idle and not contact.note.toPlainText())
    assert desk.drafts() == ()
    assert not found.acts.discard.isVisible()


def test_a_facts_line_is_no_draft_once_the_ticket_says_the_same(
    workspace: Workspace, desk: Desk
) -> None:
    screen = ticket(workspace, complain(desk).stream)
    screen.open_form("record")
    record = screen.acts.panels["record"]
    assert isinstance(record, RecordPanel)
    QTest.keyClicks(record.lines["member_no"], "M77")
    screen.typing.flush()
    rest(workspace)
    assert len(desk.drafts()) == 1
    record.save()
    rest(workspace)
    assert settle(lambda: desk.drafts() == ())
    assert record.lines["member_no"].text() == "M77"


def test_discarding_brings_the_recorded_facts_back(workspace: Workspace, desk: Desk) -> None:
    screen = ticket(workspace, complain(desk).stream)
    screen.open_form("record")
    record = screen.acts.panels["record"]
    assert isinstance(record, RecordPanel)
    record.lines["phone"].selectAll()
    QTest.keyClicks(record.lines["phone"], "139")
    screen.typing.flush()
    rest(workspace)
    screen.acts.discard.click()
    rest(workspace)
    screen.open_form("record")
    assert record.lines["phone"].text() == "13800002201"
    assert desk.drafts() == ()


def test_nobody_finds_another_persons_words_in_a_form(
    workspace: Workspace, desk: Desk, open_window: Callable[..., MainWindow]
) -> None:
    row = complain(desk)
    QTest.keyClicks(comment(ticket(workspace, row.stream)).text, WORDS)
    show(workspace, "today")
    me = desk.person
    assert me is not None
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    other = again(open_window, desk)
    assert comment(ticket(other, row.stream)).text.toPlainText() == ""
    assert desk.person is not None
    drafts = desk.drafts()
    assert [d.body[PERSON] for d in drafts] == [me.id]
    assert own(drafts, desk.person.id) == ()
    assert own(drafts, me.id) == drafts


def test_compensation_comes_back_with_who_decides(
    workspace: Workspace, desk: Desk, open_window: Callable[..., MainWindow]
) -> None:
    row = complain(desk)
    show(workspace, "compensate", (row.stream, ""))
    screen = workspace.front
    assert isinstance(screen, CompensateScreen)
    QTest.keyClicks(screen.form.amount, "80")
    QTest.keyClicks(screen.form.reason, WORDS)
    QTest.keyClicks(screen.law.price, "899")
    show(workspace, "today")
    new = again(open_window, desk)
    show(new, "compensate", (row.stream, ""))
    found = new.front
    assert isinstance(found, CompensateScreen)
    assert settle(lambda: found.form.ruling is not None)
    typed = (found.form.amount.text(), found.form.reason.text(), found.law.price.text())
    assert typed == ("80", WORDS, "899")
    found.form.submit()
    assert settle(lambda: found.ui.background.idle and not found.form.amount.text())
    assert ["law.price" in d.body for d in desk.drafts()] == [True]
    assert not any("propose.amount" in d.body for d in desk.drafts())


def test_handover_notes_and_reasons_of_approvals_come_back(
    workspace: Workspace, desk: Desk, open_window: Callable[..., MainWindow]
) -> None:
    row = complain(desk)
    ask = desk.new_compensation("voucher", "goodwill", Decimal(2500), "customer", "late")
    desk.act(row.stream, ask)
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    first = again(open_window, desk)
    show(first, "handover")
    screen = first.front
    assert isinstance(screen, HandoverScreen)
    QTest.keyClicks(screen.notes, WORDS)
    show(first, "approvals")
    approvals = first.front
    assert isinstance(approvals, ApprovalsScreen)
    QTest.keyClicks(next(iter(approvals.cards.values())).reason, "fair")
    show(first, "today")
    second = again(open_window, desk)
    show(second, "handover")
    assert isinstance(second.front, HandoverScreen)
    assert second.front.notes.toPlainText() == WORDS
    show(second, "approvals")
    assert isinstance(second.front, ApprovalsScreen)
    card = next(iter(second.front.cards.values()))
    assert card.reason.text() == "fair"
    card.approve.click()
    rest(second)
    assert settle(lambda: len(desk.drafts()) == 1)


def test_stars_pressed_without_a_word_are_kept_too(workspace: Workspace, desk: Desk) -> None:
    row = complain(desk)
    screen = ticket(workspace, row.stream)
    screen.open_form("survey")
    survey = screen.acts.panels["survey"]
    assert isinstance(survey, SurveyPanel)
    survey.score.chip("4").click()
    show(workspace, "today")
    assert [d.body.get("survey.score") for d in desk.drafts()] == ["4"]


def test_an_idle_lock_comes_back_to_the_same_form_with_the_same_words(
    workspace: Workspace, desk: Desk
) -> None:
    window = workspace.window()
    assert isinstance(window, MainWindow)
    screen = ticket(workspace, complain(desk).stream)
    panel = comment(screen)
    QTest.keyClicks(panel.text, WORDS)
    window.idle.idle.emit()
    assert settle(lambda: isinstance(window.centralWidget(), LoginPage))
    assert desk.person is None
    page = window.centralWidget()
    assert isinstance(page, LoginPage)
    page.people.set_value("lin")
    page.password.setText(PASSWORD)
    page.submit()
    assert settle(lambda: window.workspace is workspace and workspace.ui.background.idle)
    assert workspace.front is screen
    assert screen.acts.current == "comment"
    assert panel.text.toPlainText() == WORDS
    assert panel.text.hasFocus()
