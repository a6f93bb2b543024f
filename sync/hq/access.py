"""Who may do what at HQ: rooms by role, stores by the person's scope (AS-06, AU-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from sqlalchemy import Column, ColumnElement, Connection, or_, select, true

from desktop.domain.outcomes import Role
from desktop.domain.ranks import is_above
from sync.hq.enrolment import REGION
from sync.hq.models import store
from sync.hq.people import User

_ALL: Final[frozenset[Role]] = frozenset(get_args(Role))
_HEADS: Final[frozenset[Role]] = frozenset({"department_head", "regional_manager"})

#: Which roles may enter a room of the pages; what they see there is bounded by their scope.
ROOMS: Final[Mapping[str, frozenset[Role]]] = {
    "stores": _ALL,
    "approvals": _ALL - {"clerk"},
    "attention": _ALL - {"clerk"},
    "outlook": _ALL - {"clerk"},
    "reconciliation": _HEADS | {"legal"},
    "enrolment": _HEADS,
    "envelopes": _HEADS,
    "staff": _HEADS,
    "policy": _HEADS | {"legal"},
    "people": frozenset({"department_head"}),
    "audit": frozenset({"department_head", "legal"}),
    "verification": frozenset({"department_head", "legal"}),
}


def may_enter(user: User, room: str) -> bool:
    """Tell whether a person's role opens a room; what binds every store needs the whole scope."""
    if room in ("people", "audit", "verification") and user.scope:
        return False
    return user.role in ROOMS[room]


def above(user: User, *roles: str) -> bool:
    """Tell whether one of these roles is above the person's own, who then may not give it."""
    return is_above(user.role, roles)


def may_publish(user: User) -> bool:
    """Tell whether a person may upload and publish policy packs: they bind every store."""
    return user.role == "department_head" and not user.scope


def may_clear(user: User) -> bool:
    """Tell whether a person may say that an incident has been looked into."""
    return user.role in _HEADS


def in_scope(user: User, column: Column[Any]) -> ColumnElement[bool]:
    """Return the condition that a column naming a store or region is in the person's scope."""
    if not user.scope:
        return true()
    if not user.scope.startswith(REGION):
        return column == user.scope
    region = user.scope.removeprefix(REGION)
    inside = select(store.c.id).where(store.c.region == region)
    return or_(column == user.scope, column.in_(inside))


def sees(connection: Connection, user: User, place: str) -> bool:
    """Tell whether a store or region is in the person's scope."""
    if not user.scope or place == user.scope:
        return True
    if not user.scope.startswith(REGION):
        return False
    region = user.scope.removeprefix(REGION)
    found = select(store.c.id).where(store.c.id == place, store.c.region == region)
    return connection.execute(found).first() is not None
