"""The ticket's screen walks the SOP, says who decides on money, and keeps evidence."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import PASSWORD, complain, rest, show
from ui.main_window import MainWindow
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_acts import ORDER
from ui.screens.ticket_facts import Thumb, camera_folder
from ui.screens.ticket_panels import ContactPanel, SurveyPanel, TextPanel
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button


@pytest.fixture
def ticket(desk: Desk) -> TicketRow:
    return complain(desk)


@pytest.fixture
def screen(workspace: Workspace, ticket: TicketRow) -> TicketScreen:
    show(workspace, "ticket", ticket.stream)
    assert isinstance(workspace.front, TicketScreen)
    return workspace.front


def finish(desk: Desk, stream: str, step: str) -> None:
    """Tick what a step asks for and complete it."""
    page = desk.ticket(stream)
    assert page is not None
    assert page.current is not None
    assert page.current.id == step
    for item in page.current.do:
        if item.required:
            desk.act(stream, TickCheck(step, item.id, True))
    outcome = desk.act(stream, CompleteStep(step))
    assert not isinstance(outcome, Refusal), outcome


def test_a_step_is_completed_by_ctrl_enter_once_its_checks_are_ticked(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    assert not screen.step.complete.isEnabled()
    for name in ("calm.listened", "calm.safe"):
        screen.step.checks[name].click()
        rest(workspace)
    assert screen.step.complete.isEnabled()
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert settle(
        lambda: (
            screen.page is not None
            and screen.page.current is not None
            and screen.page.current.id == "record"
        )
    )
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert "calm" in page.state.steps_done


def test_a_closed_gate_is_named_and_its_link_opens_the_form_that_opens_it(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    finish(desk, ticket.stream, "calm")
    finish(desk, ticket.stream, "record")
    screen.refresh()
    rest(workspace)
    links = [b for b in screen.step.findChildren(Button) if "编码" in b.text()]
    assert links
    assert not screen.step.complete.isEnabled()
    links[0].click()
    assert screen.acts.choice.value() == "classify"
    assert screen.acts.panels["classify"].isVisible()


def test_the_script_follows_the_emotion_and_can_be_recorded(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    calm = screen.step._quote.text()
    screen.step.emotion.set_value("5")
    assert screen.step._quote.text() != calm
    screen.step._record.click()
    rest(workspace)
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert page.state.value("emotion") == 5


def test_the_supervisor_approves_what_the_clerk_proposed_above_the_limit(
    desk: Desk, ticket: TicketRow, open_window: Callable[..., MainWindow]
) -> None:
    command = desk.new_compensation("voucher", "goodwill", Decimal("2000.01"), "customer", "")
    desk.act(ticket.stream, command)
    desk.log_in("he", PASSWORD)
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    show(window.workspace, "ticket", ticket.stream)
    screen = window.workspace.front
    assert isinstance(screen, TicketScreen)
    approve = next(b for b in screen.money.findChildren(Button) if b.text() == "批准")
    approve.click()
    rest(window.workspace)
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert next(iter(page.state.compensation.values())).status == "approved"


def test_the_proposer_is_offered_no_approval(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    command = desk.new_compensation("voucher", "goodwill", Decimal("2500.00"), "customer", "")
    desk.act(ticket.stream, command)
    screen.refresh()
    rest(workspace)
    assert not [b for b in screen.money.findChildren(Button) if b.text() == "批准"]


def test_a_contact_answers_the_first_clock_and_its_note_is_cleared(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    screen.acts.open("contact")
    panel = screen.acts.panels["contact"]
    assert isinstance(panel, ContactPanel)
    panel.note.setPlainText("约定 15:00 上门检测")
    panel.save()
    rest(workspace)
    assert panel.note.toPlainText() == ""
    page = desk.ticket(ticket.stream)
    assert page is not None
    first = next(d for d in page.deadlines if d.clock.name == "first_response")
    assert first.done_at is not None
    words = [label.text() for label in screen.timeline.findChildren(QLabel)]
    assert "约定 15:00 上门检测" in words


def test_a_refusal_is_said_and_changes_nothing(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    screen.acts.open("survey")
    panel = screen.acts.panels["survey"]
    assert isinstance(panel, SurveyPanel)
    panel.score.set_value("5")
    panel.save()
    rest(workspace)
    assert workspace.toast.isVisible()
    assert workspace.toast.text
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert page.state.surveys == ()


def test_typing_in_a_form_survives_a_look_at_the_data(
    screen: TicketScreen, workspace: Workspace
) -> None:
    screen.acts.open("comment")
    panel = screen.acts.panels["comment"]
    assert isinstance(panel, TextPanel)
    panel.text.setPlainText("还没写完")
    workspace.refresh()
    rest(workspace)
    assert panel.text.toPlainText() == "还没写完"
    assert screen.acts.choice.value() == "comment"


def test_a_picture_becomes_evidence_with_a_thumbnail(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow, tmp_path: Path
) -> None:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    photo = tmp_path / "leak.png"
    image.save(str(photo))
    screen.attach([photo], "photo")
    rest(workspace)
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert [str(e.name) for e in page.state.evidence] == ["leak.png"]
    rest(workspace)
    thumbs = screen.evidence.findChildren(Thumb)
    assert [thumb.accessibleName() for thumb in thumbs] == ["leak.png"]
    content = page.state.evidence[0].content
    assert isinstance(content, str)
    assert desk.attachment(content) == photo.read_bytes()


def test_a_big_photo_says_that_it_travels_small_and_shows_its_original(
    screen: TicketScreen, workspace: Workspace, tmp_path: Path
) -> None:
    """EV-01: one picture to the eye, the original in full where it lies."""
    photo = tmp_path / "leak.jpg"
    Image.frombytes("RGB", (1600, 500), os.urandom(2_400_000)).save(photo, quality=95)
    screen.attach([photo], "photo")
    rest(workspace)
    assert "原件" in workspace.toast.text
    (thumb,) = screen.evidence.findChildren(Thumb)
    assert "原件" in thumb.toolTip()
    QTest.mouseClick(thumb, Qt.MouseButton.LeftButton)
    rest(workspace)
    assert screen.viewer.isVisible()
    assert screen.viewer.view.picture_size.width() == 1600


def test_pictures_of_a_camera_are_offered_from_its_newest_folder(tmp_path: Path) -> None:
    for name, age in (("100APPLE", 2), ("101APPLE", 1)):
        folder = tmp_path / "card" / "DCIM" / name
        folder.mkdir(parents=True)
        os.utime(folder, (2_000_000_000 - age, 2_000_000_000 - age))
    volumes = [tmp_path / "nothing here", tmp_path / "card"]
    assert camera_folder(volumes).name == "101APPLE"
    assert camera_folder([tmp_path / "nothing here"]) != camera_folder(volumes)


def test_a_file_that_cannot_be_read_is_said_plainly(
    screen: TicketScreen, workspace: Workspace, tmp_path: Path
) -> None:
    screen.attach([tmp_path / "gone.jpg"], "photo")
    rest(workspace)
    assert workspace.toast.isVisible()
    assert "Traceback" not in workspace.toast.text


def test_clocks_say_which_rule_won_and_which_lost(workspace: Workspace, desk: Desk) -> None:
    vip = complain(desk, tier="vip", phone="13800009901")
    show(workspace, "ticket", vip.stream)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    tip = screen.header.clocks[0].toolTip()
    assert "VIP" in tip
    assert "2 小时" in tip


def test_other_complaints_cannot_be_mixed_up_when_answers_come_late(
    workspace: Workspace, desk: Desk
) -> None:
    first = complain(desk, verbatim="第一件")
    second = complain(desk, verbatim="第二件")
    workspace.go("ticket", first.stream)
    workspace.go("ticket", second.stream)
    rest(workspace)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    assert screen.page is not None
    assert screen.page.row.number == second.number


def test_a_paper_of_the_ticket_is_written_where_the_person_says(
    screen: TicketScreen, workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.pdf"
    screen.write_document("receipt", path)
    assert settle(lambda: workspace.ui.background.idle, timeout_ms=60_000)
    assert path.read_bytes().startswith(b"%PDF")
    assert "receipt.pdf" in workspace.toast.text


def test_a_settlement_before_a_solution_is_refused_in_words(
    screen: TicketScreen, workspace: Workspace, tmp_path: Path
) -> None:
    screen.write_document("settlement", tmp_path / "settlement.pdf")
    rest(workspace)
    assert not (tmp_path / "settlement.pdf").exists()
    assert workspace.toast.isVisible()


def test_a_walk_through_every_step_closes_the_ticket(workspace: Workspace, desk: Desk) -> None:
    row = complain(desk, verbatim="建议增加电动车充电位", phone="13800007701")
    desk.act(row.stream, ClassifyTicket(sorted(desk.policy.codes)[-1], 4))
    show(workspace, "ticket", row.stream)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    screen.acts.open("solution")
    solution = screen.acts.panels["solution"]
    assert isinstance(solution, TextPanel)
    solution.text.setPlainText("已转交物业评估，月底前答复")
    solution.save()
    rest(workspace)
    for _ in range(9):
        page = screen.page
        assert page is not None
        if page.current is None:
            break
        for name, mark in list(screen.step.checks.items()):
            if name.startswith(f"{page.current.id}.") and not mark.isChecked():
                mark.click()
                rest(workspace)
        assert screen.step.complete.isEnabled(), [m.text for m in page.missing]
        screen.step.complete.click()
        rest(workspace)
    assert screen.page is not None
    assert screen.page.state.closed is not None
    offered = [name for name in ORDER if screen.acts.choice.chip(name).isVisible()]
    assert sorted(offered) == ["comment", "evidence"]
