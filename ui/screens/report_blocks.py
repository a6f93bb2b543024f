"""The blocks of a report as widgets: figures, charts, tables, texts, each drilled to its cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QWidget

from desktop.domain.analytics.report import (
    Block,
    ChartBlock,
    Drill,
    Figure,
    FigureBlock,
    PairBlock,
    PictureBlock,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
    change,
)
from ui.context import Ui
from ui.theme import theme
from ui.widgets.chart import ChartView
from ui.widgets.focus_ring import FocusRing
from ui.widgets.layout import Card, box, column, label, row
from ui.widgets.text import ElidedLabel

OnDrill = Callable[[Drill], object]
TILES_A_ROW = 4
TILE_WIDTH = 170
"""Least logical width in which a figure is read with its basis."""
#: Rows that a table shows; the rest is in the PDF and the workbook.
MOST_ROWS = 20


def section_card(ui: Ui, section: Section, on_drill: OnDrill) -> Card:
    """Return one section of a report as a card."""
    card = Card(section.title)
    for block in section.blocks:
        # Why a heat map is empty stands above it already.
        if not (isinstance(block, ChartBlock) and block.kind == "heat" and _is_blank(block)):
            card.add(block_widget(ui, block, on_drill))
    return card


def _is_blank(chart: ChartBlock) -> bool:
    return chart.kind != "fishbone" and not any(mark.value for mark in chart.marks)


def block_widget(ui: Ui, block: Block, on_drill: OnDrill) -> QWidget:
    """Return one block as a widget."""
    match block:
        case TextBlock():
            return label(block.text, "small" if block.small else "", wrap=True)
        case FigureBlock():
            return _figures(ui, block, on_drill)
        case ChartBlock() if _is_blank(block):
            return label(ui.text("ui_reports.no_marks"), "small")
        case ChartBlock():
            view = ChartView(block)
            view.drilled.connect(on_drill)
            return view
        case TableBlock():
            return _table(ui, block, on_drill)
        case PairBlock():
            grid = QGridLayout()
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(theme().px(16))
            grid.setColumnStretch(1, 1)
            for at, (name, value) in enumerate(block.pairs):
                grid.addWidget(label(name, "small"), at, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(label(value, wrap=True), at, 1)
            return box(grid)
        case PictureBlock():
            names = "\n".join(picture.name for picture in block.pictures)
            return label(names, "small", wrap=True)
        case WriteBlock():
            return label(block.label, "small")


class _Openable(QFrame):
    """What opens the cases behind it by click or Enter, where there are any."""

    def __init__(self, drill: Drill | None, on_drill: OnDrill, name: str) -> None:
        super().__init__()
        self._drill, self._on_drill = drill, on_drill
        self.accessible_role = QAccessible.Role.Grouping
        self.setAccessibleName(name)
        if drill is not None:
            self.accessible_role = QAccessible.Role.Link
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            FocusRing(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for the cases."""
        super().mouseReleaseEvent(event)
        self.choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for the cases with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        else:
            super().keyPressEvent(event)

    def choose(self) -> None:
        """Open the cases."""
        if self._drill is not None:
            self._on_drill(self._drill)


class FigureTile(_Openable):
    """One figure: name, value, how it moved, its basis; its definition on hover."""

    def __init__(self, ui: Ui, figure: Figure, on_drill: OnDrill) -> None:
        super().__init__(figure.drill, on_drill, f"{figure.name} {figure.shown}")
        self.figure = figure
        self.setProperty("role", "sunken")
        self.setAccessibleDescription(" ".join(explained(ui, figure)))
        text = ui.text
        unit = text(f"pack.unit.{figure.unit}") if figure.unit else ""
        value = row(label(figure.shown, "title"), label(unit, "small"), None, gap=4)
        parts: list[QWidget | QLayout] = [ElidedLabel(figure.name, "small"), value]
        moved = [
            f"{text(f'pack.col.{name}')} {self._moved(ui, before)}"
            for name, before in (("change", figure.before), ("change_year", figure.year_before))
            if before is not None
        ]
        basis = ""
        if figure.denominator is not None:
            basis = f"{_plain(figure)} / {figure.denominator:,}"
        if figure.denominator == 0:
            basis = text("ui_reports.no_base")
        elif figure.small:
            basis = f"{basis} · {text('pack.few', n=figure.n)}"
        lines = [ElidedLabel(words, "small") for words in (*moved, basis) if words]
        self.setLayout(column(*parts, *lines, None, gap=2, margins=(12, 8, 12, 8)))
        self.setToolTip("\n".join(explained(ui, figure)))

    def _moved(self, ui: Ui, before: Decimal) -> str:
        """Return how the figure moved, a share with its unit: percentage points."""
        moved = change(self.figure.value, before, self.figure.kind).replace("-", "\u2212")
        share = self.figure.kind == "share" and self.figure.value is not None
        return ui.text("ui_reports.points", n=moved) if share else moved


def _plain(figure: Figure) -> str:
    whole = figure.numerator == figure.numerator.to_integral_value()
    return f"{figure.numerator:,.0f}" if whole else f"{figure.numerator:,.2f}"


def explained(ui: Ui, figure: Figure) -> list[str]:
    """Return definition, parts, exclusions, target and n; a small n says so (AN-01)."""
    lines = [figure.definition]
    if figure.denominator is not None:
        parts = f"{_plain(figure)} / {figure.denominator:,}"
        lines.append(f"{ui.text('pack.col.basis')}: {parts}")
    if figure.exclusions:
        lines.append(ui.text("pack.excluded", what=figure.exclusions))
    if figure.target:
        lines.append(ui.text("pack.target", target=figure.target))
    small = figure.small
    lines.append(ui.text("pack.small_n", n=figure.n) if small else ui.text("pack.n", n=figure.n))
    return lines


class _Tiles(QWidget):
    """Figures in rows of four, of two or below each other, as the width lets them be read."""

    def __init__(self, tiles: Sequence[FigureTile]) -> None:
        super().__init__()
        self._tiles, self._across = tiles, 0
        self._grid = QGridLayout()
        self._grid.setSpacing(theme().px(12))
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._grid)
        self._place(TILES_A_ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many side by side as fit."""
        super().resizeEvent(event)
        fitting = self.width() // theme().px(TILE_WIDTH)
        self._place(next(n for n in (TILES_A_ROW, 2, 1) if n <= max(fitting, 1)))

    def _place(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for at, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, at // across, at % across)
        for place in range(TILES_A_ROW):
            self._grid.setColumnStretch(place, int(place < across))


def _figures(ui: Ui, block: FigureBlock, on_drill: OnDrill) -> QWidget:
    return _Tiles([FigureTile(ui, figure, on_drill) for figure in block.figures])


class _Row(_Openable):
    """One row of a table; a click opens the cases behind it."""

    def __init__(self, drill: Drill | None, on_drill: OnDrill, name: str, *, last: bool) -> None:
        super().__init__(drill, on_drill, name)
        self.setProperty("role", "row")
        self.setProperty("last", "true" if last else "false")


def _table(ui: Ui, block: TableBlock, on_drill: OnDrill) -> QWidget:
    if not block.rows:
        return label(block.empty, "small")
    lines = column(gap=0)
    lines.addWidget(
        _line(block, [c.head for c in block.columns], _Row(None, on_drill, "", last=False), "small")
    )
    shown = block.rows[:MOST_ROWS]
    for at, cells in enumerate(shown):
        drill = block.drills[at] if at < len(block.drills) else None
        last = at == len(shown) - 1
        lines.addWidget(_line(block, cells, _Row(drill, on_drill, cells[0], last=last), ""))
    if block.total:
        lines.addWidget(_line(block, block.total, _Row(None, on_drill, "", last=True), "strong"))
    if len(block.rows) > MOST_ROWS:
        lines.addWidget(label(ui.text("ui_reports.more_rows", n=len(block.rows)), "small"))
    return box(lines)


def _line(block: TableBlock, cells: tuple[str, ...] | list[str], frame: _Row, role: str) -> _Row:
    grid = QGridLayout()
    grid.setContentsMargins(0, theme().px(6), 0, theme().px(6))
    grid.setHorizontalSpacing(theme().px(10))
    for at, (head, cell) in enumerate(zip(block.columns, cells, strict=True)):
        number = head.align == "right"
        # A head may end in …; a number never: where it is tight it pushes its column wider.
        words = (
            ElidedLabel(cell, role)
            if number and role == "small"
            else label(cell, role, wrap=not number)
        )
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        words.setAlignment(right if number else left)
        words.ensurePolished()
        words.setMinimumWidth(words.sizeHint().width() if number and role != "small" else 1)
        grid.addWidget(words, 0, at)
        grid.setColumnStretch(at, round(head.weight * 100))
    frame.setLayout(grid)
    return frame
