"""Rolling caps on goodwill (滚动限额, D4): per customer and per member of staff and day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from desktop.domain import fold
from desktop.domain.outcomes import Actor, RollingCap
from desktop.domain.policy import Policy
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.services.ports import Journal, TicketQueries


@dataclass(frozen=True, slots=True)
class DayCaps:
    """How much goodwill in yuan a customer may get, and a person give, in one day; None: any."""

    customer: Decimal | None = None
    staff: Decimal | None = None


class CapRules(Protocol):
    """Says which caps a policy pack sets."""

    def __call__(self, policy: Policy) -> DayCaps:
        """Return the pack's caps."""
        ...


def no_caps(policy: Policy) -> DayCaps:
    """Return no caps: the default of decision D4."""
    del policy
    return DayCaps()


class RollingSums:
    """Adds up what other complaints gave today, where a cap asks for it."""

    def __init__(self, journal: Journal, queries: TicketQueries, rules: CapRules = no_caps) -> None:
        self._journal = journal
        self._queries = queries
        self._rules = rules

    def caps(
        self, state: TicketState, actor: Actor, policy: Policy, now: datetime, timezone: str
    ) -> tuple[RollingCap, ...]:
        """Return the caps that bind `actor` on this complaint, the sums of others filled in."""
        rules = self._rules(policy)
        local = now.astimezone(ZoneInfo(timezone))
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        found = []
        if rules.customer is not None and state.text("phone"):
            rows = self._queries.by_phone(state.text("phone"))
            items = self._items((row.stream for row in rows), state.id, day)
            found.append(RollingCap("customer", rules.customer, _sum(items)))
        if rules.staff is not None:
            streams = self._queries.streams(day, now + timedelta(seconds=1))
            items = self._items(streams, state.id, day)
            own = [item for item in items if item.proposed.actor == actor.person]
            found.append(RollingCap("staff", rules.staff, _sum(own)))
        return tuple(found)

    def _items(
        self, streams: Iterable[str], but: str, since: datetime
    ) -> Sequence[CompensationItem]:
        return [
            item
            for stream in streams
            if stream != but
            for item in fold.fold(stream, self._journal.events(stream)).open_items
            if item.ledger == "goodwill" and item.proposed.at >= since
        ]


def _sum(items: Iterable[CompensationItem]) -> Decimal:
    return sum((item.amount for item in items), Decimal("0.00"))
