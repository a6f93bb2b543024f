"""HQ's receipts as a store keeps them, counted, so that a missing one is missed (AU-01)."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.services.exchange_ports import ChainFork, Receipt
from desktop.storage.tables import chain, chain_link, event, receipt


def check(connection: Connection, given: Receipt) -> None:
    """Raise ChainFork when a receipt names another event than ours, or one that we do not have."""
    place = and_(event.c.chain == given.chain, event.c.seq == given.seq)
    known = connection.execute(select(event.c.hash).where(place)).scalar_one_or_none()
    if given.seq and known != given.head:
        what = "HQ holds events that we lack" if known is None else "HQ holds another event"
        raise ChainFork(f"receipt for {given.chain}:{given.seq}: {what} at this place")


def add(connection: Connection, given: Receipt) -> None:
    """Keep a receipt; one for the same place is replaced."""
    place = and_(receipt.c.chain == given.chain, receipt.c.seq == given.seq)
    if connection.execute(select(receipt.c.seq).where(place)).first() is None:
        _count(connection, given.chain, 1)
    values = {"head": given.head, "signed_at": given.signed_at, "signature": given.signature}
    statement = upsert(receipt).values(chain=given.chain, seq=given.seq, **values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[receipt.c.chain, receipt.c.seq], set_=values
        )
    )


def keep_last(connection: Connection, given: Receipt) -> None:
    """Keep HQ's receipt for a chain of others; earlier ones only where the chain has gaps."""
    partial = select(chain_link.c.seq).where(chain_link.c.chain == given.chain).limit(1)
    if connection.execute(partial).first() is None:
        earlier = and_(receipt.c.chain == given.chain, receipt.c.seq < given.seq)
        gone = connection.execute(delete(receipt).where(earlier)).rowcount
        _count(connection, given.chain, -gone)
    add(connection, given)


def drop_beyond(connection: Connection, of: str, seq: int) -> None:
    """Forget receipts for events after `seq`, which leave the chain."""
    beyond = delete(receipt).where(receipt.c.chain == of, receipt.c.seq > seq)
    _count(connection, of, -connection.execute(beyond).rowcount)


def _count(connection: Connection, of: str, more: int) -> None:
    if more:
        counted = chain.c.receipts + more
        connection.execute(update(chain).where(chain.c.chain == of).values(receipts=counted))
