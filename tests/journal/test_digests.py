"""Digests tie personal values to their place without showing them."""

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from desktop.journal.digests import DIGEST_BYTES, Digester, digest, digests_of, matches, split
from tests.journal.chains import CHAIN, SALT


def test_golden_digest():
    assert (
        digest(SALT, CHAIN, 1, "verbatim", "包装破损").hex()
        == "2d9ebcb08383898f8d5607bef01f96a72e9d8c74965e4334240e544c9a029023"
    )


@pytest.mark.parametrize(
    "other",
    [
        (bytes(16), CHAIN, 1, "text"),
        (SALT, "C02", 1, "text"),
        (SALT, CHAIN, 2, "text"),
        (SALT, CHAIN, 1, "note"),
    ],
    ids=["salt", "chain", "seq", "field"],
)
def test_equal_values_do_not_show_as_equal(other):
    assert digest(SALT, CHAIN, 1, "text", "张三") != digest(*other, "张三")


def test_another_value_does_not_match():
    stored = digest(SALT, CHAIN, 1, "text", "张三")
    assert matches(stored, SALT, CHAIN, 1, "text", "张三")
    assert not matches(stored, SALT, CHAIN, 1, "text", "张三 ")
    assert not matches(stored[:-1], SALT, CHAIN, 1, "text", "张三")


def test_a_run_holds_the_fields_in_sorted_order_and_splits_again():
    run = digests_of(SALT, CHAIN, 1, {"b": "2", "a": "1"})
    assert split(run) == (digest(SALT, CHAIN, 1, "a", "1"), digest(SALT, CHAIN, 1, "b", "2"))
    assert len(run) == 2 * DIGEST_BYTES
    assert split(b"") == ()


@given(st.binary(min_size=16, max_size=16), st.text(max_size=20), st.text(max_size=60))
def test_the_key_of_a_field_is_derived_as_the_library_derives_it(salt, field, value):
    try:
        info, message = f"amends/1/{CHAIN}/7/{field}".encode(), value.encode()
    except UnicodeEncodeError:
        return  # lone surrogates are refused before anything is digested
    key = HKDFExpand(hashes.SHA256(), DIGEST_BYTES, info).derive(salt)
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(message)
    assert digest(salt, CHAIN, 7, field, value) == mac.finalize()


def test_the_digests_of_a_batch_are_those_of_its_values():
    digester = Digester(CHAIN)
    for salt, seq in ((SALT, 1), (bytes(16), 2), (SALT, 3)):
        values = {"phone": "138", "text": "张三"}
        expected = [digest(salt, CHAIN, seq, name, value) for name, value in values.items()]
        assert digester.run(salt, seq, values, values.values()) == expected
        assert digester.run(salt, seq, values, ["138", None]) == expected[:1]
