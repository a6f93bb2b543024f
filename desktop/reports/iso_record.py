"""What the annex forms of ISO 10002 record beside the complaint itself, read from the ticket."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.domain.ticket import Mark, TicketState
from desktop.reports import models


def assessment(state: TicketState) -> models.Assessment:
    """Return the initial assessment of ISO 10002 7.5; what nobody assessed stays empty."""
    return models.Assessment(
        actual_severity=state.text("actual_severity"),
        potential_severity=state.text("potential_severity"),
        complexity=state.text("complexity"),
        impact=state.text("impact"),
        safety=flag(state, "safety"),
        action_needed=flag(state, "action_needed"),
        action_possible=flag(state, "action_possible"),
        compensation_likely=flag(state, "compensation_likely"),
    )


def flag(state: TicketState, name: str) -> bool | None:
    """Return a yes or no, None where nobody said."""
    value = state.value(name)
    return value if isinstance(value, bool) else None


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a text that commas separate, such as remedies."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def moment(text: str, timezone: str) -> datetime | None:
    """Return a time as typed; without an offset it is the store's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def verified(state: TicketState) -> Mark | None:
    """Return who found the correction to hold, and when."""
    register = state.fields.get("correction_verified")
    current = register.current if register else None
    return Mark(current.event, current.at, current.actor) if current and current.value else None
