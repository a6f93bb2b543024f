"""Codes that people read out and type: Crockford base 32, typed in any of the ways that happen."""

from __future__ import annotations

import unicodedata
from typing import Final

#: Without I, L, O and U, so that a code survives being read out.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")


def as_meant(typed: str) -> str:
    """Return upper case, look-alikes read as meant, full-width characters (ＡＢ１２) as plain ones.

    A Chinese input method writes full-width letters, digits and dashes when it is left on.
    """
    return unicodedata.normalize("NFKC", typed).upper().translate(_LOOK_ALIKES)


def plain_code(typed: str) -> str:
    """Return what was meant without spaces, dashes and whatever else is no character of a code."""
    return "".join(c for c in as_meant(typed) if c in ALPHABET)
