"""Imports the customer snapshot (会员与订单快照) from the CSV files that a CRM exports."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from desktop.domain.outcomes import Refusal
from desktop.services.exporting import Cancelled, Progress
from desktop.services.paper_ports import CustomerBook, KnownMember, KnownOrder
from desktop.services.ports import Clock

#: Column names by meaning; a file may use any of them.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "member_no": ("member_no", "会员号", "会员卡号", "会员编号"),
    "name": ("name", "姓名", "会员姓名", "顾客姓名"),
    "phone": ("phone", "电话", "手机号", "联系电话"),
    "receipt_no": ("receipt_no", "小票号", "订单号", "流水号"),
    "bought_on": ("bought_on", "购买日期", "下单日期", "日期"),
    "amount": ("amount", "金额", "实付金额", "订单金额"),
    "product": ("product", "商品", "商品名称", "品名"),
    "store": ("store", "门店", "门店名称", "店铺"),
}
MOST_ROWS: Final = 2_000_000
#: Lines between two looks at whether somebody stops it.
LINES_AT_ONCE: Final = 1_000
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many members and orders the new snapshot holds."""

    members: int
    orders: int


class Customers:
    """Reads exports and replaces the snapshot."""

    def __init__(self, book: CustomerBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    @property
    def imported_at(self) -> datetime | None:
        """When the snapshot was imported, None when there is none."""
        return self._book.imported_at()

    def replace(
        self,
        files: Sequence[bytes],
        progress: Progress = lambda _done, _of: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Imported | Refusal:
        """Replace the snapshot by CSV files (UTF-8 or GB18030, with a heading line).

        A file with a receipt column holds orders, any other with a member column members.
        Nothing is replaced when one of them cannot be used, or only in part. `progress` is told
        lines read and in all; raises Cancelled once `cancelled` says so, and keeps what was there.
        """
        members: dict[str, KnownMember] = {}
        orders: dict[str, KnownOrder] = {}
        total, before = sum(content.count(b"\n") for content in files), 0

        def read(line: int) -> None:
            if cancelled():
                raise Cancelled
            progress(min(before + line, total), total)

        for content in files:
            refused = _read(content, members, orders, read)
            if refused is not None:
                return refused
            before += content.count(b"\n")
        read(0)
        self._book.replace(tuple(members.values()), tuple(orders.values()), self._clock.now())
        return Imported(len(members), len(orders))


def _read(
    content: bytes,
    members: dict[str, KnownMember],
    orders: dict[str, KnownOrder],
    read: Callable[[int], None],
) -> Refusal | None:
    """Add a file's rows, telling `read` the line now and then; return why it cannot be used."""
    text = _decoded(content)
    if text is None:
        return Refusal("customers_unreadable")
    # Strict, so that a quotation mark that is never closed does not swallow the rows after it.
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = _meanings(table.fieldnames or ())
        if not {"member_no", "receipt_no"} & set(names.values()):
            return Refusal("customers_no_column")
        for line in table:
            row = {meaning: (line.get(column) or "").strip() for column, meaning in names.items()}
            if row.get("receipt_no"):
                orders[row["receipt_no"]] = _order(row)
            elif row.get("member_no"):
                members[row["member_no"]] = KnownMember(
                    row["member_no"], row.get("name", ""), row.get("phone", "")
                )
            if len(members) + len(orders) > MOST_ROWS:
                return Refusal("customers_too_many", {"most": MOST_ROWS})
            if table.line_num % LINES_AT_ONCE == 0:
                read(table.line_num)
    except csv.Error:
        return Refusal("customers_broken_line", {"line": table.line_num})
    return None


def _decoded(content: bytes) -> str | None:
    """Return a file's text, None when it is neither UTF-8 nor GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _meanings(columns: Sequence[str]) -> dict[str, str]:
    return {
        column: meaning
        for column in columns
        for meaning, known in _COLUMNS.items()
        if column.strip().lower() in known
    }


def _order(row: Mapping[str, str]) -> KnownOrder:
    amount = row.get("amount", "").lstrip("¥￥ ").replace(",", "")
    amount = f"{Decimal(amount):.2f}" if _AMOUNT.fullmatch(amount) else ""
    return KnownOrder(
        receipt_no=row["receipt_no"],
        member_no=row.get("member_no", ""),
        phone=row.get("phone", ""),
        bought_on=row.get("bought_on", "").replace("/", "-"),
        amount=amount,
        product=row.get("product", ""),
        store=row.get("store", ""),
    )
