"""What a PC tells headquarters of its store: opening hours (R5), packs taken or refused (FL-07)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop.domain.events import Draft

#: Each PC tells on a stream of its own: this and the id of its chain.
NEWS_STREAM: Final = "place-"
HOURS_SET: Final = "store.hours_set"
PACK_TAKEN: Final = "policy.taken"
PACK_REFUSED: Final = "policy.refused"


def hours_set(hours: Mapping[str, tuple[str, str]]) -> Draft:
    """Return the event of new opening hours by weekday (mon … sun), as HH:MM from and to."""
    return Draft(HOURS_SET, {"hours": {day: list(span) for day, span in hours.items()}}, {})


def pack_taken(version: str) -> Draft:
    """Return the event of a policy pack that this PC has installed."""
    return Draft(PACK_TAKEN, {"version": version}, {})


def pack_refused(version: str, reason: str) -> Draft:
    """Return the event of a policy pack that this PC refused; `reason` is a refusal's code."""
    return Draft(PACK_REFUSED, {"version": version, "reason": reason}, {})
