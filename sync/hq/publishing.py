"""Policy packs at HQ: uploaded, simulated, signed with HQ's key, and sent down to every store."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, delete, select
from sqlalchemy.exc import IntegrityError

from desktop.domain import fold
from desktop.domain.events import Draft, Event
from desktop.domain.outcomes import Actor, Context
from desktop.domain.ticket import TicketState
from desktop.journal.records import TornRecord
from desktop.policy.installing import judge, version_order
from desktop.policy.loading import ARCHIVE, built_in_folder, compile_content
from desktop.policy.signing import PackRefused, SignedPack, read_key, sign_pack
from desktop.policy.simulating import Simulation, simulate
from desktop.services.headquarters_orders import POLICY_PUBLISHED, POLICY_STREAM
from sync.hq import acts, ids, own_chain, pack_diff, store_facts, streams
from sync.hq.keys import SigningKey
from sync.hq.models import ONE_PUBLISHED, policy_pack, store, stream, ticket_row
from sync.hq.pack_upload import Checked
from sync.hq.packs import HqPolicies

#: A simulation looks at complaints touched in so many days, at most so many of them.
SIMULATED_DAYS: Final = 31
SIMULATED_MOST: Final = 2000
#: A store that joined while a pack was being published is looked at again.
_OVERLAP: Final = timedelta(minutes=10)
_TIMEZONE: Final = "Asia/Shanghai"
_NOBODY: Final = Actor("", "clerk")


@dataclass(slots=True)
class _Hours:
    """The opening hours of a complaint's store, each store's looked up once."""

    connection: Connection
    known: dict[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)

    def of(self, ticket: str) -> Mapping[str, tuple[str, str]]:
        """Return what clocks of this complaint go by (R5)."""
        owner = select(stream.c.store).where(stream.c.id == ticket)
        where = self.connection.execute(owner).scalar_one_or_none() or ""
        if where not in self.known:
            self.known[where] = store_facts.hours(self.connection, where)
        return self.known[where]


@dataclass(frozen=True, slots=True)
class NotPublished:
    """Why a draft is not simulated or sent: its state here, not its content.

    `unusable` is a draft that another version of the program kept and this one cannot compile.
    """

    reason: Literal["same_version", "not_simulated", "unusable"]


@dataclass(frozen=True, slots=True)
class Publishing:
    """Drafts and published packs in HQ's database."""

    engine: Engine
    key: SigningKey
    policies: HqPolicies
    now: Callable[[], datetime]

    def keep(self, who: str, checked: Checked) -> str:
        """Keep a proven pack as a draft; return its id."""
        if checked.policy is None:
            raise ValueError("only a pack without problems is kept")
        made, now = ids.new_id("K"), self.now()
        with self.engine.begin() as connection:
            connection.execute(
                policy_pack.insert().values(
                    id=made,
                    version=checked.policy.version,
                    digest=checked.digest,
                    content=checked.content,
                    uploaded_by=who,
                    uploaded_at=now,
                )
            )
            acts.record(
                connection, who, "policy_uploaded", now,
                version=checked.policy.version, digest=checked.digest,
            )  # fmt: skip
        return made

    def all(self) -> Sequence[Row[Any]]:
        """Return drafts and published packs, the newest first, without their content."""
        columns = [c for c in policy_pack.c if c.name not in ("content", "archive")]
        with self.engine.connect() as connection:
            return connection.execute(
                select(*columns).order_by(policy_pack.c.uploaded_at.desc()).limit(100)
            ).all()

    def draft(self, pack: str) -> Row[Any] | None:
        """Return one pack with its content."""
        with self.engine.connect() as connection:
            return connection.execute(
                select(policy_pack).where(policy_pack.c.id == pack)
            ).one_or_none()

    def discard(self, who: str, pack: str) -> bool:
        """Forget a draft; a published pack stays."""
        with self.engine.begin() as connection:
            row = connection.execute(
                delete(policy_pack)
                .where(policy_pack.c.id == pack, policy_pack.c.published_at.is_(None))
                .returning(policy_pack.c.version)
            ).one_or_none()
            if row is not None:
                acts.record(connection, who, "policy_discarded", self.now(), version=row.version)
        return row is not None

    def changes(self, pack: Row[Any]) -> tuple[pack_diff.Change, ...]:
        """Return what differs from the newest published pack, else from the built-in one."""
        return pack_diff.diff(self._newest_content(pack.id), json.loads(pack.content))

    def simulate(self, pack: Row[Any]) -> Simulation | NotPublished:
        """Replay last month's complaints under a draft and keep the outcome with it.

        What a published pack was simulated to do stays as it was when it was decided on.
        """
        if pack.published_at is not None:
            return NotPublished("same_version")
        candidate, _ = compile_content(json.loads(pack.content), pack.digest)
        if candidate is None:
            return NotPublished("unusable")
        now, before = self.now(), self.policies.current().version
        with self.engine.connect() as connection:
            context = partial(self._context, now, _Hours(connection))
            found = simulate(_last_month(connection, now), context, candidate, before)
        with self.engine.begin() as connection:
            connection.execute(
                policy_pack.update()
                .where(policy_pack.c.id == pack.id, policy_pack.c.published_at.is_(None))
                .values(simulation={**found.to_json(), "at": now.isoformat()})
            )
        return found

    def publish(self, who: str, pack: str) -> SignedPack | PackRefused | NotPublished:
        """Sign a draft with HQ's key and send it to every store, in one transaction.

        Of two drafts of one version that are published at once, the database takes one.
        """
        try:
            return self._publish(who, pack)
        except IntegrityError as error:
            if ONE_PUBLISHED not in str(error.orig):
                raise
            return NotPublished("same_version")

    def _publish(self, who: str, pack: str) -> SignedPack | PackRefused | NotPublished:
        now = self.now()
        with self.engine.begin() as connection:
            row = connection.execute(
                select(policy_pack)
                .where(policy_pack.c.id == pack, policy_pack.c.published_at.is_(None))
                .with_for_update()
            ).one_or_none()
            if row is None:
                return NotPublished("same_version")
            if row.simulation is None:
                return NotPublished("not_simulated")
            signed = self._signed(row)
            if not isinstance(signed, SignedPack):
                return signed
            connection.execute(
                policy_pack.update()
                .where(policy_pack.c.id == pack)
                .values(archive=signed.archive, published_by=who, published_at=now)
            )
            # Stores' locks in id order, HQ's own chain last, as everywhere: nobody waits in a ring.
            for name in connection.execute(select(store.c.id).order_by(store.c.id)).scalars():
                _send(connection, name, who, signed.policy.version, signed.archive, now)
            acts.record(
                connection, who, "policy_published", now,
                version=row.version, digest=row.digest,
                effective=signed.policy.effective.isoformat(),
            )  # fmt: skip
        return signed

    def _signed(self, row: Row[Any]) -> SignedPack | PackRefused | NotPublished:
        content = json.loads(row.content)
        policy, _ = compile_content(content, row.digest)
        if policy is None:
            return NotPublished("unusable")
        archive = sign_pack(content, policy, read_key(self.key.private))
        return judge(archive, self.key.public, self.policies.newest(), self._today())

    def _today(self) -> date:
        return self.now().astimezone(ZoneInfo(_TIMEZONE)).date()

    def _context(self, now: datetime, hours: _Hours, state: TicketState) -> Context:
        policy = self.policies.of(state.policy)
        return Context(_NOBODY, now, policy, _TIMEZONE, hours.of(state.id))

    def _newest_content(self, besides: str) -> Any:
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(policy_pack.c.version, policy_pack.c.content).where(
                    policy_pack.c.published_at.is_not(None), policy_pack.c.id != besides
                )
            ).all()
        newest = max(rows, key=lambda row: version_order(row.version), default=None)
        if newest is not None:
            return json.loads(newest.content)
        return json.loads((built_in_folder() / ARCHIVE).read_bytes())


def deliver(connection: Connection, now: datetime, done: set[tuple[str, str]]) -> int:
    """Send stores that joined since the newest pack was published that pack; return how many.

    `done` holds (store, version) that this process has seen to.
    """
    rows = connection.execute(
        select(policy_pack.c.version, policy_pack.c.published_at).where(
            policy_pack.c.published_at.is_not(None)
        )
    ).all()
    newest = max(rows, key=lambda row: version_order(row.version), default=None)
    if newest is None:
        return 0
    later = select(store.c.id).where(store.c.created_at > newest.published_at - _OVERLAP)
    names = [
        name
        for name in connection.execute(later.order_by(store.c.id)).scalars()
        if (name, newest.version) not in done
    ]
    if names:
        pack = connection.execute(
            select(policy_pack).where(
                policy_pack.c.version == newest.version, policy_pack.c.published_at.is_not(None)
            )
        ).one()
        for name in names:
            _send(connection, name, pack.published_by, pack.version, pack.archive, now)
            done.add((name, pack.version))
    return len(names)


def _send(
    connection: Connection, store_id: str, who: str, version: str, archive: bytes, now: datetime
) -> None:
    """Put a pack into a store's feed: an event of HQ's chain, the archive beside it."""

    def drafts(known: Sequence[Event]) -> Sequence[Draft]:
        if any(event.data.get("version") == version for event in known):
            return ()
        text = base64.b64encode(archive).decode()
        return (Draft(POLICY_PUBLISHED, {"version": version}, {"archive": text}),)

    author = own_chain.Author(who, now, version)
    own_chain.append(connection, store_id, f"{POLICY_STREAM}{store_id}", author, drafts)


def _last_month(connection: Connection, now: datetime) -> Iterator[TicketState]:
    """Yield complaints touched in the last month, the newest first."""
    since = now - timedelta(days=SIMULATED_DAYS)
    names = list(
        connection.execute(
            select(ticket_row.c.stream)
            .where(ticket_row.c.updated_at >= since)
            .order_by(ticket_row.c.updated_at.desc())
            .limit(SIMULATED_MOST)
        ).scalars()
    )
    for name in names:
        try:
            state = fold.fold(name, streams.events(connection, name))
        except TornRecord:
            continue  # in quarantine, where a person sees it
        if state.opened is not None:
            yield state
