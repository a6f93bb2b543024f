"""What comes down from HQ: taken once, in order, and one bad ticket never blocks the rest."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from desktop.domain.fold import fold
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.services.exchange_ports import ChainFork, ChainGap, IncomingEvent, Receipt
from desktop.services.ticket_ports import TicketFilter
from desktop.storage import tables
from tests.storage.store_kit import HEAD, SUPERVISOR, Shop, as_feed, foreign_record, random_history


def send(source: Shop, target: Shop, position: int = 1) -> int:
    events, salts = as_feed(source)
    return target.store.sync.accept_feed(events, salts, {"S0217": position})


def core(stream: str, kind: str, lc: int = 1, **data: object) -> bytes:
    return json.dumps(
        {"v": 1, "k": kind, "s": stream, "l": lc, "t": "2026-11-16T03:00:00.000Z", "a": "P-hq",
         "p": "1", **({"d": data} if data else {})}
    ).encode()  # fmt: skip


def test_a_feed_is_taken_once(shop: Shop, other_shop: Shop) -> None:
    random_history(other_shop, 5, tickets=3, steps=40)
    total = len(other_shop.table(tables.event))
    assert send(other_shop, shop) == total
    rows = shop.table(tables.ticket_row)
    assert send(other_shop, shop, position=2) == 0
    assert shop.table(tables.ticket_row) == rows
    assert len(shop.table(tables.event)) == total
    assert shop.store.sync.status().cursor == {"S0217": 2}
    assert [shop.state(f"t{n}") for n in range(3)] == [other_shop.state(f"t{n}") for n in range(3)]


def test_two_pcs_that_wrote_at_once_end_up_equal_and_show_the_conflict(
    shop: Shop, other_shop: Shop
) -> None:
    shop.complain("t")
    send(shop, other_shop)
    shop.act("t", ClassifyTicket("SP-12", 2))
    other_shop.act("t", ClassifyTicket("PQ-03", 1))
    other_shop.act("t", CorrectTicket({"phone": "13900000000"}))
    send(shop, other_shop)
    send(other_shop, shop)
    assert shop.state("t") == other_shop.state("t")
    assert shop.state("t").conflicts == ("code", "level")
    row = shop.store.queries.row("t")
    assert row is not None
    assert row.conflicts == 2
    assert [r.stream for r in shop.store.queries.by_phone("139 0000 0000")] == ["t"]
    # Whoever saw both sides settles it.
    shop.act("t", ClassifyTicket("SP-12", 1))
    send(shop, other_shop)
    assert other_shop.state("t").conflicts == ()


def test_another_event_in_a_known_place_is_a_fork(shop: Shop) -> None:
    first = foreign_record("hq", 1, "x", core("x", "a.kind"))
    shop.store.sync.accept_feed([IncomingEvent(first, {})], {}, {"S0217": 1})
    other = foreign_record("hq", 1, "x", core("x", "b.kind"))
    with pytest.raises(ChainFork, match="hq:1"):
        shop.store.sync.accept_feed([IncomingEvent(other, {})], {}, {"S0217": 2})
    unlinked = foreign_record("hq", 2, "x", core("x", "c.kind", 2), prev=bytes(32))
    with pytest.raises(ChainFork, match="hq:2"):
        shop.store.sync.accept_feed([IncomingEvent(unlinked, {})], {}, {"S0217": 2})
    assert shop.store.sync.status().cursor == {"S0217": 1}
    assert len(shop.table(tables.event)) == 1


def test_an_event_before_its_predecessor_is_a_gap(shop: Shop) -> None:
    late = foreign_record("hq", 3, "x", core("x", "a.kind"))
    with pytest.raises(ChainGap, match="hq:3"):
        shop.store.sync.accept_feed([IncomingEvent(late, {})], {}, {})
    assert shop.table(tables.event) == []


def test_unknown_kinds_are_kept_and_the_ticket_lives_on(shop: Shop) -> None:
    shop.complain("t")
    strange = foreign_record("hq", 1, "t", core("t", "future.kind", 2, colour="red"))
    shop.store.sync.accept_feed([IncomingEvent(strange, {})], {}, {})
    assert shop.state("t").unknown_kinds == ("future.kind",)
    assert shop.store.sync.status().quarantined == 0
    shop.act("t", AddComment("继续处理"))
    assert shop.store.journal.events("t")[-1].seen == {"hq": 1}


def test_bytes_that_are_no_event_put_only_their_ticket_in_quarantine(
    shop: Shop, other_shop: Shop
) -> None:
    bad = foreign_record("hq", 1, "bad", b"\xff not JSON")
    after = foreign_record("hq", 2, "fine", core("fine", "future.kind"), prev=bad.hash)
    random_history(other_shop, 9, tickets=2, steps=10)
    events, salts = as_feed(other_shop)
    feed = [IncomingEvent(bad, {}), IncomingEvent(after, {}), *events]
    assert shop.store.sync.accept_feed(feed, salts, {"S0217": 7}) == len(feed)
    [held] = shop.table(tables.quarantine)
    assert (held["stream"], held["chain"], held["seq"]) == ("bad", "hq", 1)
    assert held["reason"].startswith("TornRecord: ")
    assert shop.store.sync.status().quarantined == 1
    assert len(shop.table(tables.ticket_row)) == 2


def test_a_ticket_leaves_quarantine_when_it_can_be_projected(shop: Shop) -> None:
    shop.complain("t")
    facts = shop.row_facts
    projector = shop.store.projector

    def fails(state: object, at: object) -> None:
        raise LookupError("no such policy")

    projector._row_maker = fails  # type: ignore[assignment]
    shop.act("t", AddComment("规则未到"))
    assert [q["reason"] for q in shop.table(tables.quarantine)] == ["LookupError: no such policy"]
    assert len(shop.table(tables.ticket_row)) == 1
    projector._row_maker = facts
    shop.act("t", AddComment("规则已到"))
    assert shop.table(tables.quarantine) == []


def test_events_before_the_opening_wait_for_it(shop: Shop, other_shop: Shop) -> None:
    """The comment arrives first; its ticket shows once the opening is here."""
    other_shop.complain("t")
    events, salts = as_feed(other_shop)
    opened = events[0].record
    comment = foreign_record("hq", 1, "t", core("t", "comment.added", 2))
    shop.store.sync.accept_feed([IncomingEvent(comment, {})], {}, {})
    assert shop.store.queries.row("t") is None
    shop.store.sync.accept_feed(events, salts, {})
    assert shop.store.queries.row("t") is not None
    assert [str(e.id) for e in shop.store.journal.events("t")] == [f"{opened.chain}:1", "hq:1"]


def test_decisions_and_comments_of_others_are_news_until_read(shop: Shop, other_shop: Shop) -> None:
    shop.complain("t")
    shop.act("t", ProposeCompensation("i1", "voucher", "goodwill", Decimal("6000.00")))
    shop.act("t", AddComment("我们自己的话"))
    send(shop, other_shop)
    other_shop.act("t", DecideApproval("i1", True), HEAD)
    other_shop.act("t", AddComment("请补照片"), SUPERVISOR)
    send(other_shop, shop)
    news = shop.store.inbox.unread(10)
    assert [(e.kind, e.text("text")) for e in news] == [
        ("comment.added", "请补照片"),
        ("approval.decided", ""),
    ]
    assert len(shop.store.inbox.unread(1)) == 1
    shop.store.inbox.mark_read("t")
    assert shop.store.inbox.unread(10) == ()
    assert shop.state("t").compensation["i1"].status == "approved"


def test_a_receipt_makes_what_it_covers_uploaded(shop: Shop) -> None:
    shop.complain("t1")
    shop.complain("t2")
    [first, second] = shop.table(tables.event)
    chain = shop.store.sync.chain()
    receipt = Receipt(chain, 1, first["hash"], shop.now, b"s" * 64)
    shop.store.sync.accept_receipt(receipt)
    rows = {r.stream: r.uploaded for r in shop.store.queries.page(TicketFilter(), None, 9)}
    assert rows == {"t1": True, "t2": False}
    status = shop.store.sync.status()
    assert (status.pending, status.seq, status.acked_seq) == (1, 2, 1)
    assert status.head == second["hash"]
    assert status.last_receipt == receipt
    with pytest.raises(ChainFork, match="another event"):
        shop.store.sync.accept_receipt(Receipt(chain, 2, bytes(32), shop.now, b""))
    with pytest.raises(ChainFork, match="that we lack"):
        shop.store.sync.accept_receipt(Receipt(chain, 3, bytes(32), shop.now, b""))


def test_outgoing_events_carry_values_and_salts(shop: Shop) -> None:
    shop.complain("t")
    for number in range(5):
        shop.act("t", AddComment(f"意见{number}"))
    page = shop.store.sync.queue(1, 3)
    assert list(page.seqs) == [2, 3, 4]
    assert page.personal == {n + 2: {"text": f"意见{n}"} for n in range(3)}
    assert len(shop.store.sync.salts(["t", "unknown"])["t"]) == 16
    assert not shop.store.sync.queue(6, 10).seqs


def test_the_clock_offset_is_written_into_later_events(shop: Shop) -> None:
    shop.complain("t")
    shop.store.sync.set_clock_offset(-90_000)
    shop.act("t", AddComment("钟快了一分半"))
    offsets = [e.offset_ms for e in shop.store.journal.events("t")]
    assert offsets == [None, -90_000]


def test_the_wall_clock_never_orders_events(shop: Shop, other_shop: Shop) -> None:
    shop.complain("t")
    send(shop, other_shop)
    other_shop.now = shop.now - timedelta(days=400)
    other_shop.act("t", AddComment("钟错了的电脑"))
    send(other_shop, shop)
    events = shop.store.journal.events("t")
    assert [e.kind for e in events] == ["ticket.opened", "comment.added"]
    assert fold("t", reversed(events)) == shop.state("t")
