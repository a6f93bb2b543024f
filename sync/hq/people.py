"""Who works at HQ: accounts, passwords (argon2id), sessions; guessing is locked out."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, get_args

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError
from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.postgresql import insert

from desktop.domain.outcomes import Actor, Role
from sync.hq import ids
from sync.hq.models import person, session

ROLES: Final[tuple[Role, ...]] = get_args(Role)
SESSION_LIFE: Final = timedelta(hours=12)
MIN_PASSWORD: Final = 10

_MOST_FAILURES: Final = 5
_LOCKED_FOR: Final = timedelta(minutes=15)


class BadAccount(ValueError):
    """An account that HQ does not take; the message says why."""


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in, and the token that the pages' forms must carry."""

    id: str
    login: str
    name: str
    role: Role
    csrf: str

    @property
    def actor(self) -> Actor:
        """As whom the rules know this person."""
        return Actor(self.id, self.role)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session's cookie."""

    token: str


@dataclass(frozen=True, slots=True)
class NotLoggedIn:
    """Why not: `wrong` or `locked`."""

    code: str


class People:
    """Accounts and sessions in HQ's database."""

    def __init__(
        self, engine: Engine, now: Callable[[], datetime], hasher: PasswordHasher | None = None
    ) -> None:
        self._engine = engine
        self._now = now
        self._hasher = hasher or PasswordHasher()
        # Compared with when the login is unknown, so that guessing logins learns nothing by time.
        self._nobody = self._hasher.hash(ids.new_token())

    def save(self, login: str, name: str, role: str, password: str) -> str:
        """Add a person or replace name, role and password; return the id. Raises BadAccount."""
        login = login.strip().lower()
        if not login.isprintable() or not 1 <= len(login) <= 64 or " " in login:
            raise BadAccount("a login has 1 to 64 characters and no spaces")
        if role not in ROLES:
            raise BadAccount(f"no role {role!r}: one of {', '.join(ROLES)}")
        if len(password) < MIN_PASSWORD:
            raise BadAccount(f"a password has at least {MIN_PASSWORD} characters")
        values = {
            "name": name.strip() or login,
            "role": role,
            "password_hash": self._hasher.hash(password),
            "active": True,
            "failures": 0,
            "locked_until": None,
        }
        with self._engine.begin() as connection:
            found: str = connection.execute(
                insert(person)
                .values(id=ids.new_id("P"), login=login, **values)
                .on_conflict_do_update(index_elements=[person.c.login], set_=values)
                .returning(person.c.id)
            ).scalar_one()
            # A changed password ends what was open under the old one.
            connection.execute(delete(session).where(session.c.person == found))
        return found

    def log_in(self, login: str, password: str) -> LoggedIn | NotLoggedIn:
        """Open a session; five wrong passwords in a row lock the account for a quarter hour."""
        now = self._now()
        with self._engine.begin() as connection:
            row = connection.execute(
                select(person).where(person.c.login == login.strip().lower()).with_for_update()
            ).one_or_none()
            if row is not None and row.locked_until is not None and row.locked_until > now:
                return NotLoggedIn("locked")
            fits = self._fits(row.password_hash if row is not None else self._nobody, password)
            if row is None or not row.active:
                return NotLoggedIn("wrong")
            if not fits:
                return self._count_failure(connection, row.id, row.failures + 1, now)
            connection.execute(
                person.update().where(person.c.id == row.id).values(failures=0, locked_until=None)
            )
            return self._open(connection, row.id, now)

    def user(self, token: str) -> User | None:
        """Return who holds this session, None when it is unknown or over."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(person, session.c.csrf)
                .join_from(session, person)
                .where(
                    session.c.token_hash == ids.token_hash(token),
                    session.c.expires_at > self._now(),
                    person.c.active,
                )
            ).one_or_none()
        return None if row is None else User(row.id, row.login, row.name, row.role, row.csrf)

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._engine.begin() as connection:
            gone = session.c.token_hash == ids.token_hash(token)
            connection.execute(delete(session).where(gone))

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, VerificationError):
            return False

    def _count_failure(
        self, connection: Connection, who: str, failures: int, now: datetime
    ) -> NotLoggedIn:
        locked = failures >= _MOST_FAILURES
        connection.execute(
            person.update()
            .where(person.c.id == who)
            .values(
                failures=0 if locked else failures,
                locked_until=now + _LOCKED_FOR if locked else None,
            )
        )
        return NotLoggedIn("locked" if locked else "wrong")

    def _open(self, connection: Connection, who: str, now: datetime) -> LoggedIn:
        connection.execute(delete(session).where(session.c.expires_at <= now))
        token = ids.new_token()
        connection.execute(
            session.insert().values(
                token_hash=ids.token_hash(token),
                person=who,
                csrf=ids.new_token(),
                created_at=now,
                expires_at=now + SESSION_LIFE,
            )
        )
        return LoggedIn(token)


def same(expected: str, given: str) -> bool:
    """Compare two secrets without telling by time where they differ."""
    return hmac.compare_digest(expected.encode(), given.encode())
