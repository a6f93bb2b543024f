"""A real store folder for tests: real database, real policy pack, real commands."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select, text

from desktop.domain import commands, rows
from desktop.domain.fold import fold
from desktop.domain.operations import complete_step
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.open_ticket import OpenTicket
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Accepted, Actor, Context, Decision
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState
from desktop.journal import digests
from desktop.journal.chain import GENESIS, next_hash
from desktop.journal.records import Record, personal_fields
from desktop.services.exchange_ports import IncomingEvent
from desktop.services.ports import Author
from desktop.storage import tables
from desktop.storage.ids import RandomIds
from desktop.storage.store import StoreData, open_store

ZONE = ZoneInfo("Asia/Shanghai")
#: A Monday, 10:00 in Shanghai.
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00", "21:00"))
CLERK = Actor("P-li", "clerk")
SUPERVISOR = Actor("P-wang", "supervisor")
HEAD = Actor("P-chen", "department_head")
WORDS = (
    "包装破损，要求退款",
    "牛奶保质期过期，孩子住院",
    "送货迟了三天",
    "维修人员态度差",
    "会员价没有生效",
)
NAMES = ("张伟", "王芳", "欧阳娜娜", "单雄信", "Anna Smith")


class Shop:
    """One installation: its folder, and people who act in it."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self.folder, self.policy = folder, policy
        self.now = MONDAY
        self.store: StoreData = self.open()

    def open(self) -> StoreData:
        return open_store(self.folder, RandomIds(), self.row_facts, ZONE)

    def reopen(self) -> None:
        self.store.close()
        self.store = self.open()

    def context(self, actor: Actor, now: datetime | None = None) -> Context:
        return Context(actor, now or self.now, self.policy, "Asia/Shanghai", HOURS)

    def row_facts(self, state: TicketState, at: datetime) -> rows.RowFacts:
        return rows.facts_of(state, self.context(CLERK, at))

    def state(self, stream: str) -> TicketState:
        return fold(stream, self.store.journal.events(stream))

    def try_to(self, stream: str, command: commands.Command, actor: Actor = CLERK) -> Decision:
        """Decide and append in one write transaction, as the use cases do."""
        with self.store.journal.write() as writer:
            state = fold(stream, writer.events(stream))
            decision = commands.decide(state, command, self.context(actor))
            if isinstance(decision, Accepted):
                author = Author(actor.person, self.now, self.policy.version)
                writer.append(stream, decision.drafts, author)
        return decision

    def act(self, stream: str, command: commands.Command, actor: Actor = CLERK) -> None:
        decision = self.try_to(stream, command, actor)
        assert isinstance(decision, Accepted), decision

    def complain(self, stream: str, **fields: object) -> str:
        """Open a complaint; return its number."""
        with self.store.journal.write() as writer:
            day = self.now.astimezone(ZONE).date()
            count = writer.next_number(day)
        number = f"S0217-A-{day:%y%m%d}-{count:03d}-K"
        serial = fields.pop("form_serial", None)
        known: dict[str, Any] = {
            "verbatim": WORDS[0],
            "emotion": 3,
            "expectation": "退款",
            "customer_name": "张伟",
            "phone": "13812345678",
            **fields,
        }
        self.act(stream, OpenTicket(number, "counter", "S0217", "store", known, serial))
        return number

    def sql(self, statement: str, **values: object) -> None:
        """Change the database behind the program's back, with its key."""
        with self.store.database.write() as connection:
            connection.execute(text(statement), values)

    def table(self, table: Table) -> list[dict[str, Any]]:
        with self.store.database.read() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

    def found(self, words: str) -> list[str]:
        """Return the streams that the search index gives for an FTS5 question, sorted."""
        with self.store.database.read() as connection:
            rows_found = connection.execute(
                text(
                    "SELECT r.stream FROM ticket_search s JOIN ticket_row r ON r.key = s.rowid "
                    "WHERE ticket_search MATCH :q"
                ),
                {"q": words},
            )
            return sorted(rows_found.scalars())


def random_step(shop: Shop, rng: random.Random, stream: str, number: int) -> None:
    """Give one random command on a ticket; what the rules refuse changes nothing."""
    state = shop.state(stream)
    step = complete_step.step_in_hand(state, shop.context(SUPERVISOR))
    checks = [c.id for c in step.do] if step else []
    pending = [i.id for i in state.compensation.values() if i.status == "pending"]
    amount = Decimal(rng.choice(("99.00", "2000.01", "6000.00")))
    instrument = rng.choice(("voucher", "refund", "cash"))
    choices: list[tuple[commands.Command, Actor]] = [
        (ClassifyTicket(rng.choice(sorted(shop.policy.codes)), rng.randint(1, 4)), CLERK),
        (CorrectTicket({"phone": f"139{rng.randrange(10**8):08d}"}), CLERK),
        (CorrectTicket({"emotion": rng.randint(1, 5), "product": "纯牛奶"}), CLERK),
        (ContactCustomer("first_response", "phone"), CLERK),
        (AddComment(f"第{number}次意见"), SUPERVISOR),
        (ProposeCompensation(f"i{number}", instrument, "goodwill", amount), CLERK),
        (RecordSolution("退货退款"), CLERK),
        (RecordSurvey("answered", rng.randint(1, 5)), CLERK),
    ]
    if pending:
        choices.append((DecideApproval(pending[0], rng.random() < 0.5, "按制度"), HEAD))
    if rng.random() < 0.1:
        photo = shop.store.attachments.put(f"photo {number}".encode())
        choices = [(AttachEvidence(photo, "image/png", 9, "photo", "a.png"), CLERK)]
    if step and checks:
        choices += [(TickCheck(step.id, check, True), CLERK) for check in checks]
    if step:
        choices += [(CompleteStep(step.id, "客户外出"), SUPERVISOR)] * 2
    shop.now += timedelta(minutes=rng.randrange(1, 600))
    command, actor = rng.choice(choices)
    shop.try_to(stream, command, actor)


def random_history(shop: Shop, seed: int, tickets: int, steps: int) -> list[str]:
    """Let a seeded crowd complain and be handled; return the streams."""
    rng = random.Random(seed)
    streams = [f"t{number}" for number in range(tickets)]
    for stream in streams:
        shop.now += timedelta(hours=rng.randrange(1, 30))
        shop.complain(stream, verbatim=rng.choice(WORDS), customer_name=rng.choice(NAMES))
    for number in range(steps):
        random_step(shop, rng, rng.choice(streams), number)
    return streams


def as_feed(shop: Shop) -> tuple[list[IncomingEvent], dict[str, bytes]]:
    """Return a shop's own chain as HQ would hand it to another PC of the store."""
    queue, chain = shop.store.sync.queue(0, 100_000), shop.store.sync.chain()
    columns = zip(queue.seqs, queue.streams, queue.cores, queue.digests, queue.hashes, strict=True)
    events = []
    for seq, *stored in columns:
        known = queue.personal.get(seq, {})
        values = {name: value for name, value in known.items() if value is not None}
        events.append(IncomingEvent(Record(chain, seq, *stored), values))
    return events, dict(shop.store.sync.salts(queue.streams))


def foreign_record(
    chain: str, seq: int, stream: str, core: bytes, prev: bytes = GENESIS, salt: bytes = b"",
    values: Mapping[str, str] | None = None,
) -> Record:  # fmt: skip
    """Return a well-chained record with any bytes as its core."""
    names: Sequence[str] = personal_fields(core) if values else ()
    run = b"".join(digests.digest(salt, chain, seq, n, (values or {})[n]) for n in names)
    return Record(chain, seq, stream, core, run, next_hash(prev, chain, seq, core, run))


PROJECTIONS = (tables.ticket_row, tables.counter, tables.quarantine)
