"""Today orders by the tightest clock; the table pages by key and filters by chips."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.record_promise import KeepPromise, RecordPromise
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from tests.ui.conftest import MovingClock, complain, rest, show
from ui.models.tickets import COLUMNS, PAGE
from ui.screens.complaints import ComplaintsScreen
from ui.screens.today import TodayScreen
from ui.shell.workspace import Workspace
from ui.widgets.feedback import EmptyState
from ui.widgets.text import ClockPill


def today(workspace: Workspace) -> TodayScreen:
    show(workspace, "today")
    assert isinstance(workspace.front, TodayScreen)
    return workspace.front


def complaints(workspace: Workspace) -> ComplaintsScreen:
    show(workspace, "complaints")
    assert isinstance(workspace.front, ComplaintsScreen)
    return workspace.front


def test_an_empty_day_says_that_all_is_done(workspace: Workspace) -> None:
    assert today(workspace).findChildren(EmptyState)


def test_the_tightest_clock_stands_first_and_names_its_rule(
    workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    ordinary = complain(desk, verbatim="送货晚了三天")
    urgent = complain(desk, verbatim="孩子住院了", phone="13800003301")
    desk.act(urgent.stream, ClassifyTicket("PQ-02", 1))
    clock.move(timedelta(minutes=5))
    screen = today(workspace)
    rows = [f.accessibleName() for f in screen._list.findChildren(type(screen._list).__mro__[1])]
    shown = [name for name in rows if urgent.number in name or ordinary.number in name]
    assert urgent.number in shown[0]
    pills = screen._list.findChildren(ClockPill)
    assert pills[0].text.startswith("剩 24:")
    assert "30 分钟" in pills[0].toolTip()
    assert screen.tiles["open"].accessibleName().startswith("处理中 2")


def test_clocks_run_while_the_screen_is_looked_at(
    workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    complain(desk)
    screen = today(workspace)
    pill = screen._list.findChildren(ClockPill)[0]
    before = pill.text
    clock.move(timedelta(hours=3))
    workspace.ui.tick.emit(desk.now())
    assert pill.text != before
    assert pill.text.startswith("超")
    assert pill.tone == "bad"


def test_a_customer_at_the_counter_is_shown_until_served(
    workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    desk.open_ticket(
        {"verbatim": "等了半天", "expectation": "退款", "emotion": 4, "customer_name": "周慧"},
        channel="counter",
        quick=False,
        arrived_at=clock.at - timedelta(minutes=9),
        draft=None,
    )
    screen = today(workspace)
    words = [label.text() for label in screen._side_box.findChildren(QLabel)]
    assert any(word.startswith("已等 9 分钟") and "情绪 4" in word for word in words)
    assert [waiting.name for waiting, *_rest in screen._waits] == ["周慧"]


def test_what_was_promised_for_today_stands_beside_the_list_until_it_is_kept(
    workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    """CO-08: the promises of the day and those that ran out; tomorrow's are not there."""
    ticket = complain(desk).stream
    for name, text, hours in (("p1", "上门检测", 3), ("p2", "补偿到账", 6), ("p3", "送样", 30)):
        due = clock.at + timedelta(hours=hours)
        assert not isinstance(desk.act(ticket, RecordPromise(name, text, due=due)), Refusal)
    clock.move(timedelta(hours=4))
    words = _side_words(today(workspace))
    assert "今天的承诺" in words
    assert words.index("上门检测") < words.index("补偿到账")
    assert "送样" not in words
    assert [p.due < desk.now() for p in desk.today().promises] == [True, False]
    assert today(workspace)._names.rule("CO-08") == "对顾客承诺的时间"
    desk.act(ticket, KeepPromise("p1"))
    desk.act(ticket, KeepPromise("p2"))
    assert not desk.today().promises
    assert "今天的承诺" not in _side_words(today(workspace))


def _side_words(screen: TodayScreen) -> list[str]:
    found = [part.accessibleName() or part.text() for part in screen._side_box.findChildren(QLabel)]
    return [word for word in found if word]


def test_the_table_loads_page_after_page_and_opens_a_row_by_enter(
    workspace: Workspace, desk: Desk
) -> None:
    for number in range(PAGE + 7):
        complain(desk, verbatim=f"第 {number} 件", phone=f"138{number:08d}")
    screen = complaints(workspace)
    assert screen.model.total == PAGE + 7
    assert screen.model.rowCount() == PAGE + 7
    assert screen.model.row_at(screen.model.index(PAGE, 0)) is None
    screen.table.scrollToBottom()
    rest(workspace)
    first = screen.model.row_at(screen.model.index(0, 0))
    numbers = {
        screen.model.index(at, COLUMNS.index("number")).data()
        for at in range(screen.model.rowCount())
    }
    assert len(numbers) == PAGE + 7
    screen.table.setCurrentIndex(screen.model.index(0, 0))
    QTest.keyClick(screen.table, Qt.Key.Key_Return)
    assert first is not None
    assert workspace.route == ("ticket", first.stream)


def test_chips_and_words_filter_and_clearing_shows_all_again(
    workspace: Workspace, desk: Desk
) -> None:
    milk = complain(desk, verbatim="牛奶过期了")
    desk.act(milk.stream, ClassifyTicket("PQ-02", 2))
    complain(desk, verbatim="收银员态度很差", phone="13800003304")
    screen = complaints(workspace)
    assert screen.model.rowCount() == 2
    screen.levels.chip("2").click()
    rest(workspace)
    assert [screen.model.index(0, COLUMNS.index("number")).data()] == [milk.number]
    assert screen.model.rowCount() == 1
    screen.levels.chip("2").click()
    screen.search.setText("态度")
    screen.refresh()
    rest(workspace)
    assert screen.model.rowCount() == 1
    screen.search.setText("没有这样的词")
    screen.refresh()
    rest(workspace)
    assert screen._stack.currentWidget() is screen._empty_page
    screen.clear_filters()
    rest(workspace)
    assert screen.model.rowCount() == 2
