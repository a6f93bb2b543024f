"""What was done at HQ: who, when, what, from HQ's own chains (AU-01, AU-03, AU-06)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select

from sync.hq import acts, streams
from sync.hq.acts import Act, Wanted
from sync.hq.approvals import TIMEZONE
from sync.hq.models import person
from sync.hq.web.core import page, reading, user_of

_PAGE: Final = 100
_FAR: Final = 2**62
#: What may be asked for: HQ's own acts, then what HQ sends to stores.
KINDS: Final = (
    "logged_in", "password_changed", "sessions_ended",
    "person_added", "person_changed", "person_disabled", "person_enabled", "person_reset",
    "code_issued", "code_withdrawn", "device_revoked",
    "policy_uploaded", "policy_discarded", "policy_published",
    "approver_device", "envelopes_kept", "envelopes_stopped", "envelopes_recalled",
    "envelopes_issued", "quarantine_retried", "incident_cleared", "verify_started", "verify_done",
    "store_person_add", "store_person_role", "store_person_active", "store_person_password",
    "approval.decided", "policy.published", "person.added", "person.ordered", "envelopes.recalled",
)  # fmt: skip

routes: Final = APIRouter()


@routes.get("/audit")
async def audit(
    request: Request, before: str = "", who: str = "", what: str = "", since: str = "",
    until: str = "",
) -> Response:  # fmt: skip
    """List acts, the newest first, a page at a time; days are the stores' days."""
    user = await user_of(request, "audit")
    first, last = _day(since), _day(until)
    wanted = Wanted(
        who.strip()[:64],
        what if what in KINDS else "",
        _begins(first),
        _begins(last + timedelta(days=1)) if last else None,
    )
    found = await reading(request, lambda c: acts.newest(c, _PAGE + 1, _place(before), wanted))
    names = await reading(request, lambda c: _names(c, found))
    people = await reading(request, _people)
    shown = found[:_PAGE]
    chosen = {
        "who": wanted.who, "what": wanted.what,
        "since": first.isoformat() if first else "", "until": last.isoformat() if last else "",
    }  # fmt: skip
    end = shown[-1] if len(found) > _PAGE else None
    more = f"{end.received.isoformat()}|{end.chain}|{end.seq}" if end else ""
    asked = {name: value for name, value in chosen.items() if value}
    return page(
        request, "audit", user=user, acts=shown, names=names, operator=acts.OPERATOR,
        people=people, kinds=KINDS, chosen=chosen, filtered=bool(asked),
        more=urlencode({**asked, "before": more}) if more else "",
        newest=urlencode(asked) if before else None,
    )  # fmt: skip


def _day(told: str) -> date | None:
    try:
        found = date.fromisoformat(told)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found < date(9999, 1, 1) else None


def _begins(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(TIMEZONE))


def _place(before: str) -> tuple[datetime, str, int] | None:
    at, _, rest = before.partition("|")
    chain, _, seq = rest.rpartition("|")
    try:
        found = datetime.fromisoformat(at), chain, int(seq)
    except ValueError:
        return None
    return found if found[2] < _FAR and found[0].tzinfo and "\0" not in chain else None


def _people(connection: Connection) -> Sequence[Any]:
    columns = (person.c.id, person.c.name, person.c.login)
    return connection.execute(select(*columns).order_by(person.c.login)).all()


def _names(connection: Connection, found: Sequence[Act]) -> dict[str, str]:
    people: set[str] = set()
    for act in found:
        people |= {act.who, str(act.data.get("person", ""))}
    rows = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(people)))
    return {**streams.names(connection, people), **{row.id: row.name for row in rows}}
