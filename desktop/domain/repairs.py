"""Repairs against their promise (SP-12 → 服务 SLA 考核, CL-08): a row of the department's table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.outcomes import Context
from desktop.domain.ticket import TicketState

SLA_TABLE: Final = "sla_table"


@dataclass(frozen=True, slots=True)
class RepairRow:
    """A repair: promised and done day (None while it lasts) and how late it is by now."""

    promised: date
    done: date | None
    late: timedelta


def repair_row(state: TicketState, context: Context) -> RepairRow | None:
    """Return the row, or None where the code feeds no table or no day was promised."""
    code = context.policy.codes.get(state.text("code"))
    promised = _day(state.text("repair_promised_at"))
    if code is None or SLA_TABLE not in code.consequences or promised is None:
        return None
    done = _day(state.text("repair_done_at"))
    today = context.now.astimezone(ZoneInfo(context.timezone)).date()
    return RepairRow(promised, done, max((done or today) - promised, timedelta()))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
