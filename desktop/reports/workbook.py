"""Any report as an XLSX workbook: the same figures with definition, parts and n, one section each.

The same report gives the same bytes: the file's own times are those of the newest event.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    sheets.definitions(report)
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
        self._frozen: list[Any] = []
        self._bold = book.add_format({"bold": True})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._head = book.add_format({"bold": True, "bottom": 1, "font_color": "#5B6675"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats: dict[str, Any] = {}

    def cover(self, report: Report) -> None:
        """Write what the report is about, and all its figures."""
        sheet = self._sheet(report.title)
        sheet.write_string(0, 0, report.title, self._title)
        for row, line in enumerate((report.period, report.scope, report.note), start=1):
            sheet.write_string(row, 0, line)
        self._figures(sheet, 5, FigureBlock(tuple(report.figures())))

    def definitions(self, report: Report) -> None:
        """Write what each figure means, once."""
        sheet = self._sheet(self._texts.get("pack.definitions"))
        sheet.write_string(0, 0, self._texts.get("pack.definitions"), self._title)
        names = ("figure", "definition", "exclusions", "target", "unit")
        self._heads(sheet, 2, [self._texts.get(f"pack.col.{name}") for name in names])
        sheet.set_column(1, 2, 60)
        known = {figure.key: figure for figure in report.figures()}
        for row, figure in enumerate(known.values(), start=3):
            unit = self._texts.get(f"pack.unit.{figure.unit}") if figure.unit else ""
            parts = (figure.name, figure.definition, figure.exclusions, figure.target, unit)
            for column, words in enumerate(parts):
                sheet.write_string(row, column, words, self._wrap)

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
        self._heads(sheet, row, [self._texts.get(f"pack.col.{name}") for name in (*names, *more)])
        for figure in block.figures:
            row += 1
            value = figure.value
            sheet.write_string(row, 0, figure.name)
            if value is None:
                sheet.write_string(row, 1, "—")
            else:
                self._number(sheet, row, 1, figure.shown)
            unit = self._texts.get(f"pack.unit.{figure.unit}") if figure.unit else ""
            sheet.write_string(row, 2, unit)
            self._number(sheet, row, 3, f"{figure.numerator:f}")
            if figure.denominator is not None:
                self._number(sheet, row, 4, str(figure.denominator))
            self._number(sheet, row, 5, str(figure.n))
            self._number(sheet, row, 6, change(value, figure.before, figure.kind))
            self._number(sheet, row, 7, change(value, figure.year_before, figure.kind))
            note = f" {self._texts.get('pack.small_n', n=figure.n)}" if figure.small else ""
            sheet.write_string(row, 8, figure.definition + note, self._wrap)
            sheet.write_string(row, 9, figure.exclusions)
            sheet.write_string(row, 10, figure.target)
        return row + 1

    def _table(self, sheet: Any, row: int, block: TableBlock) -> int:
        self._heads(sheet, row, [column.head for column in block.columns])
        for cells in (*block.rows, *((block.total,) if block.total else ())):
            row += 1
            for at, (column, cell) in enumerate(zip(block.columns, cells, strict=True)):
                # Only right-aligned columns are numbers: a SKU of digits is a name.
                if column.align == "right":
                    self._number(sheet, row, at, cell)
                else:
                    sheet.write_string(row, at, cell)
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

    def _heads(self, sheet: Any, row: int, heads: Sequence[str]) -> None:
        """Write the heads of a table; the first ones of a sheet stay in sight."""
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self._head)
        if sheet not in self._frozen:
            self._frozen.append(sheet)
            sheet.freeze_panes(row + 1, 1)

    def _number(self, sheet: Any, row: int, column: int, cell: str) -> None:
        """Write a number as one, shown as on paper; words and dashes as they are."""
        number = as_number(cell)
        if number is None:
            sheet.write_string(row, column, cell)
            return
        share = cell.rstrip("*").endswith("%")
        value = float(number / 100) if share else float(number)
        sheet.write_number(row, column, value, self._format(cell, number))

    def _format(self, cell: str, number: Decimal) -> Any:
        places = -int(number.as_tuple().exponent)
        shown = "0" if "%" in cell else "#,##0"
        shown += ("." + "0" * places if places > 0 else "") + ("%" if "%" in cell else "")
        shown += '"*"' if cell.endswith("*") else ""
        if cell.startswith(("+", "-")) and "," not in cell:
            shown = f"+{shown};-{shown};+{shown}"
        if shown not in self._formats:
            self._formats[shown] = self._book.add_format({"num_format": shown})
        return self._formats[shown]


def as_number(cell: str) -> Decimal | None:
    """Return the number that a cell shows (`1,204.50`, `41.2%`, `-1.4`), None for anything else."""
    plain = cell.rstrip("*").replace(",", "").removesuffix("%")
    digits = plain.removeprefix("-").removeprefix("+").replace(".", "", 1)
    return Decimal(plain) if digits.isdigit() and digits.isascii() else None
