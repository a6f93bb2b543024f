"""The customer at intake (IN-07, IN-09): found by phone, member number or receipt, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from desktop.domain import fold
from desktop.domain.suggesting import n_grams
from desktop.domain.ticket import TicketState
from desktop.services.paper_ports import CustomerBook
from desktop.services.ports import Clock, Journal
from desktop.services.ticket_ports import TicketFilter, TicketQueries, TicketRow

Key = Literal["phone", "member_no", "receipt_no"]
KEYS: Final[tuple[Key, ...]] = ("phone", "member_no", "receipt_no")
Likeness = Literal["receipt", "sku", "product", "words", "recent"]

#: Complaints that are looked at for each way to find the customer.
_MOST: Final = 20
#: Two complaints this near in time may be about one matter.
_NEAR: Final = timedelta(days=30)
#: From this share of common pieces on, words are alike.
_ALIKE: Final = 0.3


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A complaint of this customer: by which facts it was found, and why it may be a duplicate.

    `alike` is empty where nothing but the customer is the same.
    """

    row: TicketRow
    by: tuple[Key, ...]
    alike: tuple[Likeness, ...]

    @property
    def duplicate(self) -> bool:
        """Whether it is open and about the same goods or told in like words."""
        return not self.row.closed and bool(set(self.alike) - {"recent"})


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """What is known of a customer; `facts` may fill fields that are still empty.

    `from_snapshot` says that some facts come from the imported list of members and orders;
    `goodwill` is the goodwill given on the complaints listed, in yuan.
    """

    facts: Mapping[str, str]
    vip: bool
    from_snapshot: bool
    cases: Sequence[KnownCase]
    goodwill: Decimal
    emotion: int

    @property
    def open(self) -> int:
        """How many complaints are still open."""
        return sum(not case.row.closed for case in self.cases)

    @property
    def duplicates(self) -> Sequence[KnownCase]:
        """The open complaints that may be the same matter, the likeliest first."""
        found = [case for case in self.cases if case.duplicate]
        return sorted(found, key=lambda case: -len(case.alike))


class CustomerCards:
    """Finds the customer of what is being typed."""

    def __init__(
        self, journal: Journal, queries: TicketQueries, book: CustomerBook, clock: Clock
    ) -> None:
        self._journal = journal
        self._queries = queries
        self._book = book
        self._clock = clock

    def find(self, typed: Mapping[str, str]) -> CustomerCard | None:
        """Return the card for typed fields (phone, member_no, receipt_no, product, sku, verbatim).

        None when none of the three keys is typed, or nothing at all is known under them.
        """
        keys = {key: typed[key].strip() for key in KEYS if typed.get(key, "").strip()}
        if not keys:
            return None
        states: dict[str, tuple[TicketRow, TicketState, list[Key]]] = {}
        for key, value in keys.items():
            for row in self._candidates(key, value):
                known = states.get(row.stream)
                if known is None:
                    events = self._journal.events(row.stream)
                    known = (row, fold.fold(row.stream, events), [])
                if key == "phone" or known[1].text(key) == value:
                    states[row.stream] = known
                    known[2].append(key)
        facts = self._snapshot(keys)
        if not states and not facts:
            return None
        return self._card(typed, states.values(), facts)

    def _candidates(self, key: Key, value: str) -> Sequence[TicketRow]:
        if key == "phone":
            return self._queries.by_phone(value)[:_MOST]
        return self._queries.page(TicketFilter(text=value), None, _MOST)

    def _snapshot(self, keys: Mapping[Key, str]) -> dict[str, str]:
        order = self._book.order(keys["receipt_no"]) if "receipt_no" in keys else None
        number = keys.get("member_no") or (order.member_no if order else "")
        member = self._book.member(number) if number else None
        if member is None and "phone" in keys:
            member = self._book.by_phone(keys["phone"])
        facts: dict[str, str] = {}
        if member is not None:
            facts = {
                "customer_name": member.name,
                "phone": member.phone,
                "member_no": member.member_no,
            }
        if order is not None:
            facts |= {"product": order.product, "phone": facts.get("phone") or order.phone}
        return {name: value for name, value in facts.items() if value}

    def _card(
        self,
        typed: Mapping[str, str],
        found: Iterable[tuple[TicketRow, TicketState, list[Key]]],
        facts: Mapping[str, str],
    ) -> CustomerCard:
        ordered = sorted(found, key=lambda one: one[0].opened_at, reverse=True)
        now = self._clock.now()
        cases = [
            KnownCase(row, tuple(by), _alike(typed, row, state, now)) for row, state, by in ordered
        ]
        # A receipt may have been shown by somebody else; the phone is the person's own.
        surest = sorted(ordered, key=lambda one: "phone" not in one[2])
        told = {
            name: next((s.text(name) for _, s, _ in surest if s.text(name)), "")
            for name in ("customer_name", "phone", "member_no")
        }
        given = (
            item.amount
            for _, state, _ in ordered
            for item in state.open_items
            if item.ledger == "goodwill" and item.allowed
        )
        return CustomerCard(
            facts={**{n: v for n, v in told.items() if v}, **facts},
            vip=any(row.tier == "vip" for row, _, _ in ordered),
            from_snapshot=bool(facts),
            cases=cases,
            goodwill=sum(given, Decimal("0.00")),
            emotion=max((row.emotion for row, _, _ in ordered), default=0),
        )


def _alike(
    typed: Mapping[str, str], row: TicketRow, state: TicketState, now: datetime
) -> tuple[Likeness, ...]:
    def same(name: str) -> bool:
        value = typed.get(name, "").strip()
        return bool(value) and value.casefold() == state.text(name).strip().casefold()

    facts: tuple[tuple[Likeness, bool], ...] = (
        ("receipt", same("receipt_no")),
        ("sku", same("sku")),
        ("product", same("product")),
        ("words", _like(typed.get("verbatim", ""), state.text("verbatim")) >= _ALIKE),
        ("recent", now - row.opened_at <= _NEAR),
    )
    return tuple(name for name, holds in facts if holds)


def _like(first: str, second: str) -> float:
    """Return the share of pieces of two characters that two texts have in common, 0 to 1."""
    pairs = [{gram for gram in n_grams(text.lower()) if len(gram) == 2} for text in (first, second)]
    smaller = min(len(part) for part in pairs)
    return len(pairs[0] & pairs[1]) / smaller if smaller >= 3 else 0.0
