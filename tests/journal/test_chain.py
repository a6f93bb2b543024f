"""The check finds every altered byte, and tells erased, not arrived and missing apart."""

from dataclasses import replace

import pytest

from desktop.domain.events import Absent, Draft
from desktop.journal.chain import GENESIS, check_chain, check_values, next_hash, next_hashes
from tests.journal.chains import CHAIN, SALT, chain_of, with_record


def fault_of(events, **known):
    fault, _, _ = check_chain(CHAIN, events, **known)
    return fault


def altered(run: bytes, place: int, bit: int) -> bytes:
    return run[:place] + bytes([run[place] ^ bit]) + run[place + 1 :]


def test_an_untouched_chain_is_sound_and_gives_its_head():
    events = chain_of()
    assert check_chain(CHAIN, events) == (None, 3, events[-1].record.hash)
    assert check_chain(CHAIN, []) == (None, 0, GENESIS)


def test_a_chain_is_checked_on_from_a_known_place():
    events = chain_of()
    second = check_chain(CHAIN, events[1:], events[0].record.hash, 2)
    assert second == (None, 3, events[-1].record.hash)


@pytest.mark.parametrize("bit", [0x01, 0x80])
@pytest.mark.parametrize("part", ["core", "digests", "hash"])
def test_every_altered_byte_is_found(part, bit):
    events = chain_of()
    for number, event in enumerate(events):
        run = getattr(event.record, part)
        for place in range(len(run)):
            bad = with_record(event, **{part: altered(run, place, bit)})
            fault, seq, head = check_chain(CHAIN, [*events[:number], bad, *events[number + 1 :]])
            assert (fault.what, fault.seq) == ("hash", number + 1), place
            assert seq == number
            assert head == (events[number - 1].record.hash if number else GENESIS)


def test_every_altered_character_of_a_value_is_found():
    events = chain_of()
    for number, event in enumerate(events):
        for name, value in event.values.items():
            for place in range(len(value)):
                text = value[:place] + "伪" + value[place + 1 :]
                bad = replace(event, values={**event.values, name: text})
                fault = fault_of([*events[:number], bad, *events[number + 1 :]])
                assert (fault.what, fault.seq, fault.detail) == ("value", number + 1, name)


def test_every_altered_byte_of_the_salt_is_found():
    event = chain_of()[0]
    for place in range(len(SALT)):
        assert check_values(replace(event, salt=altered(SALT, place, 1))).what == "value"


def test_values_that_changed_places_are_found():
    events = chain_of()
    swapped = {"text": events[1].values["name"], "name": events[1].values["text"]}
    assert check_values(replace(events[1], values=swapped)).what == "value"


def test_a_value_that_was_never_written_is_found():
    event = chain_of()[2]
    fault = check_values(replace(event, values={"reason": "后来加的"}))
    assert (fault.what, fault.detail) == ("value", "reason was never written")


@pytest.mark.parametrize(
    ("kept", "seq"), [((1, 2), 1), ((0, 2), 2), ((0, 0), 2), ((1, 0), 1)], ids=str
)
def test_gaps_repeats_and_swaps_are_found(kept, seq):
    events = chain_of()
    fault = fault_of([events[i] for i in kept])
    assert (fault.what, fault.seq) == ("gap", seq)


def test_an_event_of_another_chain_or_filed_under_another_ticket_is_found():
    events = chain_of()
    foreign = with_record(events[1], chain="C02")
    assert fault_of([events[0], foreign]).what == "gap"
    refiled = with_record(events[1], stream="T-2")
    assert (fault_of([events[0], refiled]).what, fault_of([events[0], refiled]).seq) == ("torn", 2)


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_chain_that_was_cut_short_does_not_agree_with_a_receipt(kept):
    events = chain_of()
    receipts = {3: events[2].record.hash}
    assert fault_of(events[:kept]) is None  # the chain alone cannot tell
    fault = fault_of(events[:kept], known=receipts)
    assert (fault.what, fault.seq) == ("head", kept + 1)
    assert fault_of(events, known=receipts) is None


def test_a_chain_that_was_written_anew_does_not_agree_with_a_receipt():
    old = chain_of()
    receipts = {2: old[1].record.hash}
    anew = chain_of((Draft("ticket.opened", {"number": "N-1"}), *(Draft("comment.added"),) * 3))
    assert fault_of(anew) is None
    fault = fault_of(anew, known=receipts)
    assert (fault.what, fault.seq) == ("head", 2)


@pytest.mark.parametrize("why", Absent)
def test_excused_absences_are_no_faults_even_without_the_salt(why):
    gone = [replace(e, salt=None, values=dict.fromkeys(e.values, why)) for e in chain_of()]
    assert fault_of(gone) is None


@pytest.mark.parametrize("why", Absent)
def test_an_absence_that_nothing_accounts_for_is_a_missing_value(why):
    event = chain_of()[1]
    others = frozenset(Absent) - {why}
    fault = check_values(replace(event, values={**event.values, "name": why}, excused=others))
    assert (fault.what, fault.seq, fault.detail) == ("missing_value", 2, "name")


def test_a_value_that_is_no_text_is_no_value_that_was_written():
    event = chain_of()[1]
    fault = check_values(replace(event, values={**event.values, "text": "改\udcff"}))
    assert (fault.what, fault.detail) == ("value", "text")


def test_a_value_that_is_neither_there_nor_accounted_for_is_missing():
    events = chain_of()
    without = replace(events[1], values={"text": events[1].values["text"]})
    fault = fault_of([events[0], without, events[2]])
    assert (fault.what, fault.seq, fault.detail) == ("missing_value", 2, "name")


def test_a_value_whose_salt_is_gone_proves_nothing():
    assert check_values(replace(chain_of()[0], salt=None)).what == "missing_value"


def test_one_erased_value_does_not_hide_an_altered_one():
    event = chain_of()[1]
    bad = replace(event, values={"name": Absent.ERASED, "text": "改过"})
    assert (check_values(bad).what, check_values(bad).detail) == ("value", "text")


@pytest.mark.parametrize("run", [b"", bytes(31), bytes(33), bytes(96)], ids=len)
def test_digests_that_do_not_fit_the_fields_are_torn_even_under_a_right_hash(run):
    event = chain_of()[1]
    head = next_hash(GENESIS, CHAIN, 1, event.record.core, run)
    bad = with_record(event, seq=1, digests=run, hash=head)
    assert fault_of([bad]).what == "torn"


def test_bytes_that_are_no_event_are_torn_even_under_a_right_hash():
    event = chain_of()[2]
    head = next_hash(GENESIS, CHAIN, 1, b"not json", b"")
    assert fault_of([with_record(event, seq=1, core=b"not json", hash=head)]).what == "torn"


def test_the_hash_knows_where_core_ends_and_digests_begin():
    assert next_hash(GENESIS, CHAIN, 1, b"ab", b"c") != next_hash(GENESIS, CHAIN, 1, b"a", b"bc")


@pytest.mark.parametrize(
    "other", [(bytes([1] * 32), CHAIN, 1), (GENESIS, "C02", 1), (GENESIS, CHAIN, 2)]
)
def test_the_hash_covers_the_place(other):
    assert next_hash(GENESIS, CHAIN, 1, b"x", b"") != next_hash(*other, b"x", b"")


def test_the_hashes_of_a_batch_are_those_of_its_events():
    records = [event.record for event in chain_of()]
    stored = [(record.core, record.digests) for record in records]
    assert next_hashes(GENESIS, CHAIN, 1, stored) == [record.hash for record in records]
    assert next_hashes(records[1].hash, CHAIN, 3, stored[2:]) == [r.hash for r in records[2:]]
    assert next_hashes(GENESIS, CHAIN, 1, []) == []
