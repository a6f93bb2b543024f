"""Envelopes of phone approval as they come down with an answer of HQ."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from desktop.domain.phone_approval import Envelope, envelope_message
from desktop.services.exchange_ports import Enrolment
from desktop.services.phone_ports import EnvelopeStore, HeldLock, HeldSecret
from sync import protocol

_log = logging.getLogger(__name__)


def take(store: EnvelopeStore, answer: protocol.SyncResponse, enrolment: Enrolment) -> None:
    """Keep what HQ signed; anything else is left out and named in the log, the rest flows."""
    locks: list[HeldLock] = []
    secrets: list[HeldSecret] = []
    for sent in answer.envelopes:
        try:
            envelope = _envelope(sent)
        except (ValueError, OverflowError, InvalidOperation) as error:
            _log.warning("envelope %s cannot be read: %s", sent.number, error)
            continue
        message = envelope_message(envelope, sent.lock)
        if not protocol.verify(enrolment.hq_key, message, sent.signature):
            _log.warning("envelope %s is not signed by HQ", sent.number)
        elif sent.lock:
            locks.append(HeldLock(envelope, sent.lock, sent.signature))
        else:
            secrets.append(HeldSecret(envelope, sent.secret))
    store.accept(locks, secrets, _time(answer.at))


def _envelope(sent: protocol.WireEnvelope) -> Envelope:
    return Envelope(
        number=sent.number,
        store=sent.store,
        device=sent.device,
        approver=sent.approver,
        login=sent.login,
        name=sent.name,
        role=sent.role,
        cap=Decimal(sent.cap),
        issued_at=_time(sent.issued_at),
        expires_at=_time(sent.expires_at),
        nonce=sent.nonce,
    )


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
