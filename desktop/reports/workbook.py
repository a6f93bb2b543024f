"""Any report as an XLSX workbook: the same figures with definition, parts and n, one section each.

The same report gives the same bytes: the file's own times are those of the newest event.
"""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from desktop.domain.analytics.report import (
    ChartBlock,
    FigureBlock,
    PairBlock,
    PictureBlock,
    Report,
    Section,
    TableBlock,
    TextBlock,
    WriteBlock,
    change,
)
from desktop.texts import Texts

_FORBIDDEN: Final = str.maketrans(dict.fromkeys(r"[]:*?/\'", " "))
#: Longest name of a sheet that spreadsheet programs open.
_NAME: Final = 31
_WIDTHS: Final = (34, 18, 18, 18, 18, 18, 18, 40, 40)


def render_workbook(report: Report) -> bytes:
    """Return the report as XLSX, every value a number where it is one."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    texts = Texts(report.lang)
    book.set_properties(
        {
            "title": f"{report.title} {report.period}",
            "author": report.scope,
            "comments": report.note,
            "created": report.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        }
    )
    sheets = _Sheets(book, texts)
    sheets.cover(report)
    for section in report.sections:
        sheets.section(section)
    book.close()
    return buffer.getvalue()


class _Sheets:
    """Writes sheets one after the other."""

    def __init__(self, book: Any, texts: Texts) -> None:
        self._book = book
        self._texts = texts
        self._names: set[str] = set()
        self._bold = book.add_format({"bold": True})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._head = book.add_format({"bold": True, "bottom": 1, "font_color": "#5B6675"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._share = book.add_format({"num_format": "0.0%"})

    def cover(self, report: Report) -> None:
        """Write what the report is about, and all its figures."""
        sheet = self._sheet(report.title)
        sheet.write_string(0, 0, report.title, self._title)
        for row, line in enumerate((report.period, report.scope, report.note), start=1):
            sheet.write_string(row, 0, line)
        self._figures(sheet, 5, FigureBlock(tuple(report.figures())))

    def section(self, section: Section) -> None:
        """Write one section on a sheet of its own."""
        sheet = self._sheet(section.title)
        sheet.write_string(0, 0, section.title, self._title)
        row = 2
        for block in section.blocks:
            match block:
                case TextBlock():
                    sheet.write_string(row, 0, block.text)
                    row += 1
                case FigureBlock():
                    row = self._figures(sheet, row, block)
                case TableBlock():
                    row = self._table(sheet, row, block)
                case ChartBlock():
                    row = self._chart(sheet, row, block)
                case PairBlock():
                    for name, value in block.pairs:
                        sheet.write_string(row, 0, name, self._bold)
                        sheet.write_string(row, 1, value)
                        row += 1
                case PictureBlock():
                    for picture in block.pictures:
                        sheet.write_string(row, 0, picture.name)
                        sheet.write_string(row, 1, picture.note)
                        row += 1
                case WriteBlock():
                    sheet.write_string(row, 0, block.label, self._bold)
                    row += 1
            row += 1

    def _sheet(self, title: str) -> Any:
        name = title.translate(_FORBIDDEN).strip()[:_NAME] or "-"
        count = 1
        while name.lower() in self._names:
            count += 1
            tail = f" {count}"
            name = name[: _NAME - len(tail)] + tail
        self._names.add(name.lower())
        sheet = self._book.add_worksheet(name)
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _figures(self, sheet: Any, row: int, block: FigureBlock) -> int:
        names = ("figure", "value", "unit", "numerator", "denominator")
        more = ("n", "change", "change_year", "definition", "exclusions", "target")
        for column, name in enumerate((*names, *more)):
            sheet.write_string(row, column, self._texts.get(f"pack.col.{name}"), self._head)
        for figure in block.figures:
            row += 1
            value = figure.value
            sheet.write_string(row, 0, figure.name)
            if value is None:
                sheet.write_string(row, 1, "—")
            elif figure.kind == "share":
                sheet.write_number(row, 1, float(value / 100), self._share)
            else:
                sheet.write_number(row, 1, float(value))
            unit = self._texts.get(f"pack.unit.{figure.unit}") if figure.unit else ""
            sheet.write_string(row, 2, unit)
            sheet.write_number(row, 3, float(figure.numerator))
            if figure.denominator is not None:
                sheet.write_number(row, 4, figure.denominator)
            sheet.write_number(row, 5, figure.n)
            sheet.write_string(row, 6, change(value, figure.before, figure.kind))
            sheet.write_string(row, 7, change(value, figure.year_before, figure.kind))
            note = f" {self._texts.get('pack.small_n', n=figure.n)}" if figure.small else ""
            sheet.write_string(row, 8, figure.definition + note, self._wrap)
            sheet.write_string(row, 9, figure.exclusions)
            sheet.write_string(row, 10, figure.target)
        return row + 1

    def _table(self, sheet: Any, row: int, block: TableBlock) -> int:
        for column, head in enumerate(block.columns):
            sheet.write_string(row, column, head.head, self._head)
        for cells in (*block.rows, *((block.total,) if block.total else ())):
            row += 1
            for column, cell in enumerate(cells):
                self._cell(sheet, row, column, cell)
        if not block.rows:
            row += 1
            sheet.write_string(row, 0, block.empty)
        return row + 1

    def _chart(self, sheet: Any, row: int, block: ChartBlock) -> int:
        for place, mark in enumerate(block.marks):
            sheet.write_string(row, 0, mark.label)
            if block.kind == "fishbone":
                sheet.write_string(row, 1, mark.text)
            else:
                sheet.write_number(row, 1, mark.value)
            if block.second and block.second[place] is not None:
                sheet.write_number(row, 2, block.second[place])
            row += 1
        return row

    def _cell(self, sheet: Any, row: int, column: int, cell: str) -> None:
        number = as_number(cell)
        if number is None or column == 0:
            sheet.write_string(row, column, cell)
        elif cell.endswith("%"):
            sheet.write_number(row, column, float(number / 100), self._share)
        else:
            sheet.write_number(row, column, float(number))


def as_number(cell: str) -> Decimal | None:
    """Return the number that a cell shows (`1,204.50`, `41.2%`), None for words and signs."""
    plain = cell.replace(",", "").removesuffix("%")
    digits = plain.removeprefix("-").replace(".", "", 1)
    return Decimal(plain) if digits.isdigit() and digits.isascii() else None
