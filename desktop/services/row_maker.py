"""What the policy says of a complaint's row and of what reports count of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.domain import rows
from desktop.domain.analytics import case_facts
from desktop.domain.events import Event
from desktop.domain.outcomes import Actor, Context
from desktop.domain.ticket import TicketState
from desktop.services.handling import Handling

#: Clocks do not depend on who looks.
_NOBODY: Final = Actor("", "clerk")


@dataclass(slots=True)
class RowMaker:
    """Projections ask it within their transaction; `handling` is set once the use cases exist."""

    handling: Handling | None = None

    def __call__(self, state: TicketState, at: datetime) -> rows.RowFacts:
        """Return what the list shows of a complaint beside its fold, as of `at`."""
        return rows.facts_of(state, self._context(state, at))

    def case(
        self, state: TicketState, events: Sequence[Event], at: datetime
    ) -> case_facts.CaseFacts | None:
        """Return what reports count of it, None while its opening event has not arrived."""
        return case_facts.facts_of(state, events, self._context(state, at))

    def _context(self, state: TicketState, at: datetime) -> Context:
        if self.handling is None:
            raise RuntimeError("rows are asked for before the use cases are wired")
        return self.handling.context(_NOBODY, self.handling.policy_of(state), at)
