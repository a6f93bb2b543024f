"""What reading paper needs of storage: customers as last imported, and how the reader did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

FieldClass: TypeAlias = Literal["digits", "short", "long"]


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A member as HQ's customer system knew them at the last import."""

    member_no: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order (小票) of the last import; `amount` is a decimal string, `bought_on` an ISO date."""

    receipt_no: str
    member_no: str
    phone: str
    bought_on: str
    amount: str
    product: str
    store: str


class CustomerBook(Protocol):
    """The customer snapshot (会员与订单快照, IN-04): the last import, also with no network."""

    def imported_at(self) -> datetime | None:
        """Return when customers were last imported, None when never."""
        ...

    def replace(
        self, members: Sequence[KnownMember], orders: Sequence[KnownOrder], at: datetime
    ) -> None:
        """Put a new snapshot in the place of the old one, whole or not at all."""
        ...

    def member(self, member_no: str) -> KnownMember | None:
        """Return the member with this number."""
        ...

    def by_phone(self, phone: str) -> KnownMember | None:
        """Return the member with this phone, None when there is none or more than one."""
        ...

    def order(self, receipt_no: str) -> KnownOrder | None:
        """Return the order with this receipt number."""
        ...

    def products(self) -> Sequence[str]:
        """Return every product of the orders, each once."""
        ...

    def stores(self) -> Sequence[str]:
        """Return every store of the orders, each once."""
        ...


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """How one field was read, without what it says: nothing personal is kept.

    `weakest` is the reading's evidence (see FieldReading), `edits` the characters that a person
    changed, `length` the characters of the final value.
    """

    key: str
    ours: bool
    certain: bool
    weakest: float
    right: bool
    edits: int
    length: int


class ReadingRecords(Protocol):
    """What people corrected at review; the measure of the reader (`amends ocr-stats`)."""

    def add(self, outcomes: Sequence[FieldOutcome], at: datetime) -> None:
        """Keep the outcomes of one page."""
        ...

    def since(self, at: datetime | None) -> Sequence[FieldOutcome]:
        """Return outcomes from `at` on, all of them for None."""
        ...
