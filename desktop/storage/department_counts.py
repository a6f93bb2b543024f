"""Reads of facts only what departments are measured by (AN-14, AN-17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from desktop.services.reporting_ports import Stores
from desktop.storage.rollup_tables import report_case


class _Settled(msgspec.Struct, frozen=True, gc=False):
    day: date
    instrument: str


class _Facts(msgspec.Struct, frozen=True, gc=False):
    """A part of `CaseFacts`: a region's month has 80,000, and the rest of each is not built."""

    opened: date
    code: str
    level: int
    duplicate: bool
    solved: date | None
    response_s: int | None
    transfers: int
    reopened: int
    money: tuple[_Settled, ...] = ()


_DECODER: Final = msgspec.json.Decoder(_Facts)


def facts_between(
    connection: Connection, stores: Stores, since: date, until: date
) -> Iterator[_Facts]:
    """Yield what departments need of every case with something in [since, until)."""
    found = select(report_case.c.facts).where(
        report_case.c.first_day < until,
        report_case.c.last_day >= since,
        report_case.c.store.in_(stores),
    )
    for (encoded,) in connection.execute(found):
        yield _DECODER.decode(encoded)
