"""Phone approval (电话审批): envelopes, the facts that a code is for, codes that are read out.

HQ makes one envelope a release: the approver's device holds its secret, the store's device its
lock. The code is secret ⊕ HMAC(nonce, facts), so it opens the lock for one set of facts only.
docs/phone-approval.md has the protocol and its arithmetic.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from desktop.domain.read_out_codes import ALPHABET, as_meant

#: Size of an envelope's secret, and of the code without its check character.
SECRET_BITS: Final = 60
NONCE_BYTES: Final = 16
#: Wrong codes that one envelope bears before it is dead.
TRIES_PER_ENVELOPE: Final = 5
#: Wrong codes that one device bears within TRIES_WITHIN, over all envelopes.
TRIES_PER_DEVICE: Final = 10
TRIES_WITHIN: Final = timedelta(hours=24)

#: Written by the approver's device: which code it gave, never the code.
CODE_GIVEN: Final = "phone_code.given"

_SEPARATORS: Final = str.maketrans("", "", " -.·—–")
_CHARACTERS: Final = SECRET_BITS // 5
_GROUP: Final = 4
#: x^5 + x^2 + 1, which makes GF(32).
_POLYNOMIAL: Final = 0b100101
_CHECKS: Final = 100
_SHA: Final = "sha256"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What both sides hold: whose device may be released by whom, up to what, until when.

    `number` is read out; `cap` in yuan binds the sum that the approver's authority would bind;
    `login` and `name` are the approver's at HQ; `nonce` is known to both devices, to no person.
    """

    number: int
    store: str
    device: str
    approver: str
    login: str
    name: str
    role: str
    cap: Decimal
    issued_at: datetime
    expires_at: datetime
    nonce: bytes


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """What the store reads out and the approver types: the release that is asked for.

    `ticket` is the complaint number, `amount` in yuan, `payee` a person's id or "customer".
    """

    ticket: str
    instrument: str
    ledger: str
    amount: Decimal
    payee: str = "customer"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is read out on the phone; `check` (two digits) finds a mistyped fact beforehand."""

    envelope: int
    facts: PhoneFacts
    check: str
    approver: str
    expires_at: datetime


def facts_digest(facts: PhoneFacts, number: int, store: str, approver: str) -> bytes:
    """Return the SHA-256 over every fact that a code is bound to; the amount to the cent."""
    bound = [
        "amends/phone-facts/1",
        number,
        store,
        approver,
        facts.ticket.strip().upper(),
        facts.instrument,
        facts.ledger,
        format(facts.amount, ".2f"),
        facts.payee.strip(),
    ]
    text = json.dumps(bound, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def digest_for(facts: PhoneFacts, envelope: Envelope) -> bytes:
    """Return the digest of the facts under an envelope."""
    return facts_digest(facts, envelope.number, envelope.store, envelope.approver)


def check_digits(facts: PhoneFacts, envelope: Envelope) -> str:
    """Return the two digits over the facts that the store reads out with them."""
    mac = hmac.digest(envelope.nonce, b"amends/phone-check/1\n" + digest_for(facts, envelope), _SHA)
    return f"{int.from_bytes(mac, 'big') % _CHECKS:02d}"


def code_for(secret: bytes, facts: PhoneFacts, envelope: Envelope) -> str:
    """Return the code that releases these facts, as XXXX-XXXX-XXXX-C (12 characters, 1 check)."""
    return format_code(int.from_bytes(secret, "big") ^ _pad(facts, envelope))


def secret_in(code: int, facts: PhoneFacts, envelope: Envelope) -> bytes:
    """Return what the lock is to be tried with: the secret, if the code is for these facts."""
    return secret_bytes(code ^ _pad(facts, envelope))


def secret_bytes(secret: int) -> bytes:
    """Return a secret of SECRET_BITS as the bytes that a lock is made of."""
    return secret.to_bytes(8, "big")


def format_code(value: int) -> str:
    """Return SECRET_BITS in Crockford base 32, in groups, its check character last."""
    places = [(value >> (5 * place)) & 31 for place in reversed(range(_CHARACTERS))]
    text = "".join(ALPHABET[place] for place in places)
    groups = [text[start : start + _GROUP] for start in range(0, _CHARACTERS, _GROUP)]
    return "-".join([*groups, ALPHABET[_damm(places)]])


def read_code(typed: str) -> int | None:
    """Return the value of a code as typed, None when it is none or its check does not fit.

    Look-alikes are read as meant. The check finds every single wrong character and every swap of
    neighbours, so such a slip costs no try; a check of public characters tells a guesser nothing.
    """
    text = as_meant(typed).translate(_SEPARATORS)
    places = [ALPHABET.find(character) for character in text]
    if len(places) != _CHARACTERS + 1 or min(places) < 0:
        return None
    if _damm(places[:-1]) != places[-1]:
        return None
    value = 0
    for place in places[:-1]:
        value = value << 5 | place
    return value


def envelope_message(envelope: Envelope, lock: str) -> bytes:
    """Return what HQ signs, so that a store's device takes no envelope that HQ did not make."""
    signed = [
        "amends/phone-envelope/1",
        envelope.number,
        envelope.store,
        envelope.device,
        envelope.approver,
        envelope.login,
        envelope.name,
        envelope.role,
        format(envelope.cap, ".2f"),
        envelope.issued_at.astimezone(UTC).isoformat(),
        envelope.expires_at.astimezone(UTC).isoformat(),
        envelope.nonce.hex(),
        lock,
    ]
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":")).encode()


def _pad(facts: PhoneFacts, envelope: Envelope) -> int:
    mac = hmac.digest(envelope.nonce, b"amends/phone-code/1\n" + digest_for(facts, envelope), _SHA)
    return int.from_bytes(mac, "big") >> (8 * len(mac) - SECRET_BITS)


def _damm(places: list[int]) -> int:
    """Return the Damm check over GF(32): x ↦ 2·(x + place) for each place."""
    check = 0
    for place in places:
        check = (check ^ place) << 1
        if check & 32:
            check ^= _POLYNOMIAL
    return check
