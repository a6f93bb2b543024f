"""The list of all complaints: views by name, order, choice, files; and a jump to any row."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.services.desk import Desk
from tests.ui.conftest import MovingClock, complain, rest, show
from ui.main_window import MainWindow
from ui.models.tickets import COLUMNS, PAGE
from ui.screens import complaints_export
from ui.screens.complaints import ComplaintsScreen
from ui.screens.complaints_export import list_pdf
from ui.shell.workspace import Workspace
from ui.widgets.print_preview import PrintPreview


def complaints(workspace: Workspace) -> ComplaintsScreen:
    show(workspace, "complaints")
    assert isinstance(workspace.front, ComplaintsScreen)
    return workspace.front


def numbers(screen: ComplaintsScreen) -> list[str]:
    at = COLUMNS.index("number")
    return [screen.model.index(n, at).data() for n in range(screen.model.rowCount())]


def test_a_filter_is_kept_as_a_view_that_names_itself(workspace: Workspace, desk: Desk) -> None:
    milk = complain(desk, verbatim="牛奶过期了")
    desk.act(milk.stream, ClassifyTicket("PQ-02", 2))
    complain(desk, verbatim="收银员态度很差", phone="13800003304")
    screen = complaints(workspace)
    screen.period.set_value("2026Q4")
    screen.families.set_values(["PQ"])
    rest(workspace)
    assert numbers(screen) == [milk.number]
    screen.saved.ask_name()
    assert screen.saved.name.text() == "2026年第四季度产品质量"
    screen.saved.save()
    rest(workspace)
    screen.clear_filters()
    rest(workspace)
    assert len(numbers(screen)) == 2
    screen.saved.chips.chip("2026年第四季度产品质量").click()
    rest(workspace)
    assert numbers(screen) == [milk.number]
    screen.saved.delete()
    rest(workspace)
    assert list(desk.views.all()) == []


def test_what_is_not_filtered_offers_nothing_to_clear_or_to_keep(
    workspace: Workspace, desk: Desk
) -> None:
    complain(desk, verbatim="牛奶过期了")
    screen = complaints(workspace)
    rest(workspace)
    assert not screen._clear.isVisible()
    assert not screen.saved.save_button.isVisible()
    screen.levels.set_values(["1"])
    screen.refresh()
    rest(workspace)
    assert screen.saved.save_button.isVisible()
    screen._clear.setFocus()
    screen._clear.click()
    rest(workspace)
    assert not screen._clear.isVisible()
    assert screen.search.hasFocus() or screen.table.hasFocus()


def test_on_a_low_screen_the_rows_get_what_title_and_filters_would_take(
    workspace: Workspace, desk: Desk
) -> None:
    """200 % on 1280 × 720 leaves 304 logical pixels below the bar."""
    for number in range(8):
        complain(desk, verbatim=f"第{number}次来了")
    window = workspace.window()
    assert isinstance(window, MainWindow)
    window.resize(1280, 720)
    window.set_scale(2.0)
    assert window.workspace is not None
    screen = complaints(window.workspace)
    rest(window.workspace)
    row = screen.table.verticalHeader().defaultSectionSize()
    assert screen.table.viewport().height() >= 3 * row
    assert not screen.table.horizontalScrollBar().isVisible()
    assert screen.search.isVisible()
    assert not screen.period.isVisible()
    screen.levels.set_values(["3"])
    screen.refresh()
    assert screen.more_filters.text().endswith("1")
    screen.more_filters.click()
    assert screen.period.isVisible()
    assert screen.levels.isVisible()
    window.resize(1440, 1300)
    rest(window.workspace)
    assert screen._title.isVisible()


def test_a_click_on_a_heading_turns_the_order(
    workspace: Workspace, desk: Desk, clock: MovingClock
) -> None:
    first = complain(desk)
    clock.move(timedelta(hours=1))
    second = complain(desk, phone="13800003305")
    screen = complaints(workspace)
    assert numbers(screen) == [second.number, first.number]
    screen._sort(COLUMNS.index("opened"))
    rest(workspace)
    assert numbers(screen) == [first.number, second.number]
    assert "↑" in screen.model.headerData(COLUMNS.index("opened"), Qt.Orientation.Horizontal)
    screen._sort(COLUMNS.index("due"))
    rest(workspace)
    assert numbers(screen)[0] == first.number


def test_the_middle_of_a_long_list_is_there_at_once_and_in_order(
    workspace: Workspace, desk: Desk
) -> None:
    made = [complain(desk, phone=f"138{n:08d}").number for n in range(PAGE * 3 + 5)]
    screen = complaints(workspace)
    rest(workspace)
    middle = screen.model.index(PAGE * 2 + 3, COLUMNS.index("number"))
    assert screen.model.row_at(middle) is None
    rest(workspace)
    assert middle.data() == made[::-1][PAGE * 2 + 3]
    complain(desk, phone="13900000009")
    screen.refresh()
    rest(workspace)
    assert screen.model.rowCount() == PAGE * 3 + 6


def test_rows_chosen_are_exported_and_all_otherwise(
    workspace: Workspace, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        complain(desk, phone=f"138{n:08d}")
    screen = complaints(workspace)
    screen.write_file(tmp_path / "all.csv")
    rest(workspace)
    screen.table.setCurrentIndex(screen.model.index(0, 0))
    QTest.keyClick(screen.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(screen.chosen_rows()) == 2
    screen.write_file(tmp_path / "two.xlsx")
    rest(workspace)
    assert len((tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()) == 5
    assert (tmp_path / "two.xlsx").stat().st_size > 1000
    assert not screen.export.running
    threads: list[int] = []

    def laid_out(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
        threads.append(threading.get_ident())
        return list_pdf(title, heading, rows)

    monkeypatch.setattr(complaints_export, "list_pdf", laid_out)
    screen.print_list()
    rest(workspace)
    assert threads, "the list was laid out"
    assert threading.get_ident() not in threads, "two thousand rows would stop the window"
    preview = workspace.window().findChild(PrintPreview)
    assert preview is not None
    preview.close()
