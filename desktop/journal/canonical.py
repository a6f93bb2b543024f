"""Canonical JSON (RFC 8785) of what events hold: texts, whole numbers, truths, lists and maps."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import rfc8785

#: Whole numbers that every reader of JSON keeps exactly (RFC 8785, 3.2.2.3).
_LARGEST: Final = 2**53 - 1
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def canonical(value: Any) -> bytes:
    """Return the canonical bytes of `value`; raises what rfc8785 raises for what has none.

    The library is asked for whatever might be written differently: fractions, large numbers and
    keys beyond ASCII, whose order RFC 8785 takes from UTF-16. The rest is the same bytes from an
    encoder that takes a tenth of the time.
    """
    if _is_plain(value):
        try:
            return _ENCODER.encode(value)
        except UnicodeEncodeError:
            pass  # a lone surrogate, which the library refuses in its own words
    return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_LARGEST <= value <= _LARGEST)
    if kind is dict:
        return all(type(k) is str and k.isascii() and _is_plain(v) for k, v in value.items())
    return kind is list and all(map(_is_plain, value))
