"""A device whose chain is also written elsewhere: it reads what HQ holds and goes on apart.

That is so after a backup was restored or a disk was cloned. The chain stays with whoever wrote it
at HQ first; the other goes on as a device of its own, with a letter of its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from desktop.journal.chain import GENESIS
from sync import protocol
from sync.hq import enrolment, feed, ids
from sync.hq.enrolment import Device
from sync.hq.keys import SigningKey
from sync.hq.models import chain, device, incident


def read_chain(
    reader: feed.Reader, to: Device, request: protocol.ChainRequest
) -> protocol.ChainResponse | protocol.Problem:
    """Return the next events of the device's own chain as HQ holds them."""
    if request.chain != to.chain or request.after < 0:
        return protocol.Problem("refused", "the chain belongs to another device")
    row = reader.connection.execute(select(chain).where(chain.c.id == to.chain)).one()
    last = min(row.seq, request.after + protocol.MAX_EVENTS)
    if last <= request.after:
        return protocol.ChainResponse(protocol.VERSION, row.seq)
    span = feed.Range(to.scope, to.chain, request.after + 1, last, 0)
    found = feed.Feed()
    reader.add(found, reader.events([span]))
    return protocol.ChainResponse(protocol.VERSION, row.seq, found.runs[0], found.salts)


def rechain(
    connection: Connection,
    key: SigningKey,
    old: Device,
    request: protocol.RechainRequest,
    now: datetime,
) -> protocol.EnrolResponse | protocol.Problem:
    """Let the PC go on under a new chain, as a new device of the same scope; people are told."""
    message = protocol.rechain_message(request.old, request.new)
    if request.old != old.chain:
        return protocol.Problem("refused", "the chain belongs to another device")
    if not protocol.verify(old.public_key, message, request.signature):
        return protocol.Problem("bad_request", "the device does not hold its key")
    known = connection.execute(select(chain.c.id).where(chain.c.id == request.new)).first()
    if known is not None or not enrolment.is_chain_id(request.new):
        return protocol.Problem("bad_request", "the new chain's id cannot be used")
    token, name = ids.new_token(), ids.new_id("D")
    letter = enrolment.free_letter(connection, old.scope)
    called = connection.execute(select(device.c.name).where(device.c.id == old.id)).scalar_one()
    connection.execute(
        device.insert().values(
            id=name, scope=old.scope, name=called, chain=request.new, public_key=old.public_key,
            token_hash=ids.token_hash(token), enrolled_at=now, letter=letter,
        )
    )  # fmt: skip
    connection.execute(
        chain.insert().values(id=request.new, home=old.scope, device=name, head=GENESIS)
    )
    detail = f"{old.id}: a second copy of this PC's data goes on as {name}, chain {request.new}"
    values = {"scope": old.scope, "chain": old.chain, "code": "copy", "detail": detail}
    connection.execute(insert(incident).values(at=now, **values).on_conflict_do_nothing())
    return protocol.EnrolResponse(
        version=protocol.VERSION,
        store=old.scope,
        store_name=enrolment.scope_name(connection, old.scope),
        device=name,
        token=token,
        hq_key=key.public,
        at=protocol.milliseconds(now),
        letter=letter,
    )
