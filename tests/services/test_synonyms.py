"""IN-14: whoever asks with one word finds what a customer said with another of the same meaning."""

import pytest

from desktop.services.ticket_ports import TicketFilter


def opened(desk, words: str) -> str:
    fields = {"verbatim": words, "emotion": 2, "expectation": "处理", "phone": "13800000000"}
    return desk.open_ticket(
        fields, channel="counter", quick=False, arrived_at=None, draft=None
    ).stream


@pytest.mark.parametrize("asked", ["退钱", "退款", "退费", "烂掉", "破损", "外箱 损坏"])
def test_in_14_search_knows_synonyms_and_keeps_the_customers_words(desk, asked):
    stream = opened(desk, "外箱烂掉了，要求退钱")
    opened(desk, "态度很差")
    found = desk.page(TicketFilter(text=asked), None, 10)
    assert [row.stream for row in found] == [stream]
    assert desk.count(TicketFilter(text=asked)) == 1
    assert [row.stream for row in desk.find(asked, 5)] == [stream]
    assert found[0].summary == "外箱烂掉了，要求退钱"


def test_part_of_the_customers_own_word_still_finds_it(desk):
    stream = opened(desk, "快递未收到")
    assert [row.stream for row in desk.page(TicketFilter(text="收到"), None, 10)] == [stream]


def test_cf_01_a_field_of_the_pack_finds_the_ticket_by_its_label(desk):
    fields = {"verbatim": "坏了", "emotion": 2, "expectation": "换", "sales_area": "appliance"}
    row = desk.open_ticket(fields, channel="counter", quick=False, arrived_at=None, draft=None)
    opened(desk, "别的事")
    found = desk.page(TicketFilter(text="家电数码"), None, 10)
    assert [r.stream for r in found] == [row.stream]
    assert desk.ticket(row.stream).custom == {"sales_area": "appliance"}
