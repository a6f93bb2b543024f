"""Signs the code on a blank paper form, so that a sheet is known to be the store's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desktop.domain.form_template import FORM_CODE_PREFIX, FormCode, parse_form_code
from desktop.domain.forms import Seal
from desktop.reports.seal import SealRefused, Signer, decode, encode

_STORE: Final = re.compile(r"[A-Za-z0-9-]{1,16}")


def sign_form(form: str, store: str, serial: str, signer: Signer) -> str:
    """Return the text of a sheet's QR code.

    Raises ValueError when `store` is not 1 to 16 letters, digits or hyphens.
    """
    if not _STORE.fullmatch(store):
        raise ValueError("a store code has 1 to 16 letters, digits or hyphens, such as S0217")
    head = f"{FORM_CODE_PREFIX}.{form}.{store}.{serial}.{signer.key_id}"
    return f"{head}.{encode(signer.sign(head.encode()))}"


def verify_form(text: str, public_key: Ed25519PublicKey) -> FormCode | SealRefused:
    """Check the text of a sheet's code against the store's public key."""
    if not text.startswith(f"{FORM_CODE_PREFIX}."):
        return SealRefused("foreign")
    code = parse_form_code(text)
    if code is None:
        return SealRefused("malformed")
    try:
        public_key.verify(decode(code.signature), code.signed.encode())
    except ValueError:
        return SealRefused("malformed")
    except InvalidSignature:
        return SealRefused("bad_signature")
    return code


def judge_form(code: FormCode, keys: Mapping[str, bytes]) -> Seal:
    """Tell whether a sheet's code is signed by one of `keys` (32 public bytes by short name).

    A key that is not known here is another PC's: the sheet may be genuine, and is said so.
    """
    public = keys.get(code.key_id)
    if public is None:
        return "unknown"
    text = f"{code.signed}.{code.signature}"
    checked = verify_form(text, Ed25519PublicKey.from_public_bytes(public))
    return "verified" if isinstance(checked, FormCode) else "forged"
