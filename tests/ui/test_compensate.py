"""Compensate: who decides is said first, the law is worked out, linked sums count, it is signed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import complain, rest, show
from tests.ui.story_kit import press
from ui.screens.compensate import CompensateScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button
from ui.widgets.print_preview import PrintPreview


@pytest.fixture
def ticket(desk: Desk) -> TicketRow:
    row = complain(desk, tier="vip")
    assert not isinstance(desk.act(row.stream, ClassifyTicket("PQ-07", 3)), Refusal)
    return row


@pytest.fixture
def screen(workspace: Workspace, ticket: TicketRow) -> CompensateScreen:
    show(workspace, "compensate", (ticket.stream, ""))
    assert isinstance(workspace.front, CompensateScreen)
    return workspace.front


def words(screen: CompensateScreen) -> list[str]:
    return [found.text() for found in screen.findChildren(QLabel)]


def test_the_form_says_who_decides_before_anything_is_written(
    screen: CompensateScreen, workspace: Workspace
) -> None:
    """CO-01, CO-03: the band decides, and the button says who."""
    bands = (("2000.00", "granted", "给予"), ("2000.01", "needs_approval", "主管"))
    for amount, decision, said in bands:
        screen.form.amount.clear()
        QTest.keyClicks(screen.form.amount, amount)
        screen.form.ask()
        rest(workspace)
        assert screen.form.ruling is not None
        assert screen.form.ruling.decision == decision
        assert said in screen.form.propose.text()
    assert screen.page is not None
    assert screen.page.state.compensation == {}


def test_what_the_clerk_may_give_is_granted_by_enter_and_can_be_paid(
    screen: CompensateScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    assert screen.form.amount.hasFocus()
    QTest.keyClicks(screen.form.amount, "300")
    QTest.keyClick(screen.form.amount, Qt.Key.Key_Return)
    rest(workspace)
    assert screen.page is not None
    item = next(iter(screen.page.state.compensation.values()))
    assert (item.status, item.amount) == ("granted", Decimal("300"))
    pay = next(b for b in screen.items.findChildren(Button) if b.text() == "登记发放")
    pay.click()
    rest(workspace)
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert next(iter(page.state.compensation.values())).paid is not None


def test_an_amount_that_is_none_is_said_and_not_proposed(
    screen: CompensateScreen, workspace: Workspace
) -> None:
    for written in ("", "0", "-5", "1.234", "abc"):
        screen.form.amount.setText(written)
        screen.form.submit()
        rest(workspace)
        assert screen.page is not None
        assert screen.page.state.compensation == {}, written
        assert screen.form.amount_error, written


def test_the_rung_for_this_code_and_grade_fills_the_form(
    screen: CompensateScreen, workspace: Workspace
) -> None:
    """CO-05: PQ-07 of a VIP is offered the VIP rungs, and one press fills the form."""
    shown = words(screen)
    assert any("VIP" in text and "维修" in text for text in shown)
    assert not any("权益保障" in text for text in shown)
    use = [b for b in screen.form.findChildren(Button) if b.text() == "填入"]
    use[0].click()
    rest(workspace)
    assert screen.form.amount.text() == "100.00"
    assert screen.form.instrument.value() == "voucher"
    assert screen.form.ruling is not None


def test_goodwill_of_a_linked_complaint_counts_and_is_named(
    workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """D4: a linked complaint's goodwill stands in the sum, with its number."""
    other = complain(desk, phone="13800002299")
    given = desk.new_compensation("voucher", "goodwill", Decimal("1900"), "customer", "")
    assert not isinstance(desk.act(other.stream, given), Refusal)
    assert not isinstance(desk.link(ticket.stream, other.stream, "duplicate"), Refusal)
    show(workspace, "compensate", (ticket.stream, ""))
    screen = workspace.front
    assert isinstance(screen, CompensateScreen)
    assert any(other.number in text and "1,900.00" in text for text in words(screen))
    screen.form.amount.setText("101")
    screen.form.ask()
    rest(workspace)
    assert screen.form.ruling is not None
    assert screen.form.ruling.decision == "needs_approval"


def test_the_law_is_worked_out_from_the_purchase_with_its_articles(
    screen: CompensateScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """D6, R9, R10: within seven days and six months, by date, price and category."""
    law = screen.law
    law.bought.setText("2026-11-18")
    law.price.setText("2999")
    law.category.set_value("durable")
    law.work_out()
    assert [item.article for item in law.found] == ["消法 23", "消法 24"]
    # And the three guarantees of its kind of goods, once it does not work
    law.facts["performance_fault"].setChecked(True)
    assert not law._group.isHidden()
    law.group.set_value("phone_battery")
    assert "手机电池" in law.found[-1].what["zh_CN"]
    law.facts["performance_fault"].setChecked(False)
    assert law._group.isHidden()
    assert [item.article for item in law.found] == ["消法 23", "消法 24"]
    assert any("2,999.00" in text for text in words(screen))
    law.facts["fraud"].setChecked(True)
    fraud = law.found[-1]
    assert (fraud.article, fraud.amount, fraud.assessed_by) == (
        "消法 55(1)",
        Decimal("8997.00"),
        "legal",
    )
    use = next(b for b in law.findChildren(Button) if b.accessibleName().endswith("消法 55(1)"))
    use.click()
    rest(workspace)
    assert screen.form.ledger.value() == "statutory"
    assert screen.form.ruling is not None
    assert screen.form.ruling.approver == "legal"
    law.save()
    rest(workspace)
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert page.state.text("bought_at") == "2026-11-18"


def test_a_day_that_is_none_gives_no_entitlement(screen: CompensateScreen) -> None:
    screen.law.price.setText("100")
    for written in ("", "昨天", "2026-13-01", "2027-01-01"):
        screen.law.bought.setText(written)
        screen.law.work_out()
        assert screen.law.found == (), written


def test_a_price_of_part_cents_or_a_wrong_receipt_gives_no_entitlement(
    screen: CompensateScreen,
) -> None:
    """CO-13: asked for again while it is typed, never an error."""
    screen.law.bought.setText("2026-11-18")
    screen.law.price.setText("29.999")
    screen.law.work_out()
    assert screen.law.purchase() is None
    screen.law.price.setText("29.99")
    for received in ("2026-11-17", "2099-01-01"):
        screen.law.received.setText(received)
        screen.law.work_out()
        assert screen.law.purchase() is None, received


@pytest.mark.parametrize(("amount", "said"), [("300", "已给予 300"), ("9000", "等待")])
def test_what_became_of_a_proposal_is_said_and_goes_on_there(
    screen: CompensateScreen, workspace: Workspace, amount: str, said: str
) -> None:
    """A grant leads to its handing over, what waits for an approver back to the complaint."""
    workspace.window().resize(QSize(1280, 720))
    QTest.keyClicks(screen.form.amount, amount)
    screen.form.ask()
    rest(workspace)
    press(screen.form.propose, Qt.Key.Key_Return)
    rest(workspace)
    assert settle(lambda: said in workspace.toast.text)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert (
        "返回" in focus.accessibleName()
        if amount == "9000"
        else focus in screen.items.lines.values()
    )
    assert settle(lambda: not screen.items.visibleRegion().isEmpty())


def test_without_headquarters_the_phone_says_why_not(
    workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    command = desk.new_compensation("voucher", "goodwill", Decimal("2500"), "customer", "")
    desk.act(ticket.stream, command)
    show(workspace, "compensate", (ticket.stream, "phone"))
    screen = workspace.front
    assert isinstance(screen, CompensateScreen)
    rest(workspace)
    assert screen.phone.isVisible()
    assert "总部" in screen.phone.banner.text
    assert not screen.phone.start.isEnabled()


def test_a_signature_on_the_pad_is_kept_as_evidence_and_signs(
    workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """CO-10: a scribble is no signature, strokes are; the picture is evidence."""
    assert not isinstance(desk.act(ticket.stream, RecordSolution("换新")), Refusal)
    show(workspace, "compensate", (ticket.stream, ""))
    screen = workspace.front
    assert isinstance(screen, CompensateScreen)
    pad = screen.paper.pad
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    assert not screen.paper.keep.isEnabled()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    for step in range(12):
        QTest.mouseMove(pad, QPoint(20 + 10 * step, 40 + 5 * (step % 3)))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(140, 50))
    assert screen.paper.keep.isEnabled()
    screen.paper.keep.click()
    rest(workspace)
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert page.state.signed is not None
    kept = page.state.evidence[-1]
    assert kept.role == "settlement"
    assert isinstance(kept.content, str)
    content = desk.attachment(kept.content)
    assert content is not None
    assert content.startswith(b"\x89PNG")


def test_the_settlement_is_written_as_pdf(
    screen: CompensateScreen, workspace: Workspace, desk: Desk, ticket: TicketRow, tmp_path: Path
) -> None:
    path = tmp_path / "settlement.pdf"
    screen.write_document("settlement", path)
    rest(workspace)
    assert not path.exists()
    desk.act(ticket.stream, RecordSolution("换新"))
    screen.write_document("settlement", path)
    assert settle(lambda: workspace.ui.background.idle, timeout_ms=60_000)
    assert path.read_bytes().startswith(b"%PDF")


def test_the_settlement_is_previewed_before_it_is_printed(
    screen: CompensateScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """CO-10: the same preview as every paper, with the printer of settlements."""
    desk.act(ticket.stream, RecordSolution("换新"))
    screen.print_settlement()
    assert settle(lambda: bool(workspace.window().findChildren(PrintPreview)))
    (preview,) = workspace.window().findChildren(PrintPreview)
    assert settle(lambda: bool(preview.pages), timeout_ms=60_000)
    assert ticket.number in preview.windowTitle()
    preview.close()


def test_like_cases_give_the_precedent_and_the_case_itself_does_not(
    workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """CO-05: median and n of like cases in 90 days."""
    for amount in ("100", "300"):
        like = complain(desk, phone=f"1390000{amount:0>4}")
        desk.act(like.stream, ClassifyTicket("PQ-07", 3))
        desk.act(
            like.stream,
            desk.new_compensation("voucher", "goodwill", Decimal(amount), "customer", ""),
        )
    own = desk.new_compensation("voucher", "goodwill", Decimal("1500"), "customer", "")
    desk.act(ticket.stream, own)
    show(workspace, "compensate", (ticket.stream, ""))
    screen = workspace.front
    assert isinstance(screen, CompensateScreen)
    assert any("200.00" in text and "n = 2" in text for text in words(screen))


def test_escape_leads_back_to_the_ticket(screen: CompensateScreen, workspace: Workspace) -> None:
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    rest(workspace)
    assert workspace.route[0] == "ticket"


def test_what_one_customer_told_is_not_ticked_for_the_next(
    screen: CompensateScreen, workspace: Workspace, desk: Desk
) -> None:
    """CO-13: facts, quantity and loss of one purchase give the next customer nothing."""
    law = screen.law
    for mark in law.facts.values():
        mark.setChecked(True)
    law.quantity.setText("3")
    law.loss.setText("900")
    law.channel.set_value("distance")
    other = complain(desk, phone="13900002299", verbatim="排队太久")
    show(workspace, "compensate", other.stream)
    assert not any(mark.isChecked() for mark in law.facts.values())
    assert (law.quantity.text(), law.loss.text(), law.channel.value()) == ("", "", "store")
