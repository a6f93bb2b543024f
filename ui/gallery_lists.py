"""The gallery's lists and charts: tables, found things and figures, full, empty and chosen."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QStandardItem, QStandardItemModel

from desktop.domain.analytics.report import ChartBlock, Drill, Mark
from ui.models.tickets import CELL_ROLE, Cell
from ui.theme import theme
from ui.widgets.chart import ChartView
from ui.widgets.found_list import FoundList
from ui.widgets.layout import Card, label
from ui.widgets.table import ROW_HEIGHT, Table

LONG = "红色通道：儿童食用后呕吐就医，家长要求当天答复并保留剩余样品送检"
COLUMNS = ("编号", "状态", "摘要")
WIDTHS = (165, 105, 110)


def charts() -> Card:
    """Return charts of several kinds; the first opens the cases behind a mark."""
    card = Card("ChartView")
    since, until = date(2026, 11, 1), date(2026, 12, 1)
    codes = (("PQ-07", 14.0), ("SP-11", 9.0), ("TD-07", 5.0), ("RL-09", 1.0))
    marks = tuple(
        Mark(code, count, f"{count:.0f}", Drill("code", code, since, until, frozenset()))
        for code, count in codes
    )
    days = tuple(Mark(f"{day} 日", float(day * 7 % 11), "") for day in range(1, 15))
    before = tuple(float(day * 5 % 9) if day > 4 else None for day in range(1, 15))
    for chart in (
        ChartBlock("bars", "按编码（可点开）", marks),
        ChartBlock("pareto", "帕累托", marks, heads=("件数", "累计", "其余")),
        ChartBlock("trend", "每日件数与去年", days, second=before),
    ):
        card.add(label(chart.title, "smallstrong"), ChartView(chart))
    return card


def lists() -> Card:
    """Return lists and tables: with a choice, with long words, disabled, and empty."""
    card = Card("FoundList, Table")
    found, empty = FoundList("找到的内容"), FoundList("没有内容")
    found.add("维修后复现", "PQ-07 · 电器", "a")
    found.add(LONG, f"{LONG} {LONG}", "b")
    found.add("第三条", "2026-11-21", "c")
    found.show_rows(3)
    found.setCurrentRow(1)
    empty.show_rows(1)
    off = _table("停用的表", 1)
    off.setEnabled(False)
    card.add(found, empty, _table("表", 3), off, _table("空表", 0))
    return card


def _table(name: str, rows: int) -> Table:
    states = (
        Cell("处理中", "info"),
        Cell("临近时限", "warn"),
        Cell("已超时", "bad"),
    )
    model = QStandardItemModel(0, len(COLUMNS))
    model.setHorizontalHeaderLabels(list(COLUMNS))
    for at in range(rows):
        number = Cell(f"S0217-A-261121-00{at + 1}-K", strong=True)
        items = [QStandardItem(), QStandardItem(), QStandardItem()]
        for item, cell in zip(items, (number, states[at], Cell(LONG)), strict=True):
            item.setData(cell, CELL_ROLE)
            item.setText(cell.text)
        model.appendRow(items)
    table = Table(name)
    model.setParent(table)
    table.setModel(model)
    for at, width in enumerate(WIDTHS):
        table.setColumnWidth(at, theme().px(width))
    table.setFixedHeight(theme().px(ROW_HEIGHT) * (rows + 1) + theme().px(4))
    if rows > 1:
        table.selectRow(1)
    return table
