"""The building blocks that all documents share: masthead, headings, grids, tables, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer, Table, TableStyle

from desktop.reports import style
from desktop.reports.codes import QrCode
from desktop.reports.formats import EMPTY
from desktop.reports.models import Store
from desktop.reports.tagging import decoration, layout_parts, table_parts
from desktop.reports.text_lines import Lines, markup
from desktop.texts import Texts

_TABLE_BASE: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 2.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2),
]
_DENSE: Final = [
    ("TOPPADDING", (0, 0), (-1, -1), 1.4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.9),
]
# A row never splits, so a very long cell goes on in further rows of at most this many characters.
_CELL_LIMIT: Final = 320
# Rows that stay together at either end of a table, unless one of them is long.
_KEPT_ROWS: Final = 2
_KEPT_LIMIT: Final = 120


def _table(rows: Sequence[Sequence[Any]], *, ruled: bool = False, **layout: Any) -> Table:
    """Return a table whose cells name our font even where they are empty: it is embedded.

    A `ruled` one is a table to its readers too, others only put things in their places.
    """
    font = TableStyle([("FONTNAME", (0, 0), (-1, -1), style.REGULAR)])
    parts = table_parts if ruled else layout_parts
    return Table(rows, style=font, renderCB=parts, **layout)


def text(content: str, kind: ParagraphStyle = style.BODY) -> Lines:
    """Return a paragraph of plain `content`."""
    return Lines(markup(content, kind.fontName), kind)


def heading(name: str, room_mm: float = 24) -> list[Flowable]:
    """Return a section heading that enters the outline and keeps `room_mm` of text below it."""
    title = text(name, style.HEADING)
    title.outline_name = name
    return [CondPageBreak((room_mm + 8) * mm), title]


def together(name: str, *parts: Flowable) -> Flowable:
    """Return a short section that is never torn apart by a page end."""
    return KeepTogether([heading(name)[-1], *parts])


class Quote(Lines):
    """Someone's own words, marked by a rule at the left; runs over pages."""

    def draw(self) -> None:
        """Draw the rule, then the words."""
        with decoration(self.canv):
            self.canv.saveState()
            self.canv.setStrokeColor(style.ACCENT)
            self.canv.setLineWidth(1.4)
            self.canv.line(1, 2, 1, self.height - 2)
            self.canv.restoreState()
        super().draw()


def quote(content: str) -> Quote:
    """Return `content` as somebody's own words."""
    return Quote(markup(content.strip() or EMPTY, style.REGULAR), style.QUOTE)


def masthead(
    owner: str, contact: str, title: str, subtitle: str, payload: str | None, texts: Texts
) -> list[Flowable]:
    """Return the head of page 1: owner, title and number at the left, the code at the right."""
    left = [text(owner, style.ORGANISATION)]
    if contact:
        left.append(text(contact, style.SMALL))
    left += [text(title, style.TITLE), text(subtitle, style.SUBTITLE)]
    code: list[Flowable] = []
    width = 0.0
    if payload is not None:
        drawn = QrCode(payload, texts.get("report.seal_hint"))
        width = drawn.width
        code = [drawn, text(texts.get("report.seal_hint"), style.SMALL_CENTER)]
    widths = [style.CONTENT_WIDTH - width, width] if code else [style.CONTENT_WIDTH]
    head = _table([[left, code]] if code else [[left]], colWidths=widths)
    head.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (0, -1), 6 * mm if code else 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
            ("LINEBELOW", (0, 0), (-1, -1), 0.9, style.INK),
        ]
    )
    return [head, Spacer(0, 2.5 * mm)]


def contact_line(store: Store, texts: Texts) -> str:
    """Return the store's address and complaint phone for the masthead."""
    phone = texts.get("report.phone_line", phone=store.complaint_phone)
    return " · ".join(
        part for part in (store.address, phone if store.complaint_phone else "") if part
    )


def label_mm(texts: Texts) -> float:
    """Return the width of a label column in mm; English labels run longer."""
    return 24 if texts.lang == "zh_CN" else 30


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with its value; a wide one takes the whole width."""

    label: str
    value: str
    wide: bool = False
    bold: bool = False


def grid(pairs: Sequence[Pair], label_mm: float = 24) -> Flowable:
    """Return label-value pairs in two columns with hairlines; an empty value is a dash."""
    rows: list[list[Any]] = []
    spans: list[tuple[Any, ...]] = []
    half: list[Any] = []
    for pair in pairs:
        cell = _pair_cells(pair)
        if pair.wide:
            if half:
                rows.append([*half, "", ""])
                half = []
            spans.append(("SPAN", (1, len(rows)), (3, len(rows))))
            rows.append([*cell, "", ""])
        elif half:
            rows.append([*half, *cell])
            half = []
        else:
            half = cell
    if half:
        rows.append([*half, "", ""])
    value = style.CONTENT_WIDTH / 2 - label_mm * mm
    table = _table(rows, colWidths=[label_mm * mm, value] * 2)
    lines: list[tuple[Any, ...]] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, style.LINE),
        ("RIGHTPADDING", (1, 0), (1, -1), 12),
    ]
    table.setStyle([*_TABLE_BASE, *lines, *spans])
    return table


def _pair_cells(pair: Pair) -> list[Flowable]:
    kind = style.VALUE_BOLD if pair.bold else style.VALUE
    return [text(pair.label, style.LABEL), text(pair.value.strip() or EMPTY, kind)]


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: its head, its width in mm and how its cells stand."""

    head: str
    width_mm: float
    align: Literal["left", "right"] = "left"
    small: bool = False

    def cell(self, content: str | Flowable, bold: bool = False) -> Flowable:
        """Return one cell of this column; a finished drawing is taken as it is."""
        if isinstance(content, Flowable):
            return content
        if self.align == "right":
            kind = style.CELL_RIGHT_BOLD if bold else style.CELL_RIGHT
        elif self.small:
            kind = style.CELL_SMALL
        else:
            kind = style.CELL_BOLD if bold else style.CELL
        return text(content, kind)


Cell: TypeAlias = "str | Flowable"


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    nothing: str,
    totals: Sequence[Sequence[Cell]] = (),
    *,
    dense: bool = False,
) -> Flowable:
    """Return a ruled table whose head repeats on every page; with no rows it says `nothing`.

    A `dense` one has less room between its rows.
    """
    if not rows:
        return text(nothing, style.SMALL)
    heads = [
        text(c.head, style.CELL_HEAD_RIGHT if c.align == "right" else style.CELL_HEAD)
        for c in columns
    ]
    body: list[list[Flowable]] = []
    ends: list[int] = []
    for row in rows:
        for part in _short_rows(row):
            body.append([column.cell(cell) for column, cell in zip(columns, part, strict=True)])
        ends.append(len(body))
    sums = [
        [column.cell(cell, bold=True) for column, cell in zip(columns, row, strict=True)]
        for row in totals
    ]
    widths = [c.width_mm * mm for c in columns]
    drawn = _table([heads, *body, *sums], ruled=True, colWidths=widths, repeatRows=1)
    lines: list[tuple[Any, ...]] = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, style.INK),
        *(("LINEBELOW", (0, end), (-1, end), 0.4, style.LINE) for end in ends),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        *(("LEFTPADDING", (at, 0), (at, -1), 8) for at in _after_right(columns)),
        *_no_orphans(rows, len(body), len(sums)),
    ]
    if sums:
        lines.append(("LINEABOVE", (0, -len(sums)), (-1, -len(sums)), 0.8, style.INK))
    drawn.setStyle([*_TABLE_BASE, *(_DENSE if dense else ()), *lines])
    return drawn


def _after_right(columns: Sequence[Column]) -> list[int]:
    """Return the columns of text that follow one of numbers: they need room between."""
    pairs = enumerate(zip(columns[1:], columns, strict=False), start=1)
    return [at for at, (own, left) in pairs if own.align == "left" and left.align == "right"]


def _no_orphans(rows: Sequence[Sequence[Cell]], body: int, sums: int) -> list[tuple[Any, ...]]:
    """Keep the first rows with the head and the last ones with the total on a page."""
    ends = (*rows[:_KEPT_ROWS], *rows[-_KEPT_ROWS:])
    if body < _KEPT_ROWS or any(_is_long(cell) for row in ends for cell in row):
        return []
    last = body + sums
    return [
        ("NOSPLIT", (0, 0), (-1, _KEPT_ROWS)),
        ("NOSPLIT", (0, last - sums - _KEPT_ROWS + 1), (-1, last)),
    ]


def _is_long(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) > _KEPT_LIMIT


def _short_rows(row: Sequence[Cell]) -> list[list[Cell]]:
    """Spread a row with a very long cell over several rows, so that no row outgrows a page."""
    parts: list[list[Cell]] = [list(row)]
    for index, cell in enumerate(row):
        if not isinstance(cell, str) or len(cell) <= _CELL_LIMIT:
            continue
        chunks = _chunks(cell)
        while len(parts) < len(chunks):
            parts.append([""] * len(row))
        for part, chunk in zip(parts, chunks, strict=False):
            part[index] = chunk
    return parts


def _chunks(content: str) -> list[str]:
    """Cut a long text into pieces of at most `_CELL_LIMIT`, after a sentence where one ends."""
    pieces = []
    while len(content) > _CELL_LIMIT:
        ends = [content.rfind(mark, _CELL_LIMIT // 2, _CELL_LIMIT) for mark in "。！？；\n."]
        cut = max(ends) + 1 or _CELL_LIMIT
        pieces.append(content[:cut])
        content = content[cut:]
    return [*pieces, content]


def placed(cells: Sequence[Any], widths: Sequence[float]) -> Flowable:
    """Return cells side by side, each a flowable or a list of them; widths in points."""
    drawn = _table([list(cells)], colWidths=list(widths))
    drawn.setStyle(_TABLE_BASE)
    return drawn


def stack(parts: Sequence[Flowable]) -> Flowable:
    """Return flowables one above the other as a single table cell."""
    drawn = _table([[part] for part in parts])
    drawn.setStyle(
        [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return drawn


def figure(value: str, unit: str) -> Flowable:
    """Return a large right-aligned figure with its small unit behind it."""
    kind = style.FIGURE_RIGHT
    small = f' <font name="{style.REGULAR}" size="8">{markup(unit, style.REGULAR)}</font>'
    return Lines(markup(value, kind.fontName) + (small if unit else ""), kind)


def numbered(items: Sequence[str], kind: ParagraphStyle = style.BODY, first: int = 1) -> Flowable:
    """Return a list with hanging numbers, counted from `first`."""
    rows = [[text(f"{n}.", kind), text(item, kind)] for n, item in enumerate(items, first)]
    drawn = _table(rows, colWidths=[6.5 * mm, style.CONTENT_WIDTH - 6.5 * mm])
    drawn.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ]
    )
    return drawn


def signatures(parties: Sequence[tuple[str, str]], texts: Texts) -> list[Flowable]:
    """Return signature boxes side by side, `(who, printed name)` each, with a date line."""
    gap = 8 * mm
    width = (style.CONTENT_WIDTH - gap * (len(parties) - 1)) / len(parties)
    heads: list[Any] = []
    dates: list[Any] = []
    widths: list[float] = []
    for who, name in parties:
        if heads:
            heads.append("")
            dates.append("")
            widths.append(gap)
        printed = text(name or "\u3000", style.VALUE)
        heads.append([text(who, style.LABEL), printed, Spacer(0, 9 * mm)])
        dates.append(text(texts.get("report.sign_date"), style.SMALL))
        widths.append(width)
    drawn = _table([heads, dates], colWidths=widths)
    boxes = [("BOX", (i, 0), (i, 1), 0.6, style.MUTED) for i in range(0, len(heads), 2)]
    drawn.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 8),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, 0), 5),
            ("TOPPADDING", (0, 1), (-1, 1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
            ("BOTTOMPADDING", (0, 1), (-1, 1), 6),
            *boxes,
        ]
    )
    return [Spacer(0, 4 * mm), drawn]
