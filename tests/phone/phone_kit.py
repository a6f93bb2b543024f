"""Both ends of the phone for tests: real desks, a real HQ, locks that cost little."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from argon2 import PasswordHasher

from desktop.bootstrap import open_desk
from desktop.domain import phone_approval
from desktop.domain.outcomes import Refusal
from desktop.domain.phone_approval import Challenge, PhoneFacts
from desktop.domain.ticket import TicketState
from desktop.services.desk import Desk
from desktop.services.exchange_ports import Enrolment, ExchangeReport
from desktop.services.phone_codes import GivenCode
from desktop.services.phone_ports import make_lock
from sync.hq import bootstrap, envelope_records, envelopes, projection
from sync.hq.envelope_records import Mismatch
from sync.hq.people import People
from tests.sync.conftest import ServedHq

PASSWORD = "一二三四五六七八九十"
#: The library's real argon2id at its cheapest; locks name their own cost.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def cheap_lock(secret: bytes) -> str:
    return make_lock(secret, CHEAP)


class MovedClock:
    """The machine's clock, moved by tests."""

    def __init__(self) -> None:
        self.moved = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved


class World:
    """HQ over HTTP, `store` (S0217, supervisor wang) and `mine` (the approver luo's PC)."""

    def __init__(self, hq: ServedHq, folder: Path) -> None:
        self.hq = hq
        self.folder = folder
        self.clock = MovedClock()
        self.people = People(hq.engine, bootstrap.utc_now, CHEAP)
        self.luo = self.people.save("luo", "罗薇", "department_head", PASSWORD)
        self.store = self.pc("store", "S0217", "wang", "王敏", "S0217")
        self.mine = self.pc("mine", "R0001", "luo", "罗薇", "region:苏南")
        self.bind("luo", self.mine)
        self.issue()
        self.exchange(self.store, self.mine)

    def pc(self, name: str, code: str, login: str, person: str, scope: str) -> Desk:
        """A PC of its own, enrolled under `scope`, its owner logged in."""
        desk = open_desk(self.folder / name, self.clock)
        desk.set_up(code, f"店{code}", "0510-1", login, person, PASSWORD)
        desk.log_in(login, PASSWORD)
        enrolled = desk.enrol(self.hq.url, self.hq.code(scope, region="苏南"))
        assert isinstance(enrolled, Enrolment)
        return desk

    def device(self, desk: Desk) -> str:
        enrolment = desk.enrolment()
        assert enrolment is not None
        return enrolment.device

    def bind(self, login: str, desk: Desk) -> None:
        with self.hq.engine.begin() as connection:
            envelopes.set_device(connection, login, self.device(desk))

    def issue(
        self, place: str = "S0217", login: str = "luo", cap: str = "20000", count: int = 5
    ) -> tuple[int, ...]:
        order = envelopes.Order(place, login, Decimal(cap), timedelta(days=30), count)
        with self.hq.engine.begin() as connection:
            return envelopes.issue(connection, self.hq.key, order, bootstrap.utc_now(), cheap_lock)

    def exchange(self, *desks: Desk) -> None:
        for desk in desks:
            outcome = desk.exchange()
            assert isinstance(outcome, ExchangeReport), outcome

    def ticket(self, desk: Desk | None = None) -> str:
        fields = {"verbatim": "奶粉有异味", "emotion": 3, "expectation": "赔偿"}
        row = (desk or self.store).open_ticket(
            fields, channel="counter", quick=False, arrived_at=None, draft=None
        )
        assert not isinstance(row, Refusal)
        return row.stream

    def waiting(
        self, amount: str = "6800", ticket: str = "", payee: str = "customer"
    ) -> tuple[str, str]:
        """A compensation that waits at the store; returns (ticket, item)."""
        stream = ticket or self.ticket()
        command = self.store.new_compensation("voucher", "goodwill", Decimal(amount), payee, "孩子")
        state = self.store.act(stream, command)
        assert isinstance(state, TicketState)
        assert state.compensation[command.item].status == "pending"
        return stream, command.item

    def asked(self, stream: str, item: str, approver: str = "") -> Challenge:
        challenge = self.store.phone_challenge(stream, item, approver)
        assert isinstance(challenge, Challenge), challenge
        return challenge

    def give(self, challenge: Challenge, **heard: object) -> GivenCode | Refusal:
        """The approver types what was heard; `heard` changes facts, as a slip would."""
        facts = replace(challenge.facts, **heard) if heard else challenge.facts
        return self.mine.phone_code(challenge.envelope, facts, challenge.check)

    def code(self, challenge: Challenge) -> str:
        given = self.give(challenge)
        assert isinstance(given, GivenCode), given
        return given.code

    def code_for_other_facts(self, challenge: Challenge, facts: PhoneFacts, **terms: object) -> str:
        """A code as the approver's device would make it for other facts, with the real secret."""
        held = next(
            h
            for h in self.mine.use_cases.phone_codes.held(self.mine.person)
            if h.envelope.number == challenge.envelope
        )
        envelope = replace(held.envelope, **terms) if terms else held.envelope
        return phone_approval.code_for(held.secret, facts, envelope)

    def status(self, stream: str, item: str) -> str:
        page = self.store.ticket(stream)
        assert page is not None
        return page.state.compensation[item].status

    def mismatches(self) -> list[Mismatch]:
        projection.drain(self.hq.engine, bootstrap.utc_now())
        with self.hq.engine.connect() as connection:
            return envelope_records.reconcile(connection)

    def close(self) -> None:
        self.store.close()
        self.mine.close()
