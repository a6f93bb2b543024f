"""Joining a PC to HQ: one-time codes, device keys, revocable tokens."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from desktop.domain.read_out_codes import plain_code
from desktop.journal.chain import GENESIS
from sync import protocol
from sync.hq import database, ids
from sync.hq.keys import SigningKey
from sync.hq.models import chain, device, enrol_code, store

CODE_LIFE: Final = timedelta(days=7)
REGION: Final = "region:"

_SCOPE: Final = re.compile(r"(region:)?[\w.-]{1,64}", re.UNICODE)
_NAME_CHARACTERS: Final = 100
_DEVICE: Final = (
    "SELECT id, scope, chain, public_key, last_contact FROM device WHERE revoked_at IS NULL AND"
)
_CHAIN: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class BadScope(ValueError):
    """A store's id or name, or a region's, that HQ does not take; the message says why."""


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled PC and the stores that it may see."""

    id: str
    scope: str
    chain: str
    public_key: bytes
    last_contact: datetime | None
    stores: tuple[str, ...]

    @property
    def homes(self) -> tuple[str, ...]:
        """Where what it may read is kept: its stores, and its own region."""
        return self.stores if self.scope in self.stores else (*self.stores, self.scope)


def issue_code(
    connection: Connection,
    key: SigningKey,
    scope: str,
    now: datetime,
    name: str = "",
    region: str | None = None,
) -> str:
    """Return a new one-time code for a store or region; a store is made known by its first code.

    `name` and `region` replace what HQ knew of the store. Raises BadScope.
    """
    if not _SCOPE.fullmatch(scope):
        raise BadScope(f"{scope!r} is no store id: use letters, digits, '-', '_' and '.'")
    if region and not _SCOPE.fullmatch(f"{REGION}{region}"):
        # Else no regional PC could ever join it: codes go by the region's name.
        raise BadScope(f"{region!r} is no region: use letters, digits, '-', '_' and '.'")
    if len(name) > _NAME_CHARACTERS:
        raise BadScope(f"a name has at most {_NAME_CHARACTERS} characters")
    if not scope.startswith(REGION):
        known = {"name": name} if name else {}
        placed = {"region": region} if region else {}
        statement = insert(store).values(
            id=scope, name=name or scope, region=region, created_at=now
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[store.c.id], set_={**known, **placed} or {"id": scope}
            )
        )
    code = ids.new_code()
    connection.execute(
        enrol_code.insert().values(
            code_hash=key.code_hash(plain_code(code)),
            scope=scope,
            created_at=now,
            expires_at=now + CODE_LIFE,
        )
    )
    return code


def enrol(
    connection: Connection, key: SigningKey, request: protocol.EnrolRequest, now: datetime
) -> protocol.EnrolResponse | protocol.Problem:
    """Use up a code and join the device; a PC that was joined before keeps its chain.

    Who asks again because the answer was lost on the way gets the same one again, until the PC has
    exchanged something with it.
    """
    message = protocol.enrol_message(request.code, request.chain)
    if not protocol.verify(request.public_key, message, request.signature):
        return protocol.Problem("bad_request", "the device does not hold its key")
    if not is_chain_id(request.chain):
        return protocol.Problem(
            "bad_request", "the chain id is HQ's own or has other characters than A-Za-z0-9_.-"
        )
    code_hash = key.code_hash(plain_code(request.code))
    code = connection.execute(
        select(enrol_code).where(enrol_code.c.code_hash == code_hash).with_for_update()
    ).one_or_none()
    if code is None:
        return protocol.Problem("wrong_code", "unknown")
    if code.used_at is not None and not _was_unheard(connection, code, request):
        return protocol.Problem("wrong_code", "used")
    if code.expires_at <= now:
        return protocol.Problem("wrong_code", "expired")
    token = key.device_token(plain_code(request.code), request.chain)
    joined = _join(connection, request, code.scope, token, now)
    if isinstance(joined, protocol.Problem):
        return joined
    device_id, letter = joined
    connection.execute(
        enrol_code.update()
        .where(enrol_code.c.code_hash == code_hash)
        .values(used_at=now, device=device_id)
    )
    return protocol.EnrolResponse(
        version=protocol.VERSION,
        store=code.scope,
        store_name=scope_name(connection, code.scope),
        device=device_id,
        token=token,
        hq_key=key.public,
        at=protocol.milliseconds(now),
        letter=letter,
    )


def _was_unheard(connection: Connection, code: Row[Any], request: protocol.EnrolRequest) -> bool:
    """Tell whether the PC that used this code asks again and never came with the token it got."""
    found = connection.execute(
        select(device.c.last_contact).where(
            device.c.id == code.device,
            device.c.chain == request.chain,
            device.c.public_key == request.public_key,
            device.c.enrolled_at == code.used_at,
            device.c.revoked_at.is_(None),
        )
    ).one_or_none()
    return found is not None and (found.last_contact is None or found.last_contact < code.used_at)


def is_chain_id(name: str) -> bool:
    """Tell whether a PC's chain may have this id."""
    return _CHAIN.fullmatch(name) is not None and not protocol.is_hq_chain(name)


def _join(
    connection: Connection, request: protocol.EnrolRequest, scope: str, token: str, now: datetime
) -> tuple[str, str] | protocol.Problem:
    """Keep the device with its token, and its chain; return its id and letter."""
    # One PC may come with two codes at once: the second finds what the first has kept.
    connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"chain/{request.chain}", 0)))
    )
    known = connection.execute(
        select(chain).where(chain.c.id == request.chain).with_for_update()
    ).one_or_none()
    before = connection.execute(select(device).where(device.c.chain == request.chain)).one_or_none()
    if known is not None and (before is None or before.public_key != request.public_key):
        return protocol.Problem("fork", f"chain {request.chain} belongs to another device")
    if known is not None and known.home != scope:
        return protocol.Problem("other_store", f"this PC belongs to {known.home}")
    device_id: str = before.id if before is not None else ids.new_id("D")
    letter: str = before.letter if before is not None else free_letter(connection, scope)
    values = {
        "scope": scope,
        "name": _device_name(request.name),
        "chain": request.chain,
        "public_key": request.public_key,
        "token_hash": ids.token_hash(token),
        "enrolled_at": now,
        "revoked_at": None,
    }
    connection.execute(
        insert(device)
        .values(id=device_id, letter=letter, **values)
        .on_conflict_do_update(index_elements=[device.c.id], set_=values)
    )
    if known is None:
        connection.execute(
            chain.insert().values(id=request.chain, home=scope, device=device_id, head=GENESIS)
        )
    return device_id, letter


def _device_name(told: str) -> str:
    """Return what a PC calls itself as pages show it: one line of printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in told).split())[:_NAME_CHARACTERS]


def free_letter(connection: Connection, scope: str) -> str:
    """Return the scope's next letter; the scope is locked until the device is kept.

    A revoked device keeps its letter: its numbers have been given to customers.
    """
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(scope, 0))))
    used = set(connection.execute(select(device.c.letter).where(device.c.scope == scope)).scalars())
    return next(found for found in map(ids.letter, itertools.count(1)) if found not in used)


def scope_name(connection: Connection, scope: str) -> str:
    """Return a store's or region's name."""
    name = connection.execute(select(store.c.name).where(store.c.id == scope)).scalar_one_or_none()
    return name or scope.removeprefix(REGION)


def find_device(connection: Connection, token: str) -> Device | None:
    """Return the device that holds this token, None when it is unknown or revoked."""
    return _device(connection, f"{_DEVICE} token_hash = %(by)s", ids.token_hash(token))


def find_by_chain(connection: Connection, chain_id: str) -> Device | None:
    """Return the device that writes this chain, None when it is unknown or revoked."""
    return _device(connection, f"{_DEVICE} chain = %(by)s", chain_id)


def _device(connection: Connection, wanted: str, by: bytes | str) -> Device | None:
    row = database.run(connection, wanted, {"by": by}).fetchone()
    if row is None:
        return None
    name, scope, chain_id, public_key, last_contact = row
    stores = _stores(connection, scope)
    return Device(name, scope, chain_id, public_key, last_contact, stores)


def _stores(connection: Connection, scope: str) -> tuple[str, ...]:
    if not scope.startswith(REGION):
        return (scope,)
    region = scope.removeprefix(REGION)
    found = connection.execute(select(store.c.id).where(store.c.region == region).order_by("id"))
    return tuple(found.scalars())


def revoke(connection: Connection, device_id: str, now: datetime) -> bool:
    """Take a device's token back; tell whether there was such a device. Its events stay."""
    done = connection.execute(
        device.update()
        .where(device.c.id == device_id, device.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount == 1
