"""Who works at HQ: accounts, passwords (argon2id), sessions; guessing is locked out."""

from __future__ import annotations

import hmac
import re
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
#: A session ends after a working day, or sooner when nobody used it for so long.
SESSION_LIFE: Final = timedelta(hours=12)
SESSION_IDLE: Final = timedelta(hours=1)
MIN_PASSWORD: Final = 10

_MOST_FAILURES: Final = 5
_LOCKED_FOR: Final = timedelta(minutes=15)
#: A session's use is written down at most this often.
_SEEN_EVERY: Final = timedelta(minutes=1)
_SCOPE: Final = re.compile(r"((region:)?[\w.-]{1,64})?", re.UNICODE)


class BadAccount(ValueError):
    """An account that HQ does not take; the message says why."""


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in, and the token that the pages' forms must carry.

    `scope` is empty for all stores, else a store's id or `region:NAME`.
    """

    id: str
    login: str
    name: str
    role: Role
    csrf: str
    scope: str = ""
    must_change: bool = False

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

    @property
    def hasher(self) -> PasswordHasher:
        """What hashes passwords here."""
        return self._hasher

    def save(
        self,
        login: str,
        name: str,
        role: str,
        password: str,
        scope: str = "",
        must_change: bool = False,
        changed: Callable[[Connection, str], object] | None = None,
    ) -> str:
        """Add a person or replace name, role, scope and password; return the id.

        `changed` is called in the same transaction when a person who was here gets another role or
        scope: what they could answer by envelopes must not outlast it.

        Raises BadAccount.
        """
        login = login.strip().lower()
        if not login.isprintable() or not 1 <= len(login) <= 64 or " " in login:
            raise BadAccount("a login has 1 to 64 characters and no spaces")
        if role not in ROLES:
            raise BadAccount(f"no role {role!r}: one of {', '.join(ROLES)}")
        if len(password) < MIN_PASSWORD:
            raise BadAccount(f"a password has at least {MIN_PASSWORD} characters")
        scope = checked_scope(scope)
        values = {
            "name": name.strip() or login,
            "role": role,
            "password_hash": self._hasher.hash(password),
            "active": True,
            "failures": 0,
            "locked_until": None,
            "scope": scope,
            "must_change": must_change,
        }
        with self._engine.begin() as connection:
            before = connection.execute(
                select(person.c.role, person.c.scope)
                .where(person.c.login == login)
                .with_for_update()
            ).one_or_none()
            found: str = connection.execute(
                insert(person)
                .values(id=ids.new_id("P"), login=login, **values)
                .on_conflict_do_update(index_elements=[person.c.login], set_=values)
                .returning(person.c.id)
            ).scalar_one()
            # A changed password ends what was open under the old one.
            connection.execute(delete(session).where(session.c.person == found))
            if changed is not None and before is not None and tuple(before) != (role, scope):
                changed(connection, found)
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
        now = self._now()
        held = session.c.token_hash == ids.token_hash(token)
        with self._engine.begin() as connection:
            row = connection.execute(
                select(person, session.c.csrf, session.c.seen_at, session.c.created_at)
                .join_from(session, person)
                .where(held, session.c.expires_at > now, person.c.active)
            ).one_or_none()
            if row is None:
                return None
            seen = row.seen_at or row.created_at
            if now - seen > SESSION_IDLE:
                connection.execute(delete(session).where(held))
                return None
            if now - seen > _SEEN_EVERY:
                connection.execute(session.update().where(held).values(seen_at=now))
        return User(
            row.id, row.login, row.name, row.role, row.csrf, row.scope, bool(row.must_change)
        )

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._engine.begin() as connection:
            gone = session.c.token_hash == ids.token_hash(token)
            connection.execute(delete(session).where(gone))

    def end_others(self, user: User, token: str) -> int:
        """End every session of a person but that of `token`; return how many ended."""
        with self._engine.begin() as connection:
            return _end_others(connection, user.id, token)

    def change_password(self, user: User, old: str, new: str, token: str = "") -> str | None:
        """Replace one's own password; return why not (`wrong` or `same`). Raises BadAccount.

        Every session but that of `token` ends: who took one away, or the old password, is out.
        """
        if len(new) < MIN_PASSWORD:
            raise BadAccount(f"a password has at least {MIN_PASSWORD} characters")
        with self._engine.begin() as connection:
            row = connection.execute(
                select(person).where(person.c.id == user.id).with_for_update()
            ).one()
            if row.locked_until is not None and row.locked_until > self._now():
                return "locked"
            if not self._fits(row.password_hash, old):
                return self._count_failure(connection, row.id, row.failures + 1, self._now()).code
            if old == new:
                return "same"
            connection.execute(
                person.update()
                .where(person.c.id == user.id)
                .values(password_hash=self._hasher.hash(new), must_change=False, failures=0)
            )
            _end_others(connection, user.id, token)
        return None

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


def _end_others(connection: Connection, who: str, token: str) -> int:
    others = session.c.token_hash != ids.token_hash(token)
    return connection.execute(delete(session).where(session.c.person == who, others)).rowcount


def checked_scope(scope: str) -> str:
    """Return a person's scope: empty, a store's id or `region:NAME`. Raises BadAccount."""
    scope = scope.strip()
    if not _SCOPE.fullmatch(scope):
        raise BadAccount(f"{scope!r} is no scope: leave it empty, or a store's id or region:NAME")
    return scope


def same(expected: str, given: str) -> bool:
    """Compare two secrets without telling by time where they differ."""
    return hmac.compare_digest(expected.encode(), given.encode())
