"""The intake at the counter: keys at human speed, scanners, drafts side by side, one red key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter
from tests.ui.conftest import MovingClock, complain, rest, show
from tests.ui.story_kit import Clerk
from ui.screens.intake import IntakeScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.wedge import WedgeReader


@pytest.fixture
def intake(workspace: Workspace) -> IntakeScreen:
    show(workspace, "intake")
    assert isinstance(workspace.front, IntakeScreen)
    return workspace.front


def test_a_quick_note_takes_less_than_a_minute_of_keys(
    intake: IntakeScreen, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """IN-02: 先记一句."""
    clerk = Clerk(clock)
    clerk.press(Qt.Key.Key_Home)
    intake.form.verbatim.setFocus()
    clerk.type("washer leaks again, floor is wet, wants a call today before six")
    clerk.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert settle(lambda: workspace.route[0] == "ticket")
    assert clerk.taken < timedelta(seconds=60)
    assert desk.count(TicketFilter()) == 1


def test_a_full_entry_by_keyboard_takes_less_than_five_minutes(
    intake: IntakeScreen, workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """IN-02, IN-03: words, wish, emotion, code, level, customer, goods, receipt."""
    clerk, form = Clerk(clock), intake.form
    form.verbatim.setFocus()
    clerk.type("The washer was repaired last week and today it leaked all over the floor again.")
    clerk.press(Qt.Key.Key_Tab)
    clerk.type("A new machine or all the money back, and an answer today.")
    clerk.tab_to(form.emotion)
    clerk.press(Qt.Key.Key_3)
    clerk.tab_to(form.code)
    form.code.set_value("PQ-07")
    clerk.tab_to(form.level)
    form.level.chip("3").setFocus()
    clerk.press(Qt.Key.Key_Space)
    for name, words in (
        ("customer_name", "Wang Jianguo"),
        ("phone", "13800002201"),
        ("product", "TG100 washer"),
        ("receipt_no", "2832510581"),
        ("amount", "2999"),
    ):
        clerk.tab_to(form.lines[name])
        clerk.type(words)
    clerk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert settle(lambda: workspace.route[0] == "ticket")
    assert clerk.taken < timedelta(minutes=5)
    rest(workspace)
    page = desk.ticket(str(workspace.route[1]))
    assert page is not None
    assert (page.state.text("code"), page.state.level) == ("PQ-07", 3)
    assert page.state.text("phone") == "13800002201"


def test_one_key_opens_the_red_channel_with_what_is_there(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    """CL-01."""
    QTest.keyClicks(intake.form.verbatim, "my child is in hospital")
    intake.form.lines["amount"].setText("a lot")
    QTest.keyClick(intake, Qt.Key.Key_F8)
    assert settle(lambda: workspace.route[0] == "ticket")
    rest(workspace)
    page = desk.ticket(str(workspace.route[1]))
    assert page is not None
    assert page.state.level == 1
    assert page.state.text("verbatim") == "my child is in hospital"
    assert not desk.drafts()


def test_a_burst_of_keys_is_a_scan_and_typing_is_none() -> None:
    reader = WedgeReader()
    for place, digit in enumerate("6901234567892"):
        reader.feed(digit, 1000 + 5 * place)
    assert reader.end(1066) == "6901234567892"
    for place, digit in enumerate("6901234567892"):
        reader.feed(digit, 5000 + 90 * place)
    assert reader.end(6200) == ""


def test_a_scan_fills_its_field_and_leaves_the_one_in_hand_alone(
    intake: IntakeScreen, workspace: Workspace
) -> None:
    form, ticks = intake.form, iter(range(0, 10_000, 4))
    intake.scans._clock = lambda: float(next(ticks))
    form.verbatim.setFocus()
    QTest.keyClicks(form.verbatim, "it leaks ")
    window = workspace.window().windowHandle()
    assert window is not None
    for code in ("6901234567892", "2832510581"):
        QTest.keyClicks(form.verbatim, code)  # what the scanner types arrives in the field …
        intake.scans._reader = WedgeReader()
        for digit in code:
            intake.scans._reader.feed(digit, intake.scans._clock())
        assert intake.scans._ended(intake.scans._clock())  # … until Enter tells that it was one
    assert form.verbatim.toPlainText() == "it leaks "
    assert form.lines["sku"].text() == "6901234567892"
    assert form.lines["receipt_no"].text() == "2832510581"


def test_two_customers_are_taken_in_side_by_side(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    """IN-16."""
    QTest.keyClicks(intake.form.verbatim, "first customer")
    QTest.keyClick(intake, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    rest(workspace)
    assert not intake.form.verbatim.toPlainText()
    QTest.keyClicks(intake.form.verbatim, "second customer")
    QTest.keyClick(intake, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    rest(workspace)
    assert len(intake.drafts.drafts) == 2
    intake.drafts.chosen.emit(intake.drafts.drafts[0])
    rest(workspace)
    one = intake.form.verbatim.toPlainText()
    intake.drafts.step(1, intake._draft)
    rest(workspace)
    assert {one, intake.form.verbatim.toPlainText()} == {"first customer", "second customer"}
    assert len(desk.drafts()) == 2


def test_a_discarded_draft_comes_back_by_undo(intake: IntakeScreen, workspace: Workspace) -> None:
    QTest.keyClicks(intake.form.verbatim, "half a story")
    intake._keep()
    rest(workspace)
    intake.discard_draft()
    rest(workspace)
    assert not intake.form.verbatim.toPlainText()
    intake.undo_discard()
    assert intake.form.verbatim.toPlainText() == "half a story"


def test_undo_in_a_text_takes_back_what_was_typed(intake: IntakeScreen) -> None:
    QTest.keyClicks(intake.form.verbatim, "wrong")
    QTest.keyClick(intake.form.verbatim, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert intake.form.verbatim.toPlainText() == ""


def test_the_card_fills_empty_fields_and_shows_why(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    """IN-07, IN-09."""
    complain(desk, member_no="M20260107", tier="vip")
    intake.form.lines["member_no"].setText("M20260107")
    intake._rested()
    assert settle(lambda: intake.found.card is not None)
    intake.found._fill()
    assert intake.form.lines["customer_name"].text() == "王建国"
    assert intake.form.vip.isChecked()
    rest(workspace)


def test_the_packs_own_field_is_offered_and_kept(
    intake: IntakeScreen, workspace: Workspace, desk: Desk
) -> None:
    """CF-01."""
    editor = intake.form.custom.fields["sales_area"].editor
    editor.set_value("fresh")  # type: ignore[attr-defined]
    QTest.keyClicks(intake.form.verbatim, "sour milk")
    intake.submit(quick=True)
    assert settle(lambda: workspace.route[0] == "ticket")
    rest(workspace)
    page = desk.ticket(str(workspace.route[1]))
    assert page is not None
    assert page.custom["sales_area"] == "fresh"
