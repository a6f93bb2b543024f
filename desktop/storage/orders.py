"""Orders of headquarters as they came down in the feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from desktop.domain.people import PERSON_ORDERED
from desktop.journal.records import TornRecord, parse_core
from desktop.services.envelope_orders import ENVELOPES_RECALLED, RECALL_STREAM
from desktop.services.headquarters_orders import POLICY_PUBLISHED, POLICY_STREAM, SentPack
from desktop.services.person_orders import PersonOrder
from desktop.storage.database import Database
from desktop.storage.event_rows import PRESENT
from desktop.storage.sync_store import load_enrolment
from desktop.storage.tables import event, personal_value

#: The first text after every stream of policy packs.
_BEYOND = POLICY_STREAM[:-1] + chr(ord(POLICY_STREAM[-1]) + 1)


#: HQ's chain of a store is this and the store's id.
HQ_CHAIN = "hq-"


class SqlSentPacks:
    """Implements the port `SentPacks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent(self) -> Sequence[SentPack]:
        """Return every pack that came, in its chain's order."""
        wanted = (
            select(event.c.chain, event.c.seq, event.c.core)
            .where(
                event.c.stream >= POLICY_STREAM,  # the index on streams finds the few quickly
                event.c.stream < _BEYOND,
                event.c.kind == POLICY_PUBLISHED,
            )
            .order_by(event.c.chain, event.c.seq)
        )
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        return [SentPack(_version(row.core), row.chain, row.seq) for row in rows]

    def archive(self, pack: SentPack) -> str:
        """Return a pack's archive in base 64, "" when it has not arrived."""
        wanted = select(personal_value.c.value).where(
            personal_value.c.chain == pack.chain,
            personal_value.c.seq == pack.seq,
            personal_value.c.field == "archive",
            personal_value.c.state == PRESENT,
        )
        with self._database.read() as connection:
            return str(connection.execute(wanted).scalar_one_or_none() or "")


def _version(core: bytes) -> str:
    try:
        return str(parse_core(core).d.get("version", ""))
    except TornRecord:
        return ""


class SqlSentPersonOrders:
    """Implements the port `SentPersonOrders`: only HQ's own chain of this store gives orders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, seq: int) -> Sequence[PersonOrder]:
        """Return the orders after a place, in order."""
        with self._database.read() as connection:
            enrolment = load_enrolment(connection)
            if enrolment is None:
                return ()
            chain = HQ_CHAIN + enrolment.store
            rows = connection.execute(
                select(event.c.seq, event.c.stream, event.c.core)
                .where(event.c.chain == chain, event.c.seq > seq, event.c.kind == PERSON_ORDERED)
                .order_by(event.c.seq)
            ).all()
            beside = connection.execute(
                select(personal_value.c.seq, personal_value.c.field, personal_value.c.value).where(
                    personal_value.c.chain == chain,
                    personal_value.c.seq.in_([row.seq for row in rows]),
                    personal_value.c.state == PRESENT,
                )
            ).all()
        texts = {(row.seq, row.field): str(row.value) for row in beside}
        return [_order(row.seq, row.stream, row.core, texts) for row in rows]


def _order(seq: int, stream: str, core: bytes, texts: Mapping[tuple[int, str], str]) -> PersonOrder:
    data = parse_core(core).d
    return PersonOrder(
        seq=seq,
        person=stream,
        what=str(data.get("what", "")),
        login=str(data.get("login", "")),
        role=str(data.get("role", "")),
        active=data.get("active") is not False,
        name=texts.get((seq, "name"), ""),
        password_hash=texts.get((seq, "password_hash"), ""),
    )


class SqlSentRecalls:
    """Implements the port `SentRecalls`: only HQ's own chains recall."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def numbers(self) -> frozenset[int]:
        """Return every envelope that was recalled."""
        wanted = select(
            event.c.core
        ).where(
            event.c.stream >= RECALL_STREAM,  # the index on streams finds the few quickly
            event.c.stream < RECALL_STREAM[:-1] + chr(ord(RECALL_STREAM[-1]) + 1),
            event.c.kind == ENVELOPES_RECALLED,
            event.c.chain.startswith(HQ_CHAIN),
        )
        with self._database.read() as connection:
            cores = connection.execute(wanted).scalars().all()
        told = (parse_core(core).d.get("numbers") for core in cores)
        lists = (numbers for numbers in told if isinstance(numbers, list))
        return frozenset(n for numbers in lists for n in numbers if isinstance(n, int))
