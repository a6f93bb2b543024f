"""Tables of what reports count: the facts of each complaint, sums by month, running clocks."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

from desktop.storage.tables import metadata
from desktop.storage.utc_time import UtcTime

report_case = Table(
    "report_case",
    metadata,
    Column("stream", String, primary_key=True),
    Column("store", String, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("opened", Date, nullable=False),
    Column("open", Integer, nullable=False),
    Column("code", String, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Index("ix_report_case_last_day", "last_day", "first_day", "store"),
    Index("ix_report_case_opened", "opened", "code"),
    Index("ix_report_case_open", "open", "store", sqlite_where=text("open > 0")),
)
"""What reports count of each complaint; `first_day` and `last_day` bound its cells.

`open` is 0 for a closed one, 1 for an open one, 2 for an open duplicate, which counts nowhere.
"""

running_clock = Table(
    "running_clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stream", String, nullable=False),
    Column("store", String, nullable=False),
    Column("clock", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("due", UtcTime, nullable=False),
    Index("ix_running_clock_stream", "stream"),
    Index("ix_running_clock_day", "day", "due", "store", "clock"),
)
"""The clocks that run on open complaints, so that those that ran out are counted by index."""

rollup = Table(
    "rollup",
    metadata,
    Column("month", String, nullable=False),
    Column("dim", String, nullable=False),
    Column("store", String, nullable=False),
    Column("key", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    PrimaryKeyConstraint("month", "dim", "store", "key"),
    sqlite_with_rowid=False,
)
"""Sums of all cells of a month, dimension, store and key."""

work_stream = Table(
    "work_stream",
    metadata,
    Column("stream", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("month", String, nullable=False),
    Column("about", String, nullable=False),
    Index("ix_work_stream_kind", "kind", "month"),
    sqlite_with_rowid=False,
)
"""Streams that are no complaints: samples, reviews, root causes; `kind` is the first event's."""
