"""Care of the accounts of this PC (人员与角色): roles, switching off, another password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from argon2 import PasswordHasher

from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.domain.people import person_changed
from desktop.domain.ranks import is_above
from desktop.services.people import SHORTEST_PASSWORD
from desktop.services.ports import Author, Clock, Journal, People, Person, Policies

#: Who may change accounts: everybody who answers for others.
NOT_ALLOWED: Final[frozenset[Role]] = frozenset({"clerk"})


class Staffing:
    """Changes accounts; every change is also an event, with who did it (AU-03).

    Once the store has `joined` headquarters, nobody gives a role above their own nor changes the
    account of somebody who has one; before that nobody is there to ask.
    """

    def __init__(
        self,
        people: People,
        journal: Journal,
        policies: Policies,
        clock: Clock,
        joined: Callable[[], bool],
    ) -> None:
        self._people = people
        self._journal = journal
        self._policies = policies
        self._clock = clock
        self._joined = joined
        self._hasher = PasswordHasher()

    def set_role(self, person: str, role: Role, by: Actor) -> Person | Refusal:
        """Give a person another role; nobody changes their own."""
        found = self._changeable(person, by)
        if isinstance(found, Refusal):
            return found
        known, password = found
        if self._joined() and is_above(by.role, (role,)):
            return Refusal("role_above")
        if role in NOT_ALLOWED and self._is_last_manager(known):
            return Refusal("last_manager", {"name": known.name})
        return self._save(replace(known, role=role), password, by, "role")

    def set_active(self, person: str, active: bool, by: Actor) -> Person | Refusal:
        """Let a person log in, or no longer; what they did stays under their name."""
        found = self._changeable(person, by)
        if isinstance(found, Refusal):
            return found
        known, password = found
        if not active and self._is_last_manager(known):
            return Refusal("last_manager", {"name": known.name})
        return self._save(replace(known, active=active), password, by, "active")

    def reset_password(self, person: str, password: str, by: Actor) -> Person | Refusal:
        """Give a person who forgot theirs another password, offline, by a second person."""
        found = self._changeable(person, by)
        if isinstance(found, Refusal):
            return found
        return self._with_password(found[0], password, by)

    def change_own(self, password: str, by: Actor) -> Person | Refusal:
        """Give oneself another password; who it is was proven by the one before."""
        known = self._people.get(by.person)
        if known is None:
            return Refusal("no_such_person")
        return self._with_password(known, password, by)

    def _with_password(self, person: Person, password: str, by: Actor) -> Person | Refusal:
        if len(password) < SHORTEST_PASSWORD:
            return Refusal("password_short", {"least": SHORTEST_PASSWORD})
        return self._save(person, self._hasher.hash(password), by, "password")

    def _changeable(self, person: str, by: Actor) -> tuple[Person, str] | Refusal:
        if by.role in NOT_ALLOWED:
            return Refusal("people_need_manager")
        known = self._people.get(person)
        found = self._people.find(known.login) if known else None
        if found is None:
            return Refusal("no_such_person")
        if person == by.person:
            return Refusal("second_person")
        if self._joined() and is_above(by.role, (found[0].role,)):
            return Refusal("role_above")
        return found

    def _is_last_manager(self, person: Person) -> bool:
        others = (p for p in self._people.all() if p.id != person.id and p.active)
        return person.role not in NOT_ALLOWED and all(p.role in NOT_ALLOWED for p in others)

    def _save(self, person: Person, password: str, by: Actor, what: str) -> Person:
        author = Author(by.person, self._clock.now(), self._policies.current().version)
        change = person_changed(what, person.role, active=person.active)
        with self._journal.write() as writer:
            writer.append(person.id, (change,), author)
        self._people.save(person, password)
        return person
