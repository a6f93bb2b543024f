"""The forms of the more menu: what they record, what they warn of, and what they say afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.domain.fold import APPLY
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import Policy
from desktop.services.desk import Desk
from desktop.services.policy_book import PolicyBook
from desktop.services.ticket_ports import TicketRow
from desktop.texts import LANGS, Texts
from tests.ui.conftest import PASSWORD, MovingClock, complain, rest, show
from tests.ui.story_kit import button, press, type_into
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_facts import Thumb
from ui.screens.ticket_form import read_day, read_moment
from ui.screens.ticket_forms_customer import PromiseForm
from ui.screens.ticket_forms_outcome import CaseForm, RejectForm
from ui.screens.ticket_forms_own import OwnFieldsForm
from ui.screens.ticket_forms_record import LinkForm
from ui.screens.ticket_forms_team import HelpForm, TransferForm
from ui.screens.ticket_more import FORMS, GROUPS
from ui.screens.ticket_panels import ReportPanel
from ui.screens.ticket_timeline import TimelineWriter
from ui.shell.workspace import Workspace
from ui.widgets.inputs import Select

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def ticket(desk: Desk) -> TicketRow:
    return complain(desk)


@pytest.fixture
def screen(workspace: Workspace, ticket: TicketRow) -> TicketScreen:
    show(workspace, "ticket", ticket.stream)
    assert isinstance(workspace.front, TicketScreen)
    return workspace.front


def words(screen: TicketScreen) -> str:
    labels = (*screen.timeline.findChildren(QLabel), *screen.register.findChildren(QLabel))
    return "\n".join(found.text() for found in labels)


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_event_has_its_words(lang: str) -> None:
    texts = Texts(lang)  # type: ignore[arg-type]
    assert [kind for kind in APPLY if not texts.has(f"event.{kind}")] == []


def test_the_timeline_says_more_than_the_name_of_what_is_done_here(screen: TicketScreen) -> None:
    """What a person does on a ticket is told with its facts, not by its name alone."""
    writer = TimelineWriter(screen.ui, screen._names)
    by_name_alone = {"person.erased"}
    assert set(APPLY) - writer.kinds() - by_name_alone == set()


def test_every_form_stands_in_one_group_of_the_menu() -> None:
    placed = [name for _group, _icon, names in GROUPS for name in names]
    assert sorted(placed) == sorted(FORMS)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        (" 2026年11月25日 ", date(2026, 11, 25)),
        ("2026/1/5", date(2026, 1, 5)),
        ("２０２６－１１－２５", date(2026, 11, 25)),
        ("2026-02-30", None),
        ("11-25", None),
        ("morgen", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_write_them(written: str, expected: date | None) -> None:
    assert read_day(written) == expected


def test_a_day_alone_lasts_until_its_end() -> None:
    at = read_moment("2026-11-25", CHINA)
    assert at is not None
    assert at.astimezone(UTC) == datetime(2026, 11, 25, 15, 59, tzinfo=UTC)
    assert read_moment("2026-11-25 14:30", CHINA) == datetime(2026, 11, 25, 14, 30, tzinfo=CHINA)
    assert read_moment("2026-11-25 25:00", CHINA) is None


def test_a_promise_above_authority_is_warned_of_before_and_marked_after(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """CO-08: kept whatever the amount, with a warning first; then it can be kept."""
    screen.open_form("promise")
    form = screen.acts.panels["promise"]
    assert isinstance(form, PromiseForm)
    type_into(form.text, "a new machine")
    type_into(form.amount, "3000")
    type_into(form.due, "gestern")
    form.ask()
    rest(workspace)
    assert "3,000.00" in form.warning.text
    press(button(form, "登记承诺"))
    rest(workspace)
    assert "2026-11-25 14:30" in form._due.note.text()
    form.due.setText("2026-11-25 14:30")
    press(button(form, "登记承诺"))
    rest(workspace)
    assert form.text.text() == ""
    page = desk.ticket(ticket.stream)
    assert page is not None
    promise = next(iter(page.state.promises.values()))
    assert promise.over_authority
    assert "超出权限" in words(screen)
    assert screen.alerts.isVisible()
    screen.open_form("kept")
    press(button(screen.acts.panels["kept"], "登记兑现"))
    rest(workspace)
    assert screen.page is not None
    assert next(iter(screen.page.state.promises.values())).kept is not None
    assert screen.acts.current != "kept"


def test_a_transfer_is_accepted_by_the_one_asked_and_the_fourth_is_warned_of(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """AS-03, AS-04, AS-11: note and reason are asked for; the owner stays until accepted."""
    form = screen.acts.panels["transfer"]
    assert isinstance(form, TransferForm)
    for turn in range(4):
        screen.open_form("transfer")
        rest(workspace)
        assert ("3" in form.warning.text) is (turn == 3)
        form.to.setCurrentIndex(1)
        type_into(form.reason, "shift ends")
        press(button(form, "提交转派"))
        rest(workspace)
        type_into(form.handover, "slip checked, technician at three")
        press(button(form, "提交转派"))
        rest(workspace)
        assert screen.page is not None
        assert len(screen.page.state.handovers) == turn + 1
    assert "transferred_often" in {a.code for a in screen.page.state.anomalies}
    assert screen.page.state.text("owner") == desk.actor().person
    desk.log_in("he", PASSWORD)
    screen.open_form("accept")
    press(button(screen.acts.panels["accept"], "确认接手"))
    rest(workspace)
    assert screen.page.state.text("owner") == desk.actor().person


def test_a_department_is_asked_and_its_answers_are_kept(
    screen: TicketScreen, workspace: Workspace
) -> None:
    """AS-09, FL-09: the departments of the pack, two answers, the last ends it."""
    screen.open_form("help")
    form = screen.acts.panels["help"]
    assert isinstance(form, HelpForm)
    type_into(form.text, "is it the batch?")
    press(button(form, "提交请求"))
    rest(workspace)
    answer = screen.acts.panels["help_answer"]
    for words_, result in (("the pump", "diagnosis"), ("new pump", "solution")):
        screen.open_form("help_answer")
        answer.answer.set_value(result)  # type: ignore[attr-defined]
        type_into(answer.text, words_)  # type: ignore[attr-defined]
        press(button(answer, "登记答复"))
        rest(workspace)
    assert screen.page is not None
    assert not any(asked.open for asked in screen.page.state.help_requests.values())
    assert "new pump" in words(screen)


def test_a_case_keeps_the_dates_of_its_notice_and_can_be_corrected(
    screen: TicketScreen, workspace: Workspace
) -> None:
    """CH-05: nothing is computed; a wrong date is said beside its line and writes nothing."""
    screen.open_form("case")
    form = screen.acts.panels["case"]
    assert isinstance(form, CaseForm)
    type_into(form.number, "SJ-1")
    type_into(form.received, "soon")
    press(button(form, "登记案件"))
    rest(workspace)
    assert screen.page is not None
    assert screen.page.state.external_cases == {}
    assert form._received.note.isVisible()
    form.received.setText("2026-11-20")
    form.reply_by.setText("2026-11-27")
    form.hearing.setText("2026-12-01 09:30")
    press(button(form, "登记案件"))
    rest(workspace)
    assert "2026-11-27" in words(screen)
    screen.open_form("case")
    form.case.setCurrentIndex(1)
    assert form.hearing.text() == "2026-12-01 09:30"
    form.reply_by.setText("2026-11-30")
    press(button(form, "登记案件"))
    rest(workspace)
    case = next(iter(screen.page.state.external_cases.values()))
    assert case.reply_by == date(2026, 11, 30)


def test_a_rejection_needs_all_five_routes_and_stays_open(
    screen: TicketScreen, workspace: Workspace, desk: Desk
) -> None:
    """R14, 消法 39: a clerk is refused, a route that is missing too; then it stands open."""
    screen.open_form("reject")
    form = screen.acts.panels["reject"]
    assert isinstance(form, RejectForm)
    type_into(form.reason, "no fault found by the laboratory")
    press(button(form, "答复不予支持"))
    rest(workspace)
    assert "主管" in workspace.toast.text
    desk.log_in("he", PASSWORD)
    for mark in list(form.routes.values())[:4]:
        press(mark)
    press(button(form, "答复不予支持"))
    rest(workspace)
    assert screen.page is not None
    assert not screen.page.state.rejected
    press(form.routes["court"])
    press(button(form, "答复不予支持"))
    rest(workspace)
    assert screen.page.state.rejected
    assert screen.page.state.closed is None
    assert screen.acts.fits("release")


def test_complaints_are_linked_and_unlinked_on_both_sides(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    other = complain(desk, phone="13900001111", verbatim="同一台洗衣机又漏")
    screen.open_form("link")
    form = screen.acts.panels["link"]
    assert isinstance(form, LinkForm)
    type_into(form.search, other.number)
    form.look()
    rest(workspace)
    press(button(form, "关联"))
    rest(workspace)
    page = desk.ticket(other.stream)
    assert page is not None
    assert [link.other for link in page.state.live_links] == [ticket.stream]
    screen.open_form("unlink")
    unlink = screen.acts.panels["unlink"]
    type_into(unlink.reason, "another machine")  # type: ignore[attr-defined]
    press(button(unlink, "取消关联"))
    rest(workspace)
    assert screen.page is not None
    assert screen.page.state.live_links == ()


def test_the_packs_own_fields_are_filled_in_and_shown(
    screen: TicketScreen, workspace: Workspace
) -> None:
    """CF-01: each kind by its own input; a day as people write it; shown in plain words."""
    screen.open_form("own_fields")
    form = screen.acts.panels["own_fields"]
    assert isinstance(form, OwnFieldsForm)
    area, day = form.inputs["sales_area"], form.inputs["repair_promised"]
    assert isinstance(area, Select)
    area.set_value("appliance")
    type_into(day, "2026/11/30")
    press(button(form, "保存"))
    rest(workspace)
    assert "家电数码" in words(screen)
    assert "2026-11-30" in words(screen)


def test_a_waiting_customer_is_seen_with_the_way_to_end_the_wait(
    workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """SL-10: the wait is said until somebody ends it."""
    fields: dict[str, str | int | bool] = {"verbatim": "等了很久", "emotion": 3, "expectation": "x"}
    row = desk.open_ticket(
        fields, channel="counter", quick=False, arrived_at=clock.now(), draft=None
    )
    assert isinstance(row, TicketRow)
    clock.move(timedelta(minutes=5))
    show(workspace, "ticket", row.stream)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    assert screen.alerts.isVisible()
    screen.open_form("attend")
    press(button(screen.acts.panels["attend"], "已接待"))
    rest(workspace)
    assert screen.page is not None
    assert screen.page.state.served_at is not None
    assert not screen.alerts.isVisible()


def test_a_ticket_is_shown_by_the_pack_it_began_with(
    workspace: Workspace, desk: Desk, ticket: TicketRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FL-07: a newer pack in force changes no step, code or script of an older ticket."""
    from dataclasses import replace

    old: Policy = desk.policy
    flow = replace(old.flows["store"], title={"zh_CN": "新流程", "en": "New"})
    newer = replace(
        old,
        version="2099.1.1",
        flows={**old.flows, "store": flow},
        codes={"ZZ-01": replace(old.codes["SP-11"], id="ZZ-01")},
    )
    book = PolicyBook(newer, {old.version: old})
    monkeypatch.setattr(desk.use_cases.handling, "_policies", book)
    show(workspace, "ticket", ticket.stream)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    assert screen._steps_card.heading.text() == "标准流程"
    screen.open_form("classify")
    classify = screen.acts.panels["classify"]
    rest(workspace)
    assert classify.code.findData("SP-11") > 0  # type: ignore[attr-defined]
    assert classify.code.findData("ZZ-01") < 0  # type: ignore[attr-defined]


def test_a_pasted_picture_is_seen_in_full_turned_and_closed(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """EV-01: Ctrl+V keeps the clipboard's picture; the viewer zooms, turns and ends by Esc."""
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    QGuiApplication.clipboard().setImage(image)
    screen.setFocus()
    QTest.keyClick(screen, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    rest(workspace)
    rest(workspace)
    screen.evidence.findChildren(Thumb)[0].click()
    rest(workspace)
    assert screen.viewer.isVisible()
    before = screen.viewer.view.transform()
    QTest.keyClick(screen.viewer.view, Qt.Key.Key_R)
    QTest.keyClick(screen.viewer.view, Qt.Key.Key_Plus)
    assert screen.viewer.view.transform() != before
    QTest.keyClick(screen.viewer.view, Qt.Key.Key_Escape)
    assert not screen.viewer.isVisible()
    assert workspace.route[0] == "ticket"


def test_a_closed_ticket_can_still_be_handled_again(
    screen: TicketScreen, workspace: Workspace, desk: Desk, ticket: TicketRow
) -> None:
    """NC-05: only once the customer was answered; one level more urgent."""
    assert screen.page is not None
    assert not screen.acts.fits("reopen")
    assert not isinstance(desk.act(ticket.stream, RecordSolution("换新")), Refusal)
    evidence = AttachEvidence("0" * 64, "image/png", 1, "photo", "x.png")
    assert not isinstance(desk.act(ticket.stream, evidence), Refusal)
    screen.refresh()
    rest(workspace)
    screen.open_form("reopen")
    form = screen.acts.panels["reopen"]
    type_into(form.reason, "it leaks again")  # type: ignore[attr-defined]
    press(button(form, "重新处理"))
    rest(workspace)
    assert screen.page.state.level == 2
    assert screen.page.state.handover is not None
    assert screen.alerts.isVisible()


def test_the_written_report_is_drafted_and_typing_is_never_replaced(
    screen: TicketScreen, workspace: Workspace
) -> None:
    """CO-02: the facts are drafted where nothing is typed yet."""
    screen.open_form("report")
    panel = screen.acts.panels["report"]
    assert isinstance(panel, ReportPanel)
    press(panel.draft)
    rest(workspace)
    assert "漏了一地" in panel.text.toPlainText()
    panel.text.setPlainText("mine")
    press(panel.draft)
    rest(workspace)
    assert panel.text.toPlainText() == "mine"
