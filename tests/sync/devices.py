"""A store PC at the level of the wire: real records, real signatures, no database."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.domain.events import Draft
from desktop.journal import digests, records
from desktop.journal.chain import GENESIS, next_hash
from desktop.journal.records import Record, Written
from sync import protocol
from sync.hq import enrolment
from sync.hq.exchange import Exchange

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def opened(number: str, store: str = "S0217", **personal: str) -> Draft:
    """A complaint's first event."""
    return Draft(
        "ticket.opened",
        {"number": number, "channel": "counter", "store": store, "flow": "store",
         "fields": {"emotion": 3}},
        {"verbatim": "奶粉有异味", "expectation": "退款", **personal},
    )  # fmt: skip


def proposed(item: str, amount: str = "5000.01", approver: str = "department_head") -> Draft:
    """A compensation that waits for its approver."""
    return Draft(
        "compensation.proposed",
        {"item": item, "role": "supervisor", "instrument": "voucher", "ledger": "goodwill",
         "amount": amount, "payee": "customer", "decision": "needs_approval",
         "approver": approver, "cumulative": amount, "limit": None},
        {"reason": "孩子住院"},
    )  # fmt: skip


class WireDevice:
    """Writes a chain and speaks the protocol to an HQ without HTTP."""

    def __init__(self, hq: Exchange, chain: str = "c-one", actor: str = "p-clerk") -> None:
        self.hq = hq
        self.chain = chain
        self.actor = actor
        self.key = Ed25519PrivateKey.generate().private_bytes_raw()
        self.records: list[Record] = []
        self.values: list[dict[str, str]] = []
        self.salts: dict[str, bytes] = {}
        self.cursor: dict[str, int] = {}
        self.token = ""
        self.hq_key = b""
        self.acked = 0

    @property
    def head(self) -> bytes:
        return self.hash_at(len(self.records))

    def hash_at(self, seq: int) -> bytes:
        return self.records[seq - 1].hash if seq else GENESIS

    def write(self, stream: str, draft: Draft, seen: Mapping[str, int] | None = None) -> Record:
        lc = 1 + sum(r.stream == stream for r in self.records) + sum((seen or {}).values())
        written = Written(stream, lc, seen or {}, AT, None, self.actor, "2026.1")
        return self.write_core(stream, records.encode_core(draft, written), draft.personal)

    def write_core(self, stream: str, core: bytes, personal: Mapping[str, str]) -> Record:
        seq = len(self.records) + 1
        salt = self.salts.setdefault(stream, secrets.token_bytes(16))
        run = digests.digests_of(salt, self.chain, seq, dict(personal))
        record = Record(
            self.chain, seq, stream, core, run, next_hash(self.head, self.chain, seq, core, run)
        )
        self.records.append(record)
        self.values.append(dict(personal))
        return record

    def enrol(self, scope: str = "S0217", **options: Any) -> Any:
        with self.hq.engine.begin() as connection:
            code = enrolment.issue_code(connection, self.hq.key, scope, self.hq.now(), **options)
        return self.enrol_with(code)

    def enrol_with(self, code: str) -> Any:
        signature = protocol.sign(self.key, protocol.enrol_message(code, self.chain))
        answer = self.hq.enrol(
            protocol.EnrolRequest(1, code, self.chain, protocol.public_key(self.key), signature)
        )
        if isinstance(answer, protocol.EnrolResponse):
            self.token, self.hq_key = answer.token, answer.hq_key
        return answer

    def request(
        self, first: int | None = None, last: int | None = None, **changed: Any
    ) -> protocol.SyncRequest:
        first = self.acked + 1 if first is None else first
        last = len(self.records) if last is None else last
        head = changed.pop("head", self.hash_at(last))
        values: dict[str, Any] = {
            "version": 1,
            "chain": self.chain,
            "seq": len(self.records),
            "acked": self.acked,
            "first_seq": first,
            "head": head,
            "signature": protocol.sign(self.key, protocol.head_message(self.chain, last, head)),
            "at": protocol.milliseconds(AT),
            "cursor": dict(self.cursor),
            "events": tuple(
                protocol.wire_event(self.records[i], self.values[i]) for i in range(first - 1, last)
            ),
            "salts": self.salts,
        }
        return protocol.SyncRequest(**{**values, **changed})

    def sync(self, request: protocol.SyncRequest | None = None) -> Any:
        answer = self.hq.sync(self.token, request or self.request())
        if isinstance(answer, protocol.SyncResponse):
            self.acked = answer.acked
            self.cursor.update(answer.cursor)
        return answer


def received(answer: protocol.SyncResponse) -> Sequence[tuple[str, int]]:
    """The places of the events that came down."""
    return [
        (run.chain, seq) for run in answer.feed for seq, _ in enumerate(run.events, run.first_seq)
    ]
