"""A complaint is taken in on one page; nothing typed is lost and nothing needed is missed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from desktop.bootstrap import open_desk
from desktop.domain.ticket import TicketState
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter
from tests.ui.conftest import MovingClock, complain, enter, rest, show
from tests.ui.story_kit import press
from ui.main_window import MainWindow
from ui.screens.intake import IntakeScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace


@pytest.fixture
def intake(workspace: Workspace) -> IntakeScreen:
    show(workspace, "intake")
    assert isinstance(workspace.front, IntakeScreen)
    return workspace.front


def state_of(desk: Desk, stream: str) -> TicketState:
    page = desk.ticket(stream)
    assert page is not None
    return page.state


def test_submitting_an_empty_page_names_what_is_missing(intake: IntakeScreen, desk: Desk) -> None:
    intake.submit()
    errors = {name: field.note.text() for name, field in intake.form._fields.items()}
    assert errors["verbatim"]
    assert errors["expectation"]
    assert errors["emotion"]
    assert desk.count(TicketFilter()) == 0
    QTest.keyClicks(intake.form.expectation, "refund")
    marks = {name: field.editor.property("invalid") for name, field in intake.form._fields.items()}
    assert marks["expectation"] == "false"
    assert marks["verbatim"] == "true"


def test_a_typed_complaint_becomes_a_ticket_with_all_its_facts(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    form = intake.form
    QTest.keyClicks(form.verbatim, "the washing machine leaks")
    form.expectation.setPlainText("换新机")
    QTest.keyClick(form.emotion, Qt.Key.Key_4)
    form.lines["phone"].setText("13800002201")
    form.lines["customer_name"].setText("王建国")
    form.lines["amount"].setText("2,999")
    form.vip.setChecked(True)
    form.code.set_value("PQ-06")
    form.level.set_value("3")
    QTest.keyClick(intake, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert settle(lambda: workspace.route[0] == "ticket")
    stream = workspace.route[1]
    assert isinstance(stream, str)
    rest(workspace)
    state = state_of(desk, stream)
    assert state.text("verbatim") == "the washing machine leaks"
    assert state.value("emotion") == 4
    assert state.text("tier") == "vip"
    assert state.text("amount") == "2999.00"
    assert state.text("code") == "PQ-06"
    assert state.level == 3
    assert desk.drafts() == [] or list(desk.drafts()) == []


def test_a_quick_note_needs_the_words_only(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    QTest.keyClicks(intake.form.verbatim, "call me back")
    intake.submit(quick=True)
    assert settle(lambda: workspace.route[0] == "ticket")
    assert state_of(desk, str(workspace.route[1])).text("verbatim") == "call me back"


@pytest.mark.parametrize("phone", ["138000", "abc", "1380000220x"])
def test_a_phone_number_that_cannot_be_one_is_named(intake: IntakeScreen, phone: str) -> None:
    intake.form.verbatim.setPlainText("words")
    intake.form.lines["phone"].setText(phone)
    intake.submit(quick=True)
    assert intake.form._fields["phone"].note.text()
    assert not intake._saving


def test_typing_is_kept_as_a_draft_that_a_new_window_offers_again(
    tmp_path: Path, clock: MovingClock, open_window: Callable[..., MainWindow]
) -> None:
    first = open_window(lambda: enter(open_desk(tmp_path / "store", clock=clock)))
    assert settle(lambda: first.workspace is not None)
    assert first.workspace is not None
    show(first.workspace, "intake")
    screen = first.workspace.front
    assert isinstance(screen, IntakeScreen)
    QTest.keyClicks(screen.form.verbatim, "screen has dead pixels")
    screen.form.emotion.set_value("2")
    first.close()

    def again() -> Desk:
        desk = open_desk(tmp_path / "store", clock=clock)
        desk.log_in("lin", "counter-desk-1")
        return desk

    second = open_window(again)
    assert settle(lambda: second.workspace is not None and not second.workspace.front.busy())
    assert second.workspace is not None
    draft = second.workspace.ui.desk.drafts()[0]
    show(second.workspace, "intake", draft)
    screen = second.workspace.front
    assert isinstance(screen, IntakeScreen)
    assert screen.form.verbatim.toPlainText() == "screen has dead pixels"
    assert screen.form.emotion.value() == "2"


def test_the_words_suggest_a_code_and_say_which_words_led_there(
    intake: IntakeScreen, workspace: Workspace
) -> None:
    intake.form.verbatim.setPlainText("孩子喝了过期酸奶住院了")
    intake._rested()
    rest(workspace)
    assert "过期" in intake.form._why.text()
    assert "住院" in intake.form._why.text()
    intake.form.use_suggestion()
    assert intake.form.code.value() == "PQ-02"
    assert intake.form.level.value() == "1"


def test_the_next_customers_page_says_nothing_of_the_one_before(
    intake: IntakeScreen, workspace: Workspace
) -> None:
    """A suggestion goes with its words, and the page begins at its top."""
    intake.form.verbatim.setPlainText("孩子吃了蛋糕以后呕吐，正在住院")
    assert settle(lambda: intake.form.suggestion.level == 1)
    intake.begin_another()
    rest(workspace)
    assert intake.form.suggestion.level is None
    assert "住院" not in " ".join(found.text() for found in intake.form.findChildren(QLabel))


def test_the_customers_card_stays_in_sight_however_far_down_one_types(
    intake: IntakeScreen, workspace: Workspace
) -> None:
    window = workspace.window()
    window.resize(QSize(1280, 720))
    assert settle(lambda: window.width() == 1280)
    intake.form.lines["amount"].setFocus()
    assert settle(lambda: in_sight(intake.form.lines["amount"]))
    assert in_sight(intake.found)
    press(intake.send)
    assert settle(lambda: in_sight(intake.form.verbatim)), "what is missing is shown"


def in_sight(widget: QWidget) -> bool:
    return not widget.visibleRegion().isEmpty()


def test_a_code_without_its_level_is_asked_for_and_not_lost(
    intake: IntakeScreen, desk: Desk, workspace: Workspace
) -> None:
    """CL-01, CL-03: they are recorded together, by the quick note as well."""
    intake.form.verbatim.setPlainText("洗衣机修好才三天又漏水了")
    intake.form.code.set_value("PQ-07")
    intake.submit(quick=True)
    rest(workspace)
    assert desk.count(TicketFilter()) == 0
    assert intake.form.level.chip("1").hasFocus()
    QTest.keyClick(intake.form.level.chip("1"), Qt.Key.Key_3)
    intake.submit(quick=True)
    assert settle(lambda: workspace.route[0] == "ticket")
    state = state_of(desk, str(workspace.route[1]))
    assert (state.text("code"), state.level) == ("PQ-07", 3)


def test_choosing_other_than_suggested_asks_for_the_reason(
    intake: IntakeScreen, workspace: Workspace
) -> None:
    intake.form.verbatim.setPlainText("孩子喝了过期酸奶住院了")
    intake._rested()
    rest(workspace)
    assert not intake.form._fields["override"].isVisible()
    intake.form.level.set_value("3")
    assert intake.form._fields["override"].isVisible()
    intake.submit()
    assert intake.form._fields["override"].note.property("role") == "error"


def test_the_customers_open_complaints_are_shown_while_typing(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    earlier = complain(desk)
    intake.form.lines["phone"].setText("13800002201")
    intake._rested()
    rest(workspace)
    buttons = [b.text() for b in intake.found.findChildren(type(intake.discard))]
    assert earlier.number in buttons


def test_discarding_forgets_the_draft(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    QTest.keyClicks(intake.form.verbatim, "never mind")
    intake._rested()
    rest(workspace)
    assert len(desk.drafts()) == 1
    intake.discard_draft()
    rest(workspace)
    assert len(desk.drafts()) == 0
    assert intake.form.verbatim.toPlainText() == ""
