"""The stock of unused envelopes: kept up by itself, shown, and recalled (CO-04).

A recalled envelope is not handed out any more, its secret is forgotten here, and the feed tells the
devices that hold it already. One that is offline may use it until then; a release after the recall
is a mismatch that the reconciliation names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from desktop.domain.authority import check_amount
from desktop.domain.events import Draft, Event, JsonValue
from desktop.services.envelope_orders import ENVELOPES_RECALLED, RECALL_STREAM
from sync.hq import access, envelopes, own_chain
from sync.hq.enrolment import REGION
from sync.hq.envelopes import BadEnvelope, Order
from sync.hq.keys import SigningKey
from sync.hq.models import (
    approver_device,
    device,
    envelope,
    envelope_quota,
    envelope_record,
    person,
    store,
)
from sync.hq.people import User

#: An envelope that expires sooner does not count as stock.
_SPARE: Final = timedelta(days=3)
#: One process at a time makes envelopes.
_TOP_UP_LOCK: Final = 7_221_606
MOST_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class Quota:
    """How many unused envelopes each device of a place keeps of an approver; `cap` in yuan."""

    login: str
    place: str
    cap: Decimal
    days: int
    keep: int


@dataclass(frozen=True, slots=True)
class Stock:
    """Envelopes of one approver on one device, by what became of them."""

    store: str
    store_name: str
    device: str
    letter: str
    login: str
    name: str
    unused: int
    used: int
    expired: int
    recalled: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of envelopes shows."""

    approvers: Sequence[Any]
    devices: Sequence[Any]
    quotas: Sequence[Any]
    stock: Sequence[Stock]


def set_quota(connection: Connection, quota: Quota) -> None:
    """Keep so many envelopes from now on; raises BadEnvelope and AmountError."""
    if not 1 <= quota.keep <= MOST_KEPT:
        raise BadEnvelope(f"keep 1 to {MOST_KEPT} envelopes a device", "keep", most=MOST_KEPT)
    if not 4 <= quota.days <= envelopes.LONGEST.days:
        longest = envelopes.LONGEST.days
        raise BadEnvelope(f"an envelope lives 4 to {longest} days", "days", least=4, most=longest)
    check_amount(quota.cap)
    who = _person(connection, quota.login)
    if who is None or who.role == "clerk":
        raise BadEnvelope(
            f"nobody at HQ with the login {quota.login} may approve",
            "approver",
            login=quota.login,
        )
    if not store_of(connection, quota.place):
        raise BadEnvelope(
            f"{quota.place} is no store and no enrolled device", "place", place=quota.place
        )
    values = {"cap": f"{quota.cap:.2f}", "days": quota.days, "keep": quota.keep}
    connection.execute(
        insert(envelope_quota)
        .values(person=who.id, place=quota.place, **values)
        .on_conflict_do_update(
            index_elements=[envelope_quota.c.person, envelope_quota.c.place], set_=values
        )
    )


def remove_quota(connection: Connection, login: str, place: str) -> bool:
    """Stop making envelopes of an approver for a place; tell whether they were made."""
    who = _person(connection, login)
    if who is None:
        return False
    done = connection.execute(
        delete(envelope_quota).where(
            envelope_quota.c.person == who.id, envelope_quota.c.place == place
        )
    )
    return done.rowcount == 1


def top_up(connection: Connection, key: SigningKey, now: datetime) -> int:
    """Make what is missing of every quota; return how many envelopes were made.

    A quota that cannot be filled (the approver's device was revoked) waits and stops no other.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TOP_UP_LOCK})
    made = 0
    quotas = connection.execute(
        select(envelope_quota, person.c.login)
        .join_from(envelope_quota, person)
        .where(person.c.active)
        .order_by(envelope_quota.c.person, envelope_quota.c.place)
    ).all()
    for quota in quotas:
        for place in _devices(connection, quota.person, quota.place):
            missing = quota.keep - _unused(connection, quota.person, place, now + _SPARE)
            if missing <= 0:
                continue
            life = timedelta(days=quota.days)
            order = Order(place, quota.login, Decimal(quota.cap), life, missing)
            try:
                made += len(envelopes.issue(connection, key, order, now))
            except BadEnvelope:
                continue
    return made


def keep_up(engine: Engine, key: SigningKey, now: datetime) -> int:
    """Top up in a transaction of its own."""
    with engine.begin() as connection:
        return top_up(connection, key, now)


def recall(connection: Connection, who: str, login: str, place: str, now: datetime) -> int:
    """Recall an approver's unused envelopes of a store or device; return how many.

    The store learns of it by its feed, and so does a regional PC that holds their secrets.
    """
    approver = _person(connection, login)
    if approver is None:
        return 0
    at_place = or_(envelope.c.store == place, envelope.c.device == place)
    return _recall(connection, who, now, envelope.c.approver == approver.id, at_place)


def move_approver(connection: Connection, who: str, login: str, device: str, now: datetime) -> int:
    """Say on which device an approver answers from now on; raises BadEnvelope.

    Unused envelopes whose secrets another PC of theirs holds are recalled, else a store would ask
    for those first; return how many.
    """
    envelopes.set_device(connection, login, device)
    approver = _person(connection, login)
    theirs = envelope.c.approver == (approver.id if approver else "")
    return _recall(connection, who, now, theirs, envelope.c.approver_device != device)


def recall_answered_on(connection: Connection, who: str, device: str, now: datetime) -> int:
    """Recall the unused envelopes whose secrets a device without access holds; return how many."""
    return _recall(connection, who, now, envelope.c.approver_device == device)


def recall_given_by(connection: Connection, who: str, approver: str, now: datetime) -> int:
    """Recall the unused envelopes of a person whose role or scope changed; return how many.

    Each carries what its approver was allowed when it was made; the stock is made anew from what
    they are allowed now.
    """
    return _recall(connection, who, now, envelope.c.approver == approver)


def _recall(connection: Connection, who: str, now: datetime, *which: ColumnElement[bool]) -> int:
    rows = connection.execute(
        update(envelope)
        .where(*which, _is_unused(now))
        .values(recalled_at=now, secret=None)
        .returning(envelope.c.store, envelope.c.number)
    ).all()
    for name in sorted({row.store for row in rows}):
        numbers: list[JsonValue] = sorted(row.number for row in rows if row.store == name)
        draft = Draft(ENVELOPES_RECALLED, {"numbers": numbers}, {})
        author = own_chain.Author(who, now, "-")
        stream = f"{RECALL_STREAM}{name}"
        own_chain.append(connection, name, stream, author, partial(_only, draft))
    return len(rows)


def _only(draft: Draft, _: Sequence[Event]) -> Sequence[Draft]:
    return (draft,)


def store_of(connection: Connection, place: str) -> str:
    """Return the store that a place (a store's id or a device's) is in, "" for none."""
    known = connection.execute(select(store.c.id).where(store.c.id == place)).scalar_one_or_none()
    if known is not None:
        return str(known)
    scope = connection.execute(select(device.c.scope).where(device.c.id == place)).scalar()
    return "" if scope is None or scope.startswith(REGION) else str(scope)


def overview(connection: Connection, user: User, now: datetime) -> Overview:
    """Return approvers with their devices, quotas and stock in a person's scope."""
    approvers = connection.execute(
        select(person.c.id, person.c.login, person.c.name, person.c.role, approver_device.c.device)
        .join_from(person, approver_device, isouter=True)
        .where(person.c.active, person.c.role != "clerk")
        .order_by(person.c.login)
    ).all()
    devices = connection.execute(
        select(device.c.id, device.c.scope, device.c.letter, device.c.name)
        .where(device.c.revoked_at.is_(None), access.in_scope(user, device.c.scope))
        .order_by(device.c.scope, device.c.letter)
    ).all()
    quotas = connection.execute(
        select(envelope_quota, person.c.login, person.c.name)
        .join_from(envelope_quota, person)
        .order_by(envelope_quota.c.place, person.c.login)
    ).all()
    seen = {d.id for d in devices} | {d.scope for d in devices}
    return Overview(
        approvers, devices, [q for q in quotas if q.place in seen], _stock(connection, user, now)
    )


def _stock(connection: Connection, user: User, now: datetime) -> Sequence[Stock]:
    used = select(envelope_record.c.number).where(envelope_record.c.kind != "given")
    is_used = envelope.c.number.in_(used)
    rows = connection.execute(
        select(
            envelope.c.store,
            store.c.name.label("store_name"),
            envelope.c.device,
            device.c.letter,
            envelope.c.login,
            envelope.c.name,
            func.count().filter(_is_unused(now)).label("unused"),
            func.count().filter(is_used).label("used"),
            func.count()
            .filter(~is_used, envelope.c.expires_at <= now, envelope.c.recalled_at.is_(None))
            .label("expired"),
            func.count().filter(~is_used, envelope.c.recalled_at.is_not(None)).label("recalled"),
            func.min(envelope.c.expires_at).filter(_is_unused(now)).label("until"),
        )
        .join_from(envelope, device, device.c.id == envelope.c.device)
        .join(store, store.c.id == envelope.c.store, isouter=True)
        .where(access.in_scope(user, envelope.c.store))
        .group_by(
            envelope.c.store, store.c.name, envelope.c.device, device.c.letter,
            envelope.c.login, envelope.c.name,
        )
        .order_by(envelope.c.store, device.c.letter, envelope.c.login)
    )  # fmt: skip
    return [Stock(**{**row._mapping, "store_name": row.store_name or row.store}) for row in rows]


def _is_unused(at: datetime) -> Any:
    spoken_of = select(envelope_record.c.number)
    return and_(
        envelope.c.expires_at > at,
        envelope.c.recalled_at.is_(None),
        envelope.c.number.not_in(spoken_of),
    )


def _unused(connection: Connection, who: str, place: str, at: datetime) -> int:
    return int(
        connection.execute(
            select(func.count()).where(
                envelope.c.approver == who, envelope.c.device == place, _is_unused(at)
            )
        ).scalar_one()
    )


def _devices(connection: Connection, who: str, place: str) -> Sequence[str]:
    """Return a place's enrolled devices but the approver's own: nobody releases alone."""
    own = select(approver_device.c.device).where(approver_device.c.person == who)
    return (
        connection.execute(
            select(device.c.id)
            .where(
                or_(device.c.id == place, device.c.scope == place),
                device.c.revoked_at.is_(None),
                device.c.id.not_in(own),
            )
            .order_by(device.c.id)
        )
        .scalars()
        .all()
    )


def _person(connection: Connection, login: str) -> Row[Any] | None:
    return connection.execute(
        select(person).where(person.c.login == login.strip().lower())
    ).one_or_none()
