"""Canonical bytes: the same event is the same bytes everywhere and for ever, and reads back."""

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.events import Absent, Draft, EventId
from desktop.journal.records import (
    Record,
    TornRecord,
    decode,
    encode_core,
    parse_core,
    parse_head,
    parse_heads,
    personal_fields,
)
from tests.journal.chains import AT, CHAIN, DRAFTS, STREAM, chain_of, written

GOLDEN = (
    b'{"a":"P-li","d":{"fields":{"emotion":3},"number":"N-1"},"f":["verbatim"],"k":"ticket.opened",'
    b'"l":1,"n":{"C02":7},"o":-250,"p":"2026.11","s":"T-1","t":"2026-11-16T02:00:00.123Z","v":1}'
)


def test_golden_bytes_of_an_event():
    assert encode_core(DRAFTS[0], written()) == GOLDEN


def test_golden_hashes_of_a_chain():
    assert [e.record.hash.hex() for e in chain_of()] == [
        "67915e2d354dfa69f77ede588e0e6acbf70dea6e86203d280343232bc926cd3e",
        "6ad52d4586b3e0e6c82f9f35762d9f480e753aa1dd7a01b71138521bca0ce265",
        "e11a641a65e7cd733531eeaa7973487ad53cecee7c4a63c67b05a32b65e26071",
    ]


def test_what_is_empty_is_not_written():
    alone = replace(written(), seen={}, offset_ms=None)
    bare = encode_core(Draft("clocks.resumed"), alone)
    assert set(json.loads(bare)) == {"v", "k", "s", "l", "t", "a", "p"}


def test_the_order_of_maps_and_the_zone_of_the_writer_do_not_show():
    one = Draft("k", {"b": 1, "a": "é"}, {"y": "1", "x": "2"})
    two = Draft("k", {"a": "é", "b": 1}, {"x": "2", "y": "1"})
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert encode_core(one, written()) == encode_core(two, replace(written(), at=shanghai))


def test_personal_values_are_not_in_the_bytes():
    for event in chain_of():
        for value in event.values.values():
            assert value.encode() not in event.record.core


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.dictionaries(st.text(), st.text()))
def test_whatever_was_written_reads_back(data, personal):
    core = encode_core(Draft("some.kind", data, personal), written())
    record = Record(CHAIN, 4, STREAM, core, b"", b"")
    event = decode(record, personal)
    assert (event.data, event.personal, event.kind) == (data, personal, "some.kind")
    assert (event.id, event.stream, event.lc) == (EventId(CHAIN, 4), STREAM, 1)
    assert (event.seen, event.offset_ms) == ({"C02": 7}, -250)
    assert event.at == AT.replace(microsecond=123000)
    assert (event.actor, event.policy) == ("P-li", "2026.11")
    assert personal_fields(core) == tuple(parse_head(core).f) == tuple(sorted(personal))


def test_absent_values_are_carried_as_absent():
    record = chain_of()[0].record
    assert decode(record, {"verbatim": Absent.NOT_ARRIVED}).text("verbatim") == ""


@pytest.mark.parametrize(
    "core",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",
        GOLDEN[:-1],
        GOLDEN.replace(b'"l":1', b'"l":"1"'),
        GOLDEN.replace(b'"l":1', b'"l":null'),
        GOLDEN.replace(b".123Z", b".123"),
        GOLDEN.replace(b"2026-11-16", b"2026-13-16"),
        GOLDEN.replace(b'{"C02":7}', b'{"C02":"x"}'),
        GOLDEN.replace(b'["verbatim"]', b'"verbatim"'),
        GOLDEN.replace(b'"a":"P-li",', b""),
        GOLDEN.replace(b'"d":{"fields":{"emotion":3},"number":"N-1"}', b'"d":[1]'),
    ],
)
def test_bytes_that_are_no_event_are_torn(core):
    with pytest.raises(TornRecord):
        decode(Record(CHAIN, 1, STREAM, core, b"", b""), {})
    with pytest.raises(TornRecord):
        personal_fields(core)
    with pytest.raises(TornRecord):
        parse_head(core)


@given(st.binary(min_size=1, max_size=3), st.integers(0, len(GOLDEN) - 1))
def test_a_head_is_read_where_the_whole_is_read(inserted, place):
    altered = GOLDEN[:place] + inserted + GOLDEN[place + 1 :]
    try:
        whole = parse_core(altered)
    except TornRecord:
        with pytest.raises(TornRecord):
            parse_head(altered)
    else:
        head = parse_head(altered)
        assert (head.k, head.s, list(head.f)) == (whole.k, whole.s, list(whole.f))


@given(st.binary(min_size=1, max_size=3), st.integers(0, len(GOLDEN) - 1))
def test_heads_read_together_are_those_read_one_by_one(inserted, place):
    altered = GOLDEN[:place] + inserted + GOLDEN[place + 1 :]
    heads = parse_heads([GOLDEN, altered, GOLDEN])
    if heads is not None:
        assert list(heads) == [parse_head(core) for core in (GOLDEN, altered, GOLDEN)]


@given(st.integers(0, len(GOLDEN)))
def test_cores_that_run_into_each_other_are_not_read_together(place):
    ordinary = parse_heads([GOLDEN, GOLDEN])
    assert ordinary is not None
    assert [head.s for head in ordinary] == [STREAM, STREAM]
    for glue in (b"", b" ", b"\n", b","):
        assert parse_heads([GOLDEN[:place], GOLDEN[place:], GOLDEN + glue + GOLDEN]) is None


def test_members_of_a_newer_format_are_left_alone():
    newer = GOLDEN.replace(b'"v":1', b'"v":2,"z":{"new":true}')
    assert parse_core(newer).k == "ticket.opened"
