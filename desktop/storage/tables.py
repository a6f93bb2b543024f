"""The tables of a store's database: the journal, what is projected from it, and this PC's own."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from desktop.storage.utc_time import UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Facts of this installation: its chain, its device key, its enrolment, its secrets."""

chain = Table(
    "chain",
    metadata,
    Column("chain", String, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("receipts", Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
"""The head of every chain; `own` marks those that this installation writes.

`receipts` counts HQ's countersignatures that are kept of it, so that one taken away is missed.
"""

event = Table(
    "event",
    metadata,
    Column("chain", String, ForeignKey("chain.chain"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("stream", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("lc", Integer, nullable=False),
    Column("core", LargeBinary, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("chain", "seq"),
    Index(None, "stream", "lc", "chain"),
    # What a person gives in a day is asked for at every proposal (D4).
    Index(
        "ix_event_compensation",
        "chain",
        "seq",
        sqlite_where=text("kind = 'compensation.proposed'"),
    ),
)
"""One row a record; `stream`, `kind` and `lc` repeat what `core` says, for the index."""

personal_value = Table(
    "personal_value",
    metadata,
    Column("chain", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("field", String, nullable=False),
    Column("state", String, nullable=False),
    Column("value", Text),
    PrimaryKeyConstraint("chain", "seq", "field"),
    ForeignKeyConstraint(["chain", "seq"], ["event.chain", "event.seq"]),
    CheckConstraint("state IN ('present', 'erased', 'not_arrived')", name="state"),
    CheckConstraint("(value IS NULL) = (state <> 'present')", name="value"),
    sqlite_with_rowid=False,
)
"""Personal values beside the chain; without one, `state` says why."""

salt = Table(
    "salt",
    metadata,
    Column("stream", String, nullable=False),
    Column("chain", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    PrimaryKeyConstraint("stream", "chain"),
    sqlite_with_rowid=False,
)
"""The 16-byte salt under which a chain digests the values of a ticket; gone when it is erased.

Chains share a ticket's salt unless two writers started before they knew of each other.
"""

receipt = Table(
    "receipt",
    metadata,
    Column("chain", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("signed_at", UtcTime, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    PrimaryKeyConstraint("chain", "seq"),
    sqlite_with_rowid=False,
)
"""HQ's countersignatures, all of them: each proves a head of the past."""

ticket_row = Table(
    "ticket_row",
    metadata,
    # Grows with the time of opening, so that search results stream newest first.
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("stream", String, nullable=False),
    Column("number", String, nullable=False),
    Column("number_reversed", String, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("opened_day", Date, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("node", String, nullable=False),
    Column("closed_day", Date),
    Column("solved_day", Date),
    Column("level", Integer, nullable=False),
    Column("code", String, nullable=False),
    Column("family", String, nullable=False),
    Column("emotion", Integer, nullable=False),
    Column("tier", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("store", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("customer_name", String, nullable=False),
    Column("phone_tail", String, nullable=False),
    Column("phone_hash", LargeBinary),
    Column("form_serial", String),
    Column("product", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("due_at", UtcTime),
    Column("due_clock", String, nullable=False),
    Column("due_rule", String, nullable=False),
    Column("pending_approvals", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("anomalies", Integer, nullable=False),
    Column("waiting_since", UtcTime),
    Column("waiting_due", UtcTime),
    Column("surveyed_at", UtcTime),
    Column("survey_score", Integer),
    # The last event of the own chain on this ticket; uploaded when a receipt covers it.
    Column("own_seq", Integer, nullable=False),
    # Of what the search index holds, so that it is written only when words change.
    Column("search_digest", LargeBinary, nullable=False),
    Index("ix_ticket_row_stream", "stream", unique=True),
    Index("ix_ticket_row_number", "number"),
    Index("ix_ticket_row_number_reversed", "number_reversed"),
    Index("ix_ticket_row_opened_at", "opened_at"),
    Index("ix_ticket_row_phone", "phone_hash", sqlite_where=text("phone_hash IS NOT NULL")),
    Index("ix_ticket_row_form", "form_serial", sqlite_where=text("form_serial IS NOT NULL")),
    Index("ix_ticket_row_due", "due_at", sqlite_where=text("closed = 0")),
    Index("ix_ticket_row_pending", "opened_at", sqlite_where=text("pending_approvals > 0")),
    Index("ix_ticket_row_waiting", "waiting_since", sqlite_where=text("waiting_since IS NOT NULL")),
    # The score is in it, so that the month's satisfaction is counted in the index alone.
    Index(
        "ix_ticket_row_survey",
        "surveyed_at",
        "survey_score",
        sqlite_where=text("surveyed_at IS NOT NULL"),
    ),
    # Each ends with the key by itself, so a filtered list streams newest first.
    Index("ix_ticket_row_level", "level"),
    Index("ix_ticket_row_family", "family"),
)
"""One line a complaint, projected from its events."""

TICKET_SEARCH_DDL: Final = (
    "CREATE VIRTUAL TABLE ticket_search USING fts5("
    "words, initials, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')"
)
"""The search index: rowid is `ticket_row.key`; what it holds is written by `search.py`."""

counter = Table(
    "counter",
    metadata,
    Column("day", Date, nullable=False),
    Column("code", String, nullable=False),
    Column("level", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("solved", Integer, nullable=False),
    Column("closed", Integer, nullable=False),
    PrimaryKeyConstraint("day", "code", "level"),
    sqlite_with_rowid=False,
)
"""How many complaints of a code and level were opened, solved and closed on a day."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("stream", String, primary_key=True),
    Column("chain", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Tickets whose events are kept but could not be projected, and why."""

unread = Table(
    "unread",
    metadata,
    Column("arrival", Integer, primary_key=True),
    Column("chain", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("stream", String, nullable=False),
    Index(None, "stream"),
    ForeignKeyConstraint(["chain", "seq"], ["event.chain", "event.seq"]),
)
"""Events of other chains that nobody here has seen yet, in order of arrival (EV-02)."""

attachment = Table(
    "attachment",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("acked", Boolean, nullable=False),
    Column("local", Boolean, nullable=False, server_default=text("0")),
    Index("ix_attachment_waiting", "sha256", sqlite_where=text("acked = 0")),
    sqlite_with_rowid=False,
)
"""Attachments whose bytes are here; `acked` once HQ holds them, `local` ones stay here."""

cursor = Table(
    "cursor",
    metadata,
    Column("store", String, primary_key=True),
    Column("position", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How far HQ's feed was read, by store."""

draft = Table(
    "draft",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
"""Typing that is no ticket yet (IN-16)."""

setting = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Settings of this PC."""

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),
    Column("login", String, nullable=False),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", String, nullable=False),
    Index("ix_person_login", "login", unique=True),
    sqlite_with_rowid=False,
)
"""Accounts on this PC; passwords as argon2id hashes."""

number_count = Table(
    "number_count",
    metadata,
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many complaint numbers this device gave on a day."""

known_member = Table(
    "known_member",
    metadata,
    Column("member_no", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("phone", String, nullable=False),
    Index("ix_known_member_phone", "phone"),
)
"""Members of the customer snapshot, as of its last import; never sent."""

known_order = Table(
    "known_order",
    metadata,
    Column("receipt_no", String, primary_key=True),
    Column("member_no", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("bought_on", String, nullable=False),
    Column("amount", String, nullable=False),
    Column("product", String, nullable=False),
    Column("store", String, nullable=False),
)
"""Orders of the customer snapshot."""

field_outcome = Table(
    "field_outcome",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("key", String, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("certain", Boolean, nullable=False),
    Column("weakest", Float, nullable=False),
    Column("right", Boolean, nullable=False),
    Column("edits", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Index("ix_field_outcome_at", "at"),
)
"""How fields of paper forms were read, without what they say."""

chain_link = Table(
    "chain_link",
    metadata,
    Column("chain", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    PrimaryKeyConstraint("chain", "seq"),
    sqlite_with_rowid=False,
)
"""Where a chain goes on here after events that are not for this store: the hash before `seq`."""

wanted_attachment = Table(
    "wanted_attachment",
    metadata,
    Column("sha256", String, primary_key=True),
    sqlite_with_rowid=False,
)
"""Attachments that events of other chains name and that have not arrived."""

stuck_attachment = Table(
    "stuck_attachment",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("reason", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("chain", String, nullable=False),
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Attachments that could not be sent, why, and the event that names each ("" and 0 for none)."""
