"""What the use cases ask of complaints at large: lists, counts, what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:  # the login page needs this module, and none of what its ports speak of
    pass


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One line of the list of complaints, a projection of the ticket.

    `node` is the SOP node of the step in hand; `due_at`/`due_clock`/`due_rule` the tightest
    running clock when the row was written; `uploaded` whether HQ's receipt covers all its events.
    """

    stream: str
    number: str
    opened_at: datetime
    updated_at: datetime
    node: str
    closed: bool
    level: int
    code: str
    emotion: int
    tier: str
    channel: str
    owner: str
    customer_name: str
    phone_tail: str
    product: str
    summary: str
    due_at: datetime | None
    due_clock: str
    due_rule: str
    pending_approvals: int
    conflicts: int
    anomalies: int
    uploaded: bool
    store: str


ListOrder: TypeAlias = Literal["newest", "oldest", "due"]


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What the list shows; empty fields do not filter. `text` is searched word by word.

    `low_stars`: the customer's last answer was below three stars (NC-12).
    """

    text: str = ""
    open_only: bool = False
    levels: frozenset[int] = frozenset()
    families: frozenset[str] = frozenset()
    pending_approval: bool = False
    low_stars: bool = False
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    order: ListOrder = "newest"


@dataclass(frozen=True, slots=True)
class PageCursor:
    """Where the next page begins (keyset paging): the last row's order key."""

    opened_at: datetime
    stream: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of the Today board."""

    open: int
    opened_today: int
    due_soon: int
    overdue: int
    pending_approvals: int
    satisfied: int
    surveyed: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who waits at the counter (到店等待, SL-10); `due_at` is the waiting clock's."""

    stream: str
    name: str
    arrived_at: datetime
    due_at: datetime
    emotion: int


class TicketQueries(Protocol):
    """Reads projections; every call is quick enough for a page (< 20 ms at a million rows)."""

    def page(
        self, wanted: TicketFilter, after: PageCursor | None, limit: int
    ) -> Sequence[TicketRow]:
        """Return rows in the order asked for, after the row that the cursor names."""
        ...

    def page_at(self, wanted: TicketFilter, offset: int, limit: int) -> Sequence[TicketRow]:
        """Return rows from the `offset`-th (0-based) on, for a jump to the middle of a list."""
        ...

    def count(self, wanted: TicketFilter) -> int:
        """Return how many rows fit."""
        ...

    def row(self, stream: str) -> TicketRow | None:
        """Return the row of one ticket."""
        ...

    def open_by_due(self, limit: int) -> Sequence[TicketRow]:
        """Return open tickets, the tightest clock first, those without a clock last."""
        ...

    def open_lengths(self, limit: int) -> Mapping[str, int]:
        """Return how many events each open ticket has, the tightest clock first.

        A ticket whose number is the same as before is as it was: events are only added.
        """
        ...

    def waiting(self) -> Sequence[Waiting]:
        """Return customers at the counter whom nobody has served, the longest wait first."""
        ...

    def by_phone(self, phone: str) -> Sequence[TicketRow]:
        """Return the tickets of a phone number, found by its keyed hash."""
        ...

    def by_number(self, number: str) -> TicketRow | None:
        """Return the one ticket with this number, or a unique tail of it; None for several."""
        ...

    def by_form_serial(self, serial: str) -> TicketRow | None:
        """Return the ticket that a paper form's serial became."""
        ...

    def awaiting_approval(self) -> Sequence[TicketRow]:
        """Return tickets with a compensation that waits for an approver."""
        ...

    def counts(self, now: datetime, day_start: datetime, month_start: datetime) -> Counts:
        """Return the figures of the Today board."""
        ...

    def streams(self, since: datetime, until: datetime) -> Sequence[str]:
        """Return tickets opened before `until` and open or touched since `since`, oldest first."""
        ...

    def of_code(self, code: str, since: datetime, until: datetime, limit: int) -> Sequence[str]:
        """Return tickets of `code` opened in [since, until), newest first."""
        ...
