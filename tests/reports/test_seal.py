"""Signed facts: what was signed is read back, what was changed is refused."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from desktop.reports.seal import SealedFacts, SealRefused, decode, sign_facts, verify_payload
from tests.reports.report_samples import Key

FACTS = {"n": "S0217-A-1121-006K", "sum": "1368.50", "名": "侯辉"}
KEY = Key()


def test_a_signed_code_says_its_document_facts_and_key() -> None:
    payload = sign_facts("settlement", FACTS, KEY)
    assert payload.startswith("AM1.settlement.")
    assert verify_payload(payload, KEY.public_key) == SealedFacts("settlement", FACTS, "a1b2c3")


def test_the_same_facts_give_the_same_code() -> None:
    assert sign_facts("receipt", FACTS, KEY) == sign_facts(
        "receipt", dict(reversed(FACTS.items())), KEY
    )


@given(st.integers(0, 10_000), st.sampled_from("abcXYZ019-_.="))
def test_any_changed_character_is_refused(position: int, char: str) -> None:
    payload = sign_facts("receipt", FACTS, KEY)
    position %= len(payload)
    changed = payload[:position] + char + payload[position + 1 :]
    result = verify_payload(changed, KEY.public_key)
    assert isinstance(result, SealRefused) == (changed != payload)


def test_another_store_s_key_does_not_pass() -> None:
    other = Ed25519PrivateKey.generate().public_key()
    result = verify_payload(sign_facts("receipt", FACTS, KEY), other)
    assert result == SealRefused("bad_signature")


def test_codes_that_are_not_ours_are_told_apart_from_damaged_ones() -> None:
    assert verify_payload("https://example.com/x", KEY.public_key) == SealRefused("foreign")
    assert verify_payload("AM1.receipt.abc", KEY.public_key) == SealRefused("malformed")
    assert verify_payload("AM1.receipt.ab%.ä", KEY.public_key) == SealRefused("malformed")


@given(st.text(max_size=60))
def test_no_text_makes_the_check_fail_loudly(text: str) -> None:
    for payload in (text, f"AM1.{text}", f"AM1.receipt.{text}.{text}"):
        assert isinstance(verify_payload(payload, KEY.public_key), SealRefused)


def test_signed_bytes_that_are_no_facts_are_refused() -> None:
    from desktop.reports.seal import encode

    for content in (b"[1]", b"not json", b"\xff"):
        head = f"AM1.receipt.{encode(content)}"
        payload = f"{head}.{encode(KEY.sign(head.encode()))}"
        assert verify_payload(payload, KEY.public_key) == SealRefused("malformed")
    assert decode(encode(b"\x00\xff")) == b"\x00\xff"
