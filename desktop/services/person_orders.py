"""Carries out headquarters' orders about accounts (人员): add, role, switch off, new password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, get_args

from desktop.domain.outcomes import Role
from desktop.services.ports import People, Person, Settings

_DONE = "orders.people"


@dataclass(frozen=True, slots=True)
class PersonOrder:
    """One order as it came: its place on HQ's chain, whom it is about, what is to be done."""

    seq: int
    person: str
    what: str
    login: str
    role: str
    active: bool
    name: str
    password_hash: str


class SentPersonOrders(Protocol):
    """Orders about accounts that came down in the feed."""

    def after(self, seq: int) -> Sequence[PersonOrder]:
        """Return the orders of this store's HQ chain after a place, in order."""
        ...


class PersonOrders:
    """Applies each order once; what was done is remembered by its place on HQ's chain.

    An order about somebody whom this PC does not know is another PC's and is passed over.
    """

    def __init__(self, sent: SentPersonOrders, people: People, settings: Settings) -> None:
        self._sent = sent
        self._people = people
        self._settings = settings

    def carry_out(self) -> int:
        """Apply what is new; return how many accounts were changed."""
        changed = 0
        for order in self._sent.after(int(self._settings.get(_DONE, "0"))):
            changed += self._apply(order)
            self._settings.set(_DONE, str(order.seq))
        return changed

    def _apply(self, order: PersonOrder) -> bool:
        if order.role not in get_args(Role):
            return False
        role: Role = order.role  # type: ignore[assignment]  # checked above
        known = self._people.get(order.person)
        if known is None:
            taken = self._people.find(order.login)
            if order.what != "add" or taken or not order.password_hash:
                return False
            added = Person(order.person, order.login, order.name or order.login, role, active=True)
            self._people.save(added, order.password_hash)
            return True
        found = self._people.find(known.login)
        password = order.password_hash or (found[1] if found else "")
        if not password:
            return False
        self._people.save(replace(known, role=role, active=order.active), password)
        return True
