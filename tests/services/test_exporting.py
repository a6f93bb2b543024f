"""Files of the list: every row, no formula that a customer typed, whole or not there at all."""

from __future__ import annotations

import csv
import gc
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.services.desk import Desk
from desktop.services.exporting import Cancelled, Exporting, guarded
from desktop.services.ticket_ports import TicketFilter, TicketRow

PASSWORD = "counter-desk-1"
HEADING = ("单号", "问题")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = open_desk(tmp_path / "store")
    desk.set_up("S0217", "无锡滨湖店", "0510", "he", "何丽", PASSWORD)
    desk.log_in("he", PASSWORD)
    for words in ("牛奶过期", '=HYPERLINK("http://x","点")', "＝1+1", '逗号,引号"换行\n下一行'):
        facts: dict[str, str | int | bool] = {
            "verbatim": words,
            "expectation": "退款",
            "emotion": 2,
        }
        desk.open_ticket(facts, channel="counter", quick=True, arrived_at=None, draft=None)
    return desk


def cells(row: TicketRow) -> Sequence[str]:
    return (row.number, row.summary)


def written(desk: Desk, out: Path, what: TicketFilter | Sequence[TicketRow]) -> int:
    return desk.exporting.write(out, what, HEADING, cells, lambda _d, _t: None, lambda: False)


def test_csv_holds_every_row_and_opens_in_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    assert written(desk, out, TicketFilter()) == 4
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert tuple(read[0]) == HEADING
    assert [row[1] for row in read[1:]] == [
        guarded(row.summary) for row in desk.page(TicketFilter(), None, 9)
    ]
    assert not [cell for row in read[1:] for cell in row if cell[:1] in "=+-@＝"]


def test_xlsx_holds_text_alone(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "list.xlsx"
    assert written(desk, out, TicketFilter(text="牛奶")) == 1
    with zipfile.ZipFile(out) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "牛奶过期" in sheet


def test_chosen_rows_alone_are_written(desk: Desk, tmp_path: Path) -> None:
    chosen = desk.page(TicketFilter(), None, 9)[1:3]
    assert written(desk, tmp_path / "two.csv", chosen) == 2


def test_a_stopped_export_leaves_the_old_file(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    out.write_text("before", encoding="utf-8")
    rows = [desk.page(TicketFilter(), None, 1)[0]] * 1200
    told: list[int] = []
    with pytest.raises(Cancelled):
        desk.exporting.write(
            out, rows, HEADING, cells, lambda done, _total: told.append(done),
            lambda: len(told) > 0,
        )  # fmt: skip
    assert told == [500]
    assert out.read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "store"]


def test_more_rows_than_a_page_come_by_keyset_once_each(desk: Desk) -> None:
    queries = desk.use_cases.queries
    first = queries.page(TicketFilter(), None, 1)[0]

    class Many:
        """A list of 1,203 rows that answers pages as the store does."""

        def page(self, _wanted: object, after: object, limit: int) -> list[TicketRow]:
            start = 0 if after is None else int(after.stream) + 1
            return [replace(first, stream=str(n)) for n in range(start, min(start + limit, 1203))]

    rows = list(Exporting(Many()).rows(TicketFilter()))
    assert [int(row.stream) for row in rows] == list(range(1203))


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "＝1", "\t=1", "|x"])
def test_what_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


def test_plain_cells_stay_as_they_are() -> None:
    assert guarded("退款") == "退款"
    assert guarded("") == ""


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_a_stop_is_heard_up_to_the_last_moment(desk: Desk, tmp_path: Path, name: str) -> None:
    """Rows are packed after the last was written: that part can be stopped as well."""
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / name
    out.write_bytes(b"the older file")
    asked = 0

    def export(stop: int) -> bool:
        nonlocal asked
        asked = 0

        def cancelled() -> bool:
            nonlocal asked
            asked += 1
            return asked == stop

        try:
            desk.exporting.write(
                out, TicketFilter(), HEADING, cells, lambda _d, _t: None, cancelled
            )
        except Cancelled:
            return False
        return True

    assert export(0)
    whole = asked
    assert whole > (10 if name.endswith("xlsx") else 0)
    out.write_bytes(b"the older file")
    for stop in {1, whole // 2 + 1, whole}:
        assert not export(stop)
        gc.collect()
        assert out.read_bytes() == b"the older file"
        assert list(folder.iterdir()) == [out]
