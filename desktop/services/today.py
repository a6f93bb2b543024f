"""What to do now (今日): open complaints by their tightest clock, and the day's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.services.identity import Identity
from desktop.services.ports import Clock
from desktop.services.promises import PromiseDue, Promises
from desktop.services.ticket_ports import Counts, TicketQueries, TicketRow, Waiting

LONGEST_LIST = 100


@dataclass(frozen=True, slots=True)
class Board:
    """The Today screen at one moment; `todo` is ordered by due time, the tightest first."""

    now: datetime
    counts: Counts
    todo: Sequence[TicketRow]
    waiting: Sequence[Waiting]
    promises: Sequence[PromiseDue]


class Today:
    """Reads the board."""

    def __init__(
        self, queries: TicketQueries, promises: Promises, clock: Clock, identity: Identity
    ) -> None:
        self._queries = queries
        self._promises = promises
        self._clock = clock
        self._identity = identity

    def board(self) -> Board:
        """Return the board now; day and month begin at midnight in the store's zone."""
        now = self._clock.now()
        local = now.astimezone(ZoneInfo(self._identity.current().timezone))
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return Board(
            now=now,
            counts=self._queries.counts(now, day, day.replace(day=1)),
            todo=self._queries.open_by_due(LONGEST_LIST),
            waiting=self._queries.waiting(),
            promises=self._promises.today(),
        )
