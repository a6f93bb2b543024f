"""The quick canonical bytes are those of the reference library, character for character."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from desktop.journal.canonical import canonical

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_any_value_gives_the_bytes_of_the_reference(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_every_character_is_escaped_as_the_reference_does() -> None:
    every = "".join(map(chr, [*range(0x300), 0x2028, 0x2029, 0xFFFF, 0x1F600]))
    assert canonical({"b": every, "a": [every]}) == rfc8785.dumps({"b": every, "a": [every]})


@pytest.mark.parametrize("value", [2**53, "\ud800", float("nan")])
def test_what_has_no_canonical_bytes_is_refused(value: object) -> None:
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        canonical({"a": value})
