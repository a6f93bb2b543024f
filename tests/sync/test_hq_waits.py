"""HQ's own writing and the exchanges of its stores never wait for each other in a ring."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, select, text

from desktop.domain.events import Draft
from sync import protocol
from sync.hq import own_chain
from sync.hq.exchange import Exchange
from sync.hq.models import chain, receipt
from tests.sync.devices import WireDevice, opened, received

STORE, OWN = "S0217", "hq-S0217"


def order(hq: Exchange, number: int) -> None:
    """HQ writes to the store, as an approval or a policy pack does."""
    with hq.engine.begin() as connection:
        author = own_chain.Author("P-head", hq.now(), "2026.1")
        draft = Draft("person.ordered", {"number": number})
        own_chain.append(connection, STORE, f"p-{number}", author, lambda _: (draft,))


def kept(engine: Engine) -> tuple[int, int]:
    """How many receipts of HQ's chain of the store are noted, and how many it says it gave."""
    with engine.connect() as connection:
        noted = connection.execute(select(receipt.c.seq).where(receipt.c.chain == OWN)).all()
        given = connection.execute(select(chain.c.receipts).where(chain.c.id == OWN))
        return len(noted), given.scalar_one()


def test_a_store_exchanges_while_headquarters_writes_to_it(hq: Exchange, engine: Engine) -> None:
    """Who wrote held HQ's chain and waited for the store; who exchanged, the other way round."""
    device = WireDevice(hq)
    device.enrol(STORE)
    order(hq, 1)
    device.write("t-1", opened("S0217-A-1121-001"))
    # Given somebody at HQ who is about to write on its chain of the store
    with ThreadPoolExecutor(1) as pool, engine.connect() as writing:
        writing.execute(select(chain).where(chain.c.id == OWN).with_for_update())
        # When the store sends and receives meanwhile, then it does not wait for that
        answer = pool.submit(device.sync).result(timeout=60)
        assert isinstance(answer, protocol.SyncResponse)
        assert received(answer) == [(OWN, 1)]
        # And who writes gets the store at once
        writing.execute(text("SET LOCAL lock_timeout = '10s'"))
        writing.execute(text("SELECT id FROM store WHERE id = 'S0217' FOR UPDATE"))
    assert kept(engine) == (0, 0)
    # What was told is noted with what is told next
    order(hq, 2)
    assert received(device.sync()) == [(OWN, 2)]
    assert kept(engine) == (1, 1)
