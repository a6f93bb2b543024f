"""HQ's tables; what grows with the events is partitioned by the store it belongs to."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

_time = DateTime(timezone=True)

#: Partitions of each table that grows; more by splitting one of them at a higher modulus.
PARTITIONS: Final = 8
_BY_HOME: Final = "HASH (home)"
_BY_STORE: Final = "HASH (store)"

#: A shop; `feed_position` is its last feed position, given out under this row's lock.
store: Final = Table(
    "store",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("region", Text),
    Column("feed_position", BigInteger, nullable=False, server_default="0"),
    Column("created_at", _time, nullable=False),
)

#: An enrolled PC; `scope` is a store's id or `region:NAME`; the token is kept as SHA-256.
#: `letter` stands in its complaints' numbers and is never given out twice in a scope.
device: Final = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("scope", Text, nullable=False, index=True),
    Column("letter", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("chain", Text, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("enrolled_at", _time, nullable=False),
    Column("last_contact", _time),
    Column("clock_offset_ms", BigInteger),
    Column("revoked_at", _time),
    UniqueConstraint("scope", "letter"),
)

#: A one-time code, kept as a keyed hash.
enrol_code: Final = Table(
    "enrol_code",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("created_at", _time, nullable=False),
    Column("expires_at", _time, nullable=False),
    Column("used_at", _time),
    Column("device", Text),
)

#: A chain and its head; `home` is the store (or region) whose installation writes it.
#: `device` is empty for HQ's own chains; `signature` is the device's over the head. `receipts`
#: counts HQ's countersignatures, so that one taken away is missed.
chain: Final = Table(
    "chain",
    metadata,
    Column("id", Text, primary_key=True),
    Column("home", Text, nullable=False, index=True),
    Column("device", Text),
    Column("seq", BigInteger, nullable=False, server_default="0"),
    Column("head", LargeBinary, nullable=False),
    Column("signature", LargeBinary),
    Column("receipts", BigInteger, nullable=False, server_default="0"),
)

#: The journal. `refused` names why an event is kept and not acted on. `personal` holds the personal
#: values in the order of the core's field list: UTF-8, `streams.NOT_ARRIVED` for one that its
#: sender did not have, null for one that was taken away here. The key begins with the chain: a look
#: for a place compares what comes first at every step. What is asked of a store names its chains.
#: `run` counts the events of one stream that follow each other from here on, 0 for those after the
#: first: the index by stream leads to runs (`streams.OF_STREAMS`), as it cost as much as the rows
#: themselves when each event stood in it.
event: Final = Table(
    "event",
    metadata,
    Column("home", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("stream", Text, nullable=False),
    Column("core", LargeBinary, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("received_at", _time, nullable=False),
    Column("refused", Text),
    Column("personal", ARRAY(LargeBinary)),
    Column("run", SmallInteger, nullable=False, server_default="1"),
    PrimaryKeyConstraint("chain", "seq", "home"),
    Index(None, "stream", postgresql_where=text("run > 0")),
    postgresql_partition_by=_BY_HOME,
)

#: The salt under which a chain digested the personal values of a stream.
salt: Final = Table(
    "salt",
    metadata,
    Column("stream", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    PrimaryKeyConstraint("stream", "chain"),
)

#: Which store a stream (a complaint) belongs to. The store is one that its device may write for;
#: looking it up again for each row took a tenth of an upload's time in the database.
stream: Final = Table(
    "stream",
    metadata,
    Column("id", Text, primary_key=True),
    Column("store", Text, nullable=False),
)

#: What a store's devices are to receive, in the order in which HQ took it: `events` events of a
#: chain from `first_seq` on, the last of them at `position`.
feed: Final = Table(
    "feed",
    metadata,
    Column("store", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("home", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("events", Integer, nullable=False),
    PrimaryKeyConstraint("store", "position"),
    postgresql_partition_by=_BY_STORE,
)

#: HQ's countersignatures, one a head it answered with.
receipt: Final = Table(
    "receipt",
    metadata,
    Column("home", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("signed_at", _time, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    PrimaryKeyConstraint("home", "chain", "seq"),
    postgresql_partition_by=_BY_HOME,
)

#: Streams whose row is older than their events.
dirty_stream: Final = Table("dirty_stream", metadata, Column("stream", Text, primary_key=True))

#: Events of a large batch whose streams have rows older than they: who makes the rows finds out
#: which, so that the batch itself writes one line instead of one a stream.
dirty_run: Final = Table(
    "dirty_run",
    metadata,
    Column("chain", Text, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("home", Text, nullable=False),
    PrimaryKeyConstraint("chain", "first_seq"),
)

#: One complaint as HQ's lists need it; no personal data.
ticket_row: Final = Table(
    "ticket_row",
    metadata,
    Column("store", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("opened_at", _time),
    Column("updated_at", _time, nullable=False),
    Column("events", Integer, nullable=False),
    Column("pending", Integer, nullable=False),
    Column("anomalies", JSONB, nullable=False),
    Column("conflicts", JSONB, nullable=False),
    PrimaryKeyConstraint("store", "stream"),
    Index(
        "ix_ticket_row_attention",
        "store",
        postgresql_where=text(
            "pending > 0 OR anomalies <> '[]'::jsonb OR conflicts <> '[]'::jsonb"
        ),
    ),
    postgresql_partition_by=_BY_STORE,
)

#: Complaints that could not be folded; their events are kept.
quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("store", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", _time, nullable=False),
)

#: What a person at HQ should look at: forks, rollbacks, wrong heads.
incident: Final = Table(
    "incident",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", _time, nullable=False),
    Column("scope", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("chain", "code", "detail"),
)

#: Attachments by store and content; the bytes are in the object store.
attachment: Final = Table(
    "attachment",
    metadata,
    Column("store", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("store", "sha256"),
    postgresql_partition_by=_BY_STORE,
)

#: Who works at HQ. `scope` is empty for all stores, else a store's id or `region:NAME`;
#: `must_change` asks for a new password at the next login.
person: Final = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", _time),
    Column("scope", Text, nullable=False, server_default=""),
    Column("must_change", Boolean, nullable=False, server_default=false()),
)

#: Who is logged in at the pages; the cookie is kept as SHA-256.
session: Final = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person", Text, ForeignKey("person.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", _time, nullable=False),
    Column("expires_at", _time, nullable=False),
    Column("seen_at", _time),
)

#: On which enrolled device a person of HQ answers the phone.
approver_device: Final = Table(
    "approver_device",
    metadata,
    Column("person", Text, ForeignKey("person.id"), primary_key=True),
    Column("device", Text, ForeignKey("device.id"), nullable=False),
)

#: Envelopes of phone approval; `secret` is gone once the approver's device holds it.
envelope: Final = Table(
    "envelope",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("store", Text, nullable=False),
    Column("device", Text, nullable=False, index=True),
    Column("approver", Text, nullable=False),
    Column("approver_device", Text, nullable=False, index=True),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("cap", Text, nullable=False),
    Column("issued_at", _time, nullable=False),
    Column("expires_at", _time, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("lock", Text, nullable=False),
    Column("lock_signature", LargeBinary, nullable=False),
    Column("secret_signature", LargeBinary, nullable=False),
    Column("secret", LargeBinary),
    Column("recalled_at", _time),
)

#: How many unused envelopes each device of a place (a store's or a device's id) keeps of an
#: approver; what is used or expires is made again by itself.
envelope_quota: Final = Table(
    "envelope_quota",
    metadata,
    Column("person", Text, ForeignKey("person.id"), nullable=False),
    Column("place", Text, nullable=False),
    Column("cap", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("keep", Integer, nullable=False),
    PrimaryKeyConstraint("person", "place"),
)

#: What the journals say of envelopes: a code given, a release, a lock that died of wrong codes.
envelope_record: Final = Table(
    "envelope_record",
    metadata,
    Column("chain", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("store", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("at", _time, nullable=False),
    Column("noted_at", _time, nullable=False),
    PrimaryKeyConstraint("chain", "seq"),
)

#: Policy packs that were uploaded here; `archive` is signed when the pack is published.
#: The index that holds a version to one published pack.
ONE_PUBLISHED: Final = "ix_policy_pack_published"

policy_pack: Final = Table(
    "policy_pack",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", _time, nullable=False),
    Column("simulation", JSONB),
    Column("archive", LargeBinary),
    Column("published_by", Text),
    Column("published_at", _time),
    Index(
        ONE_PUBLISHED,
        "version",
        unique=True,
        postgresql_where=text("published_at IS NOT NULL"),
    ),
)

_PARTITION: Final = re.compile(r".+_p\d+")


def is_own(name: str | None, kind: str, _parents: object) -> bool:
    """Tell Alembic what to compare: tables of the models, not the partitions below them."""
    return kind != "table" or _PARTITION.fullmatch(name or "") is None
