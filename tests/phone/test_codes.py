"""The code by itself: bound to every fact, readable aloud, slips found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desktop.domain import phone_approval
from desktop.domain.phone_approval import Envelope, PhoneFacts
from desktop.services.phone_ports import opens
from tests.phone.phone_kit import cheap_lock

AT = datetime(2026, 11, 21, tzinfo=UTC)
ENVELOPE = Envelope(
    12, "S0217", "D1", "P1", "luo", "罗薇", "department_head", Decimal(20000), AT, AT, bytes(16)
)
VALUES = st.integers(0, (1 << phone_approval.SECRET_BITS) - 1)
FACTS = st.builds(
    PhoneFacts,
    ticket=st.sampled_from(
        ["S0217-A-261121-006-W", "S0217-A-261121-007-U", "S0217-B-261121-006-Z"]
    ),
    instrument=st.sampled_from(["voucher", "credit", "refund", "cash", "gift"]),
    ledger=st.sampled_from(["refund", "statutory", "goodwill"]),
    amount=st.decimals("0.01", "99999.99", places=2),
    payee=st.sampled_from(["customer", "P1", "P2"]),
)
ENVELOPES = st.builds(
    replace,
    st.just(ENVELOPE),
    number=st.integers(1, 40),
    store=st.sampled_from(["S0217", "S0218"]),
    approver=st.sampled_from(["P1", "P2"]),
    nonce=st.binary(min_size=16, max_size=16),
)


@given(VALUES, FACTS, ENVELOPES)
def test_the_code_gives_the_secret_back_for_the_same_facts(secret, facts, envelope):
    held = phone_approval.secret_bytes(secret)
    code = phone_approval.read_code(phone_approval.code_for(held, facts, envelope))
    assert code is not None
    assert phone_approval.secret_in(code, facts, envelope) == held


@settings(max_examples=200)
@given(VALUES, FACTS, FACTS, ENVELOPES, ENVELOPES)
def test_other_facts_or_another_envelope_open_nothing(secret, facts, other, envelope, elsewhere):
    assume((facts, envelope) != (other, elsewhere))
    lock = cheap_lock(phone_approval.secret_bytes(secret))
    code = phone_approval.read_code(
        phone_approval.code_for(phone_approval.secret_bytes(secret), facts, envelope)
    )
    assert code is not None
    assert opens(lock, phone_approval.secret_in(code, facts, envelope))
    assert not opens(lock, phone_approval.secret_in(code, other, elsewhere))


@given(VALUES, FACTS, st.integers(-500, 500).filter(bool))
def test_a_few_cents_more_or_less_open_nothing(secret, facts, cents):
    amount = facts.amount + Decimal(cents).scaleb(-2)
    assume(amount > 0)
    held = phone_approval.secret_bytes(secret)
    code = phone_approval.read_code(phone_approval.code_for(held, facts, ENVELOPE))
    assert phone_approval.secret_in(code, replace(facts, amount=amount), ENVELOPE) != held


@given(VALUES)
def test_codes_are_13_readable_characters_and_read_back(value):
    text = phone_approval.format_code(value)
    bare = text.replace("-", "")
    assert len(bare) == 13
    assert not set(bare) & set("ILOU")
    assert phone_approval.read_code(text) == value


@given(VALUES, st.integers(0, 12), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_every_single_wrong_character_is_found(value, place, character):
    bare = phone_approval.format_code(value).replace("-", "")
    assume(bare[place] != character)
    assert phone_approval.read_code(bare[:place] + character + bare[place + 1 :]) is None


@given(VALUES, st.integers(0, 11))
def test_every_swap_of_neighbours_is_found(value, place):
    bare = phone_approval.format_code(value).replace("-", "")
    assume(bare[place] != bare[place + 1])
    swapped = bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
    assert phone_approval.read_code(swapped) is None


@given(st.text(max_size=40))
def test_reading_never_fails_on_what_people_type(typed):
    value = phone_approval.read_code(typed)
    assert value is None or 0 <= value < 1 << phone_approval.SECRET_BITS


def test_a_lock_that_is_none_opens_for_nobody():
    assert not opens("", b"x")
    assert not opens("$argon2id$v=19$broken", b"x")


def test_locks_of_the_program_cost_64_mib_and_three_passes():
    """The arithmetic of docs/phone-approval.md counts on it."""
    from desktop.services.phone_ports import make_lock

    lock = make_lock(phone_approval.secret_bytes(1))
    assert lock.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert opens(lock, phone_approval.secret_bytes(1))
    assert not opens(lock, phone_approval.secret_bytes(2))


@given(VALUES)
def test_a_code_typed_in_full_width_is_read(value):
    """A Chinese input method left on writes Ａ１－ and the ideographic space."""
    code = phone_approval.format_code(value)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code).replace("－", "\u3000", 1)
    assert phone_approval.read_code(wide) == phone_approval.read_code(code) == value
