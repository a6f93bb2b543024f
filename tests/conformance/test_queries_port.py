"""What every TicketQueries promises (desktop.services.ticket_ports.TicketQueries)."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.operations.open_ticket import OpenTicket
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.services.ticket_ports import PageCursor, TicketFilter, TicketQueries
from tests.storage.store_kit import HEAD, SUPERVISOR, Shop


def found(shop: Shop, text: str) -> list[str]:
    queries: TicketQueries = shop.store.queries
    rows = queries.page(TicketFilter(text=text), None, 100)
    assert queries.count(TicketFilter(text=text)) == len(rows)
    return [row.stream for row in rows]


def test_pages_go_through_all_rows_newest_first_and_none_twice(shop: Shop) -> None:
    rng = random.Random(4)
    for number in range(23):
        # Some are opened in the same millisecond.
        shop.now += timedelta(minutes=rng.choice((0, 0, 5)))
        shop.complain(f"t{number}")
    seen, after = [], None
    while page := shop.store.queries.page(TicketFilter(), after, 4):
        seen += page
        after = PageCursor(page[-1].opened_at, page[-1].stream)
        if len(seen) == 8:
            # A row that comes while somebody turns pages shifts nothing.
            shop.now += timedelta(minutes=1)
            shop.complain("late")
    assert len({row.stream for row in seen}) == len(seen) == 23
    assert [row.opened_at for row in seen] == sorted((r.opened_at for r in seen), reverse=True)


def test_a_search_can_be_paged(shop: Shop) -> None:
    for number in range(7):
        shop.now += timedelta(minutes=1)
        words = "要求退款" if number % 2 else "要求换货"
        shop.complain(f"t{number}", verbatim=words, expectation="尽快")
    wanted = TicketFilter(text="退款")
    first = shop.store.queries.page(wanted, None, 2)
    rest = shop.store.queries.page(wanted, PageCursor(first[-1].opened_at, first[-1].stream), 9)
    assert [row.stream for row in (*first, *rest)] == ["t5", "t3", "t1"]


@pytest.mark.parametrize(
    ("asked", "streams"),
    [
        ("退款", ["a"]),
        ("期", ["b"]),
        ("保质期", ["b"]),
        ("保期", []),
        ("退款 破损", ["a"]),
        ("退款 过期", []),
        ("zw", ["a"]),
        ("ynn", ["b"]),
        ("nn", ["b"]),
        ("sxx", ["c"]),
        ("cnn", ["b"]),
        ("Milk", ["b"]),
        ("mil", ["b"]),
        ("ＭＩＬＫ", ["b"]),
        ("5678", ["a"]),
        ("13812345678", ["a"]),
        ("+86 138 1234 5678", ["a"]),
        ("88231", ["c"]),
        ("231", []),
        ("8231", ["c"]),
        ("002", ["b"]),
        ('"', None),
        ("退款 OR", []),
        ("NEAR(", []),
        ("*", None),
    ],
)
def test_search_finds_words_initials_and_tails(
    shop: Shop, asked: str, streams: list[str] | None
) -> None:
    shop.complain("a", verbatim="包装破损，要求退款", customer_name="张伟")
    other = {"phone": "13900001111", "expectation": "道歉"}
    named = {"customer_name": "欧阳娜娜", "product": "纯牛奶"}
    shop.complain("b", verbatim="保质期已过 MILK", **named, **other)
    shop.complain("c", verbatim="迟到", customer_name="单雄信", receipt_no="88231", **other)
    # What holds no word finds nothing; it is no error and no list of everything.
    assert found(shop, asked) == (streams or [])


def test_pinyin_finds_the_product_and_the_code(shop: Shop) -> None:
    shop.complain("a", product="纯牛奶")
    shop.act("a", ClassifyTicket("SP-12", 3))
    title = shop.policy.codes["SP-12"].title["zh_CN"]
    assert found(shop, "cnn") == ["a"]
    assert found(shop, title) == ["a"]


def test_filters_hold_together(shop: Shop) -> None:
    shop.complain("a")
    shop.act("a", ClassifyTicket("SP-12", 1))
    shop.now += timedelta(days=2)
    shop.complain("b")
    shop.act("b", ClassifyTicket("PQ-03", 2))
    shop.act("b", ProposeCompensation("i", "voucher", "goodwill", Decimal("6000.00")))

    def streams(**wanted: object) -> list[str]:
        rows = shop.store.queries.page(TicketFilter(**wanted), None, 9)
        assert shop.store.queries.count(TicketFilter(**wanted)) == len(rows)
        return [row.stream for row in rows]

    assert streams() == ["b", "a"]
    assert streams(levels=frozenset({1})) == ["a"]
    assert streams(families=frozenset({"PQ", "TD"})) == ["b"]
    assert streams(pending_approval=True) == ["b"]
    assert streams(opened_from=shop.now) == ["b"]
    assert streams(opened_before=shop.now) == ["a"]
    assert streams(levels=frozenset({1}), families=frozenset({"PQ"})) == []
    assert streams(text="退款", levels=frozenset({2})) == ["b"]
    assert [r.stream for r in shop.store.queries.awaiting_approval()] == ["b"]
    shop.act("b", DecideApproval("i", True), HEAD)
    assert shop.store.queries.awaiting_approval() == ()


def test_a_ticket_is_found_by_number_tail_serial_and_phone(shop: Shop) -> None:
    number = shop.complain("a", form_serial="F-000123")
    shop.complain("b")
    queries = shop.store.queries
    row = queries.by_number(number.lower())
    assert row is not None
    assert row.stream == "a"
    assert row.phone_tail == "5678"
    assert queries.by_number("001-K") == row
    # Both end so: not unique, so none.
    assert queries.by_number("-K") is None
    assert queries.by_number("K") is None
    assert queries.by_number("999-K") is None
    assert queries.by_form_serial("F-000123") == row
    assert queries.by_form_serial("F-000124") is None
    assert [r.stream for r in queries.by_phone("+86 13812345678")] == ["b", "a"]
    assert queries.by_phone("5678") == ()
    assert queries.by_phone("") == ()
    assert queries.row("a") == row
    assert queries.row("none") is None


def test_open_tickets_come_by_their_tightest_clock(shop: Shop) -> None:
    shop.complain("slow")
    shop.act("slow", ClassifyTicket("SP-12", 4))
    shop.complain("urgent")
    shop.act("urgent", ClassifyTicket("SP-12", 1))
    shop.complain("usual")
    rows = shop.store.queries.open_by_due(9)
    dues = [row.due_at for row in rows if row.due_at]
    assert dues == sorted(dues)
    assert rows[0].stream == "urgent"
    assert rows[0].due_clock
    assert rows[0].due_rule in {row.id for row in shop.policy.clocks}
    assert [row.stream for row in rows if row.due_at is None] == [
        row.stream for row in rows[len(dues) :]
    ]
    assert len(shop.store.queries.open_by_due(2)) == 2
    lengths = shop.store.queries.open_lengths(9)
    assert list(lengths) == [row.stream for row in rows]
    assert lengths == {s: len(shop.store.journal.events(s)) for s in lengths}
    assert list(shop.store.queries.open_lengths(2)) == list(lengths)[:2]


def test_customers_at_the_counter_wait_until_they_are_served(shop: Shop) -> None:
    for stream, minutes in (("first", 0), ("second", 7)):
        shop.now += timedelta(minutes=minutes)
        fields = {"verbatim": "等", "emotion": 4, "expectation": "快", "customer_name": stream}
        shop.act(
            stream,
            OpenTicket(stream, "counter", "S0217", "store", fields, arrived_at=shop.now),
        )
    waiting = shop.store.queries.waiting()
    assert [(w.stream, w.name, w.emotion) for w in waiting] == [
        ("first", "first", 4),
        ("second", "second", 4),
    ]
    assert all(w.due_at >= w.arrived_at for w in waiting)
    shop.act("first", ContactCustomer("first_response", "counter"))
    assert [w.stream for w in shop.store.queries.waiting()] == ["second"]


def test_complaints_whose_customer_gave_fewer_than_three_stars(shop: Shop) -> None:
    """NC-12: 客户满意度低于3分的工单, by the last answer, alone and with other filters."""
    for stream, scores in (("a", (2,)), ("b", (3,)), ("c", (1,)), ("d", (1, 4)), ("e", ())):
        shop.complain(stream)
        for score in scores:
            # Few stars open it again, so the next answer is about another solution.
            shop.act(stream, RecordSolution("换新"), SUPERVISOR)
            shop.act(stream, RecordSurvey("answered", score), SUPERVISOR)

    def streams(**wanted: object) -> set[str]:
        asked = TicketFilter(low_stars=True, **wanted)
        rows = shop.store.queries.page(asked, None, 9)
        assert shop.store.queries.count(asked) == len(rows)
        return {row.stream for row in rows}

    assert streams() == {"a", "c"}
    assert streams(text="退款") == {"a", "c"}
    assert streams(opened_before=shop.now - timedelta(days=9)) == set()
    assert streams(open_only=True) <= {"a", "c"}


def test_the_boards_figures(shop: Shop) -> None:
    start = shop.now
    for number in range(3):
        shop.complain(f"old{number}")
    shop.now += timedelta(days=3)
    shop.complain("today")
    shop.act("today", ProposeCompensation("i", "voucher", "goodwill", Decimal("6000.00")))
    for stream, score in (("old0", 5), ("old1", 2)):
        shop.act(stream, RecordSolution("换新"), SUPERVISOR)
        shop.act(stream, RecordSurvey("answered", score), SUPERVISOR)
    counts = shop.store.queries.counts(shop.now, shop.now - timedelta(hours=2), start)
    assert (counts.open, counts.opened_today, counts.pending_approvals) == (4, 1, 1)
    assert (counts.satisfied, counts.surveyed) == (1, 2)
    rows = shop.store.queries.open_by_due(9)
    overdue = [r.stream for r in rows if r.due_at and r.due_at < shop.now]
    assert counts.overdue == len(overdue) > 0
    soon = shop.now + timedelta(hours=1)
    assert counts.due_soon == sum(1 for r in rows if r.due_at and shop.now <= r.due_at < soon)
    assert shop.store.queries.streams(start, shop.now) == ("old0", "old1", "old2")
