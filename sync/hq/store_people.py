"""Accounts at stores as their journals tell them, and HQ's orders about them.

An order is an event of HQ's chain on the person's own stream; the store's PCs carry it out after
the exchange that brings it. A password travels as its argon2id hash only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from argon2 import PasswordHasher
from sqlalchemy import Connection, select

from desktop.domain.events import Draft, Event
from desktop.domain.people import PERSON_ADDED, PERSON_CHANGED, PERSON_ORDERED, person_ordered
from desktop.journal.records import TornRecord
from sync.hq import access, acts, ids, own_chain, streams
from sync.hq.models import event, person
from sync.hq.people import ROLES, BadAccount, User
from sync.hq.staff import NewPassword, new_password

#: Streams of people begin with P.
_FROM: Final = "P"
_BEFORE: Final = "Q"
_MOST: Final = 500
_POLICY: Final = "-"


@dataclass(frozen=True, slots=True)
class StorePerson:
    """One account at a store; `ordered` when HQ's last order about it came later than the store.

    `confirmed` when HQ has given or confirmed the role that it has now: before enrolment a store
    gives out roles itself, and HQ looks at each of them.
    """

    id: str
    login: str
    name: str
    role: str
    active: bool
    ordered: bool
    confirmed: bool


def of_store(connection: Connection, store_id: str) -> Sequence[StorePerson]:
    """Return a store's accounts, by login; people of HQ whom it knows by name are left out."""
    names = connection.execute(
        select(event.c.stream)
        .where(event.c.home == store_id, event.c.stream >= _FROM, event.c.stream < _BEFORE)
        .where(event.c.run > 0)
        .distinct()
        .order_by(event.c.stream)
        .limit(_MOST)
    ).scalars()
    own = set(connection.execute(select(person.c.id)).scalars())
    found = []
    for name in names:
        if name in own:
            continue
        try:
            account = _fold(name, streams.events(connection, name))
        except TornRecord:
            continue  # verification names it
        if account is not None:
            found.append(account)
    return sorted(found, key=lambda p: (not p.active, p.login))


def _fold(name: str, events: Sequence[Event]) -> StorePerson | None:
    account: StorePerson | None = None
    for item in sorted(events, key=lambda e: (e.lc, e.id.chain)):
        data = item.data
        if item.kind == PERSON_ADDED or (item.kind == PERSON_ORDERED and data["what"] == "add"):
            account = StorePerson(
                name, str(data.get("login", "")), item.text("name"), str(data.get("role", "")),
                active=True, ordered=item.kind == PERSON_ORDERED,
                confirmed=item.kind == PERSON_ORDERED,
            )  # fmt: skip
        elif account is not None and item.kind in (PERSON_CHANGED, PERSON_ORDERED):
            role = str(data.get("role", account.role))
            gives_role = item.kind == PERSON_ORDERED and data.get("what") in ("role", "add")
            account = replace(
                account,
                role=role,
                active=data.get("active") is not False,
                ordered=item.kind == PERSON_ORDERED,
                confirmed=gives_role or (account.confirmed and role == account.role),
            )
    return account


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: `add`, `role`, `active` or `password`, to whom at which store.

    `confirm` is the order of the role that the account has: nothing changes there but who says so.
    """

    store: str
    what: str
    person: str = ""
    login: str = ""
    name: str = ""
    role: str = ""
    active: bool = True


def give(
    connection: Connection, who: User, order: Order, now: datetime, hasher: PasswordHasher
) -> NewPassword | None:
    """Send an order down; return a password that is shown once. Raises BadAccount.

    Nobody gives a role above their own, nor touches the account of somebody who has one.
    """
    known = {p.id: p for p in of_store(connection, order.store)}
    before = None if order.what == "add" else known.get(order.person)
    if order.what == "add":
        _may_add(order, known.values())
    elif before is None:
        raise BadAccount("unknown")
    if access.above(who, order.role, before.role if before else ""):
        raise BadAccount("role_above")
    what = "role" if order.what == "confirm" else order.what
    role = order.role if order.what in ("add", "role") else (before.role if before else "")
    if role not in ROLES:
        raise BadAccount("role")
    active = order.active if order.what == "active" else (before is None or before.active)
    target = ids.new_id("P") if order.what == "add" else order.person
    login = before.login if before else order.login.strip().lower()
    shown = NewPassword(login, new_password()) if order.what in ("add", "password") else None
    draft = person_ordered(
        what, login, role, active=active, name=order.name.strip(),
        password_hash=hasher.hash(shown.password) if shown else "",
    )  # fmt: skip
    _send(connection, who.id, order.store, target, draft, now)
    acts.record(
        connection, who.id, f"store_person_{order.what}", now,
        store=order.store, person=target, role=role,
    )  # fmt: skip
    return shown


def _may_add(order: Order, known: Iterable[StorePerson]) -> None:
    login = order.login.strip().lower()
    if not login or len(login) > 64 or " " in login or not order.name.strip():
        raise BadAccount("bad_account")
    if any(p.login == login for p in known):
        raise BadAccount("login_taken")


def _send(
    connection: Connection, who: str, store_id: str, target: str, draft: Draft, now: datetime
) -> None:
    author = own_chain.Author(who, now, _POLICY)
    own_chain.append(connection, store_id, target, author, lambda _: (draft,))
