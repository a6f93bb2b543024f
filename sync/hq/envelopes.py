"""Envelopes of phone approval at HQ: made, handed to two devices, and matched afterwards.

HQ forgets an envelope's secret as soon as the approver's device holds it; to match what was given
with what was released no secret is needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, or_, select, text

from desktop.domain.authority import check_amount
from desktop.domain.phone_approval import (
    NONCE_BYTES,
    SECRET_BITS,
    Envelope,
    envelope_message,
    secret_bytes,
)
from desktop.services.phone_ports import make_lock
from sync import protocol
from sync.hq.enrolment import REGION, Device
from sync.hq.keys import SigningKey
from sync.hq.models import approver_device, device, envelope, person

#: Most envelopes in one answer.
AT_ONCE: Final = 200
#: Most that are made at once, and their longest life.
MOST: Final = 100
LONGEST: Final = timedelta(days=92)
#: Numbers are given out one transaction after the other, so a device's cursor skips none.
_ISSUE_LOCK: Final = 7_221_605


class BadEnvelope(ValueError):
    """An envelope that HQ does not make; the message says why and what to do.

    `code` names the text `hq_envelopes.bad_<code>` that the pages show, filled with `values`.
    """

    def __init__(self, message: str, code: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Order:
    """Envelopes to make: for a store's device or all of a store's, by whom, up to what, how long.

    `cap` in yuan; `place` is a device's id or a store's.
    """

    place: str
    login: str
    cap: Decimal
    life: timedelta
    count: int


def set_device(connection: Connection, login: str, device_id: str) -> None:
    """Say on which enrolled device an approver answers; raises BadEnvelope.

    What was handed out before stays with the device it was made for.
    """
    who = _approver(connection, login)
    _enrolled(connection, device_id)
    connection.execute(
        text(
            "INSERT INTO approver_device (person, device) VALUES (:person, :device)"
            " ON CONFLICT (person) DO UPDATE SET device = :device"
        ),
        {"person": who.id, "device": device_id},
    )


def issue(
    connection: Connection,
    key: SigningKey,
    order: Order,
    now: datetime,
    lock: Callable[[bytes], str] = make_lock,
) -> tuple[int, ...]:
    """Make envelopes, return their numbers; raises BadEnvelope and AmountError."""
    if not 1 <= order.count <= MOST:
        raise BadEnvelope(f"make 1 to {MOST} envelopes at once", "keep", most=MOST)
    if not timedelta(0) < order.life <= LONGEST:
        raise BadEnvelope(
            f"an envelope lives 1 to {LONGEST.days} days", "days", least=1, most=LONGEST.days
        )
    check_amount(order.cap)
    who = _approver(connection, order.login)
    answering = connection.execute(
        select(approver_device.c.device).where(approver_device.c.person == who.id)
    ).scalar_one_or_none()
    if answering is None:
        raise BadEnvelope(
            f"{order.login} has no device to answer on: `amends-hq envelopes approver` names it",
            "no_device",
            login=order.login,
        )
    _enrolled(connection, answering)
    places = [place for place in _devices(connection, order.place) if place.id != answering]
    if not places:
        raise BadEnvelope(
            f"{order.place} has no enrolled device but the approver's own: nobody releases alone",
            "own_device",
            place=order.place,
        )
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ISSUE_LOCK})
    last = connection.execute(select(func.max(envelope.c.number))).scalar_one() or 0
    at = now.replace(microsecond=0)
    numbers = []
    for place in places:
        for _ in range(order.count):
            last += 1
            terms = Envelope(
                number=last,
                store=place.scope,
                device=place.id,
                approver=who.id,
                login=who.login,
                name=who.name,
                role=who.role,
                cap=order.cap,
                issued_at=at,
                expires_at=at + order.life,
                nonce=secrets.token_bytes(NONCE_BYTES),
            )
            _make(connection, key, terms, answering, lock)
            numbers.append(last)
    return tuple(numbers)


def _make(
    connection: Connection,
    key: SigningKey,
    terms: Envelope,
    answering: str,
    lock: Callable[[bytes], str],
) -> None:
    secret = secret_bytes(secrets.randbits(SECRET_BITS))
    made = lock(secret)
    values = {name: getattr(terms, name) for name in Envelope.__dataclass_fields__}
    connection.execute(
        envelope.insert().values(
            **{**values, "cap": format(terms.cap, ".2f")},
            approver_device=answering,
            lock=made,
            lock_signature=protocol.sign(key.private, envelope_message(terms, made)),
            secret_signature=protocol.sign(key.private, envelope_message(terms, "")),
            secret=secret,
        )
    )


def deliver(
    connection: Connection, to: Device, after: int, now: datetime
) -> tuple[protocol.WireEnvelope, ...]:
    """Return what a device lacks: locks the store's, secrets the approver's.

    `after` is the highest number that it keeps (-1: it knows no envelopes); secrets up to there
    have arrived and are forgotten here.
    """
    if after < 0:
        return ()
    arrived = and_(
        envelope.c.approver_device == to.id,
        envelope.c.number <= after,
        envelope.c.secret.is_not(None),
    )
    connection.execute(envelope.update().where(arrived).values(secret=None))
    its_secret = and_(envelope.c.approver_device == to.id, envelope.c.secret.is_not(None))
    rows = connection.execute(
        select(envelope)
        .where(
            envelope.c.number > after,
            envelope.c.expires_at > now,
            envelope.c.recalled_at.is_(None),
            or_(envelope.c.device == to.id, its_secret),
        )
        .order_by(envelope.c.number)
        .limit(AT_ONCE)
    )
    return tuple(_wire(row, to.id) for row in rows)


def _wire(row: Row[Any], to: str) -> protocol.WireEnvelope:
    locks = row.device == to
    return protocol.WireEnvelope(
        number=row.number,
        store=row.store,
        device=row.device,
        approver=row.approver,
        login=row.login,
        name=row.name,
        role=row.role,
        cap=row.cap,
        issued_at=protocol.milliseconds(row.issued_at),
        expires_at=protocol.milliseconds(row.expires_at),
        nonce=row.nonce,
        signature=row.lock_signature if locks else row.secret_signature,
        lock=row.lock if locks else "",
        secret=b"" if locks else row.secret,
    )


def terms_of(connection: Connection, number: int) -> Envelope | None:
    """Return an envelope as it was made, None for a number that HQ never gave."""
    row = connection.execute(select(envelope).where(envelope.c.number == number)).one_or_none()
    return terms(row) if row else None


def terms(row: Row[Any]) -> Envelope:
    """Return the terms of an envelope's row."""
    values = {name: getattr(row, name) for name in Envelope.__dataclass_fields__}
    values |= {"cap": Decimal(row.cap)}
    values |= {name: values[name].astimezone(UTC) for name in ("issued_at", "expires_at")}
    return Envelope(**values)


def _approver(connection: Connection, login: str) -> Row[Any]:
    row = connection.execute(
        select(person).where(person.c.login == login.strip().lower(), person.c.active)
    ).one_or_none()
    if row is None:
        raise BadEnvelope(
            f"nobody at HQ has the login {login}: `amends-hq people add` adds them",
            "approver",
            login=login,
        )
    if row.role == "clerk":
        raise BadEnvelope(f"{login} is a clerk and approves nothing", "approver", login=login)
    return row


def _enrolled(connection: Connection, device_id: str) -> None:
    row = connection.execute(select(device).where(device.c.id == device_id)).one_or_none()
    if row is None or row.revoked_at is not None:
        raise BadEnvelope(
            f"no enrolled device {device_id}: `amends-hq status` lists them",
            "device",
            device=device_id,
        )


def _devices(connection: Connection, place: str) -> list[Row[str, str]]:
    """Return a device by its id, or all of a store's; raises BadEnvelope."""
    found = connection.execute(
        select(device.c.id, device.c.scope)
        .where(or_(device.c.id == place, device.c.scope == place), device.c.revoked_at.is_(None))
        .order_by(device.c.id)
    ).all()
    stores = [row for row in found if not row.scope.startswith(REGION)]
    if not stores:
        raise BadEnvelope(
            f"{place} is no store with an enrolled device and no such device", "place", place=place
        )
    return stores
