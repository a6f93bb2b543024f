"""What all operations share: reading an event's data and marking who did what, when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from desktop.domain.events import Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.registers import FieldValue, Register
from desktop.domain.ticket import Mark, TicketState

#: Amounts of events: plain yuan with at most two decimals, so that sums stay exact and small.
_AMOUNT: Final = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")
AMOUNT_BELOW: Final = Decimal(10) ** 10


class Command:
    """What a person may give on a ticket; every operation's command is one."""

    __slots__ = ()


def mark(event: Event) -> Mark:
    """Return who did `event` and when."""
    return Mark(event.id, event.at, event.actor)


def set_fields(
    state: TicketState, event: Event, values: Mapping[str, FieldValue]
) -> Mapping[str, Register]:
    """Return the ticket's registers after `event` set `values`."""
    return {
        **state.fields,
        **{name: state.fields.get(name, Register()).set(event, v) for name, v in values.items()},
    }


def with_fields(state: TicketState, event: Event, values: Mapping[str, FieldValue]) -> TicketState:
    """Return the ticket after `event` set `values`."""
    return evolve(state, fields=set_fields(state, event, values))


def read_str(data: Mapping[str, JsonValue], name: str, default: str = "") -> str:
    """Return a text of the event's data; the fold never refuses, so a wrong type is the default."""
    value = data.get(name, default)
    return value if isinstance(value, str) else default


def read_int(data: Mapping[str, JsonValue], name: str) -> int | None:
    """Return a whole number of the event's data, or None."""
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_amount(data: Mapping[str, JsonValue], name: str) -> Decimal | None:
    """Return an amount in yuan from its decimal string, or None."""
    value = data.get(name)
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        return None
    return Decimal(value)


def read_map(data: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    """Return a map of the event's data, empty when it is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def read_strs(data: Mapping[str, JsonValue], name: str) -> tuple[str, ...]:
    """Return the texts of a list in the event's data; what is no text is left out."""
    value = data.get(name)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def read_date(data: Mapping[str, JsonValue], name: str) -> date | None:
    """Return a date from its ISO 8601 text, or None."""
    value = data.get(name)
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def personal(**texts: str) -> dict[str, str]:
    """Return the texts that were given, without blank ones, as personal values."""
    return {name: text.strip() for name, text in texts.items() if text.strip()}


def read_time(data: Mapping[str, JsonValue], name: str) -> datetime | None:
    """Return an aware time from its ISO 8601 text, or None."""
    value = data.get(name)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
