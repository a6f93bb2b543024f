"""Signs the facts printed on a document and checks such a signature with no network (NC-03)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PREFIX: Final = "AM1"

FactValue = str | int
DocumentKind = Literal["receipt", "settlement", "file", "report"]


class Signer(Protocol):
    """A store key that signs with Ed25519; `key_id` lets the reader find the public key."""

    @property
    def key_id(self) -> str:
        """Return the short name under which the public key is known."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over `data`."""
        ...


@dataclass(frozen=True, slots=True)
class SealedFacts:
    """What a genuine code says: the kind of document, its facts, the key that signed."""

    document: str
    facts: Mapping[str, FactValue]
    key_id: str


@dataclass(frozen=True, slots=True)
class SealRefused:
    """Why a code is not accepted: no code of ours, damaged, or not signed by this key."""

    reason: Literal["foreign", "malformed", "bad_signature"]


def sign_facts(document: DocumentKind, facts: Mapping[str, FactValue], signer: Signer) -> str:
    """Return `AM1.<document>.<facts>.<signature>`; the signature covers all before it."""
    content = json.dumps(
        {**facts, "k": signer.key_id}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    head = f"{PREFIX}.{document}.{encode(content.encode())}"
    return f"{head}.{encode(signer.sign(head.encode()))}"


def verify_payload(payload: str, public_key: Ed25519PublicKey) -> SealedFacts | SealRefused:
    """Check the text of a scanned code against `public_key`, using nothing else."""
    if not payload.startswith(f"{PREFIX}."):
        return SealRefused("foreign")
    parts = payload.split(".")
    if len(parts) != 4:
        return SealRefused("malformed")
    head = ".".join(parts[:3])
    try:
        signature, content = decode(parts[3]), decode(parts[2])
    except ValueError:
        return SealRefused("malformed")
    try:
        public_key.verify(signature, head.encode())
    except InvalidSignature:
        return SealRefused("bad_signature")
    return _read_facts(parts[1], content)


def read_payload(payload: str) -> SealedFacts | SealRefused:
    """Return what a code says without asking who signed it; for showing, never for trusting."""
    parts = payload.split(".")
    if parts[0] != PREFIX:
        return SealRefused("foreign")
    if len(parts) != 4:
        return SealRefused("malformed")
    try:
        return _read_facts(parts[1], decode(parts[2]))
    except ValueError:
        return SealRefused("malformed")


def _read_facts(document: str, content: bytes) -> SealedFacts | SealRefused:
    try:
        facts = json.loads(content)
    except ValueError:
        return SealRefused("malformed")
    if not isinstance(facts, dict):
        return SealRefused("malformed")
    key_id = str(facts.pop("k", ""))
    return SealedFacts(document, facts, key_id)


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64url without padding; raises ValueError for anything else.

    Only the one canonical spelling is taken, so a changed character never passes unnoticed.
    """
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data
