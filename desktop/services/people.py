"""Who works here: the first owner, more people, and logging in (passwords by argon2id)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.domain.people import person_added
from desktop.domain.ranks import is_above
from desktop.services.ports import Author, Clock, Ids, Journal, People, Person, Policies

#: Wrong passwords in a row before a login waits, and how long it then waits.
FREE_TRIES: Final = 5
WAIT: Final = timedelta(minutes=1)
SHORTEST_PASSWORD: Final = 8

LoginOutcome: TypeAlias = Person | Refusal


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    blocked_until: datetime | None = None


class Staff:
    """Accounts of this PC; each new one is also an event, so that HQ can confirm it."""

    def __init__(
        self,
        people: People,
        journal: Journal,
        policies: Policies,
        clock: Clock,
        ids: Ids,
        joined: Callable[[], bool],
    ) -> None:
        self._people = people
        self._journal = journal
        self._policies = policies
        self._clock = clock
        self._ids = ids
        self._joined = joined
        self._hasher = PasswordHasher()
        self._tries: dict[str, _Tries] = {}

    def all(self) -> tuple[Person, ...]:
        """Return everybody who works here."""
        return tuple(self._people.all())

    def needs_owner(self) -> bool:
        """Tell whether this is a first run: nobody can log in yet."""
        return not self._people.all()

    def create_owner(self, login: str, name: str, password: str, role: Role) -> LoginOutcome:
        """Create the first person; refused once there is anybody."""
        if not self.needs_owner():
            return Refusal("owner_exists")
        return self._add(login, name, role, password, by=None)

    def add(self, login: str, name: str, role: Role, password: str, by: Actor) -> LoginOutcome:
        """Add a person; a clerk may not (only who answers for others).

        Once the store has joined headquarters nobody gives a role above their own: HQ sends those.
        """
        if by.role == "clerk":
            return Refusal("people_need_manager")
        if self._joined() and is_above(by.role, (role,)):
            return Refusal("role_above")
        return self._add(login, name, role, password, by=by)

    def _add(
        self, login: str, name: str, role: Role, password: str, by: Actor | None
    ) -> LoginOutcome:
        login, name = login.strip().lower(), name.strip()
        if not login or not name:
            return Refusal("name_missing")
        if len(password) < SHORTEST_PASSWORD:
            return Refusal("password_short", {"least": SHORTEST_PASSWORD})
        if self._people.find(login):
            return Refusal("login_taken", {"login": login})
        person = Person(self._ids.new_id("P"), login, name, role, active=True)
        author = Author(
            by.person if by else person.id, self._clock.now(), self._policies.current().version
        )
        with self._journal.write() as writer:
            writer.append(person.id, (person_added(login, name, role),), author)
        # The event first: an account without its event would never be confirmed by HQ.
        self._people.save(person, self._hasher.hash(password))
        return person

    def log_in(self, login: str, password: str) -> LoginOutcome:
        """Return the person, or a refusal that does not tell an unknown login from a wrong word.

        After FREE_TRIES wrong passwords in a row the login waits WAIT before the next try.
        """
        login = login.strip().lower()
        tries = self._tries.setdefault(login, _Tries())
        now = self._clock.now()
        if tries.blocked_until and now < tries.blocked_until:
            seconds = int((tries.blocked_until - now).total_seconds()) + 1
            return Refusal("login_waits", {"seconds": seconds})
        found = self._people.find(login)
        if found and found[0].active and self._verify(found[1], password):
            self._tries.pop(login, None)
            self._rehash(found[0], found[1], password)
            return found[0]
        if not found:
            self._hasher.hash(password)  # the same work, so that time does not tell who exists
        tries.wrong += 1
        if tries.wrong >= FREE_TRIES:
            tries.blocked_until, tries.wrong = now + WAIT, 0
        return Refusal("wrong_password")

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _rehash(self, person: Person, stored: str, password: str) -> None:
        if self._hasher.check_needs_rehash(stored):
            self._people.save(person, self._hasher.hash(password))
