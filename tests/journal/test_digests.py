"""Digests tie personal values to their place without showing them."""

import pytest

from desktop.journal.digests import DIGEST_BYTES, digest, digests_of, matches, split
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
