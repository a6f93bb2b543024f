"""Export of the list (导出): the rows of a filter as XLSX or CSV, written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Final, Protocol

from desktop.services.ticket_ports import PageCursor, TicketFilter, TicketQueries, TicketRow

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

PAGE: Final = 500
#: Rows of one XLSX sheet, one less than the format allows for the heading.
SHEET_ROWS: Final = 1_048_575
#: What a spreadsheet takes for the beginning of a formula, in either width.
_FORMULA: Final = frozenset("=+-@＝＋－＠\t\r\n|")

Progress = Callable[[int, int], None]
Cells = Callable[[TicketRow], Sequence[str]]
"""Writes one row's cells in the language of the person."""


class Cancelled(Exception):
    """The person stopped the export; nothing was written."""


class Sheet(Protocol):
    """A table being written, row by row."""

    def add(self, cells: Sequence[str]) -> None:
        """Append a row."""
        ...

    def finish(self) -> None:
        """Complete the file."""
        ...


class Exporting:
    """Writes lists to files."""

    def __init__(self, queries: TicketQueries) -> None:
        self._queries = queries

    def rows(self, wanted: TicketFilter) -> Iterator[TicketRow]:
        """Yield the rows of a filter, page after page by keyset."""
        cursor = None
        while page := self._queries.page(wanted, cursor, PAGE):
            yield from page
            if len(page) < PAGE:
                return
            cursor = PageCursor(page[-1].opened_at, page[-1].stream)

    def write(
        self,
        out: Path,
        wanted: TicketFilter | Sequence[TicketRow],
        heading: Sequence[str],
        cells: Cells,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> int:
        """Write rows to `out` (.csv, else XLSX) and return how many; `wanted` may be rows chosen.

        `progress` is told rows written and in all, `cancelled` asked between pages and, while
        they are packed, before each piece of the file. Raises
        OSError that names `out`, or Cancelled; an older file then stays as it was.
        """
        rows: Iterable[TicketRow]
        if isinstance(wanted, TicketFilter):
            rows, total = self.rows(wanted), self._queries.count(wanted)
        else:
            rows, total = wanted, len(wanted)
        part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            # Rows wait beside the file that they go into, never in the system's folder for all.
            beside = TemporaryDirectory(
                prefix=f".{out.name}.", dir=out.parent, ignore_cleanup_errors=True
            )
            with beside as scratch, part.open("w+b") as stream:
                csv_wanted = out.suffix.lower() == ".csv"
                stoppable = _Stoppable(stream, cancelled)
                sheet = _CsvSheet(stream) if csv_wanted else _XlsxSheet(stoppable, scratch)
                try:
                    count = _fill(sheet, rows, total, heading, cells, progress, cancelled)
                finally:
                    sheet.finish()  # after a stop too: it lets go of the rows that wait
                stream.flush()
                os.fsync(stream.fileno())
            if cancelled():
                raise Cancelled
            part.replace(out)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(out)) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return count


def _fill(
    sheet: Sheet,
    rows: Iterable[TicketRow],
    total: int,
    heading: Sequence[str],
    cells: Cells,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> int:
    sheet.add(heading)
    count = 0
    for row in rows:
        sheet.add([guarded(cell) for cell in cells(row)])
        count += 1
        if count % PAGE == 0:
            if cancelled():
                raise Cancelled
            progress(count, max(total, count))
    return count


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, else unchanged.

    Customers type what they like: =HYPERLINK(…) must arrive as text (OWASP, CSV injection).
    """
    return f"'{cell}" if cell[:1] in _FORMULA else cell


class _CsvSheet:
    """CSV as Excel opens it: UTF-8 with a mark, CRLF."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)

    def add(self, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)

    def finish(self) -> None:
        self._text.flush()
        self._text.detach()


class _Stoppable(io.RawIOBase):
    """Writes on to `stream` until the person stops: Cancelled is raised once, the rest is dropped.

    What packs the rows tidies up after the stop and when it is forgotten, by then for nobody.
    """

    def __init__(self, stream: IO[bytes], cancelled: Callable[[], bool]) -> None:
        super().__init__()
        self._stream, self._cancelled = stream, cancelled
        self._stopped_at: int | None = None

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        if self._stopped_at is not None:
            size = memoryview(data).nbytes
            self._stopped_at += size
            return size
        if self._cancelled():
            self._stopped_at = self._stream.tell()
            raise Cancelled
        return self._stream.write(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if self._stopped_at is None:
            return self._stream.seek(offset, whence)
        self._stopped_at = offset
        return offset

    def tell(self) -> int:
        return self._stream.tell() if self._stopped_at is None else self._stopped_at

    def flush(self) -> None:
        if self._stopped_at is None and not self._stream.closed:
            self._stream.flush()


class _XlsxSheet:
    """XLSX written as a stream: rows never gather in memory; full sheets are followed by more."""

    def __init__(self, stream: io.RawIOBase, scratch: str) -> None:
        import xlsxwriter

        options = {
            "tmpdir": scratch,
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(stream, options)
        self._bold = self._book.add_format({"bold": True})
        self._sheet = self._book.add_worksheet()
        self._at = 0
        self._heading: Sequence[str] = ()

    def add(self, cells: Sequence[str]) -> None:
        if self._at > SHEET_ROWS:
            self._sheet, self._at = self._book.add_worksheet(), 0
            self.add(self._heading)
        if self._at == 0:
            self._heading = cells
            self._sheet.freeze_panes(1, 0)
        style = self._bold if self._at == 0 else None
        for column, cell in enumerate(cells):
            self._sheet.write_string(self._at, column, cell, style)
        self._at += 1

    def finish(self) -> None:
        self._book.close()
