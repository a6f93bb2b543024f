"""Complaints linked with one another (关联), followed over as many links as there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from desktop.domain import fold
from desktop.domain.events import Event
from desktop.domain.ticket import CompensationItem, TicketState

#: A mass complaint has dozens; a longer walk would only slow the counter down.
MOST_LINKED: Final = 100


def linked_states(
    state: TicketState, read: Callable[[str], Sequence[Event]], most: int = MOST_LINKED
) -> tuple[TicketState, ...]:
    """Return the complaints that links lead to from `state`, the nearest first, at most `most`.

    Links that were taken back lead nowhere; complaints that have not arrived here are left out.
    """
    seen: set[str] = {state.id}
    found: list[TicketState] = []
    waiting = deque(link.other for link in state.live_links)
    while waiting and len(found) < most:
        stream = waiting.popleft()
        if stream in seen:
            continue
        seen.add(stream)
        other = fold.fold(stream, read(stream))
        if other.opened is None:
            continue
        found.append(other)
        waiting.extend(link.other for link in other.live_links)
    return tuple(found)


def linked_items(
    state: TicketState, read: Callable[[str], Sequence[Event]]
) -> tuple[CompensationItem, ...]:
    """Return the compensations of all linked complaints that count against authority (D4)."""
    return tuple(item for other in linked_states(state, read) for item in other.open_items)
