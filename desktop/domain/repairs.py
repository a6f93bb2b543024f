"""Repairs against their promise (SP-12 → 服务 SLA 考核, CL-08): a row of the department's table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.outcomes import Context
from desktop.domain.ticket import TicketState

SLA_TABLE: Final = "sla_table"
#: Our own field, else the pack's own of that id (custom_fields.yaml), which screens show by itself.
PROMISED: Final = ("repair_promised_at", "custom:repair_promised")
DONE: Final = ("repair_done_at", "custom:repair_done")
UNKNOWN: Final = ("custom:repair_unknown",)


@dataclass(frozen=True, slots=True)
class RepairRow:
    """A repair: promised and done day (None while it lasts) and how late it is by now."""

    promised: date
    done: date | None
    late: timedelta


def repair_row(state: TicketState, context: Context) -> RepairRow | None:
    """Return the row, or None where the code feeds no table or no day was promised."""
    promised = _day(_first(state, PROMISED))
    if not _counts(state, context) or promised is None:
        return None
    done = _day(_first(state, DONE))
    today = context.now.astimezone(ZoneInfo(context.timezone)).date()
    return RepairRow(promised, done, max((done or today) - promised, timedelta()))


def dates_missing(state: TicketState, context: Context) -> bool:
    """Tell whether the table would lack this repair's dates and nobody said why (CL-08)."""
    if not _counts(state, context) or _first(state, UNKNOWN).strip():
        return False
    return _day(_first(state, PROMISED)) is None or _day(_first(state, DONE)) is None


def _counts(state: TicketState, context: Context) -> bool:
    code = context.policy.codes.get(state.text("code"))
    return code is not None and SLA_TABLE in code.consequences


def _first(state: TicketState, names: tuple[str, ...]) -> str:
    return next((text for text in map(state.text, names) if text), "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
