"""The coach as approver (训练店, QA-09): answers what the trainee proposed, also over the phone."""

from __future__ import annotations

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.domain.operations.decide_approval import DecideApproval, needed_approver
from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.domain.phone_approval import (
    NONCE_BYTES,
    SECRET_BITS,
    Challenge,
    Envelope,
    envelope_message,
    secret_bytes,
)
from desktop.domain.policy import ROLES
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.services.exchange_ports import Enrolment
from desktop.services.handling import Done
from desktop.services.phone_codes import GivenCode
from desktop.services.phone_ports import EnvelopeStore, HeldLock, HeldSecret, make_lock
from desktop.services.ports import Person
from desktop.services.use_cases import UseCases

COACH: Final = "coach"
COACH_NAME: Final = "教练 Coach"
_HQ: Final = "training"
_KEY: Final = "training.hq_key"
_CAP: Final = Decimal("1000000")
_VALID: Final = timedelta(days=365)


class TrainingApprover:
    """Plays every role above the trainee; its envelopes are signed by a key of the sandbox.

    Nothing here is known to any headquarters: a code of the training store opens no real lock.
    """

    def __init__(self, use_cases: UseCases, envelopes: EnvelopeStore) -> None:
        self._cases = use_cases
        self._envelopes = envelopes

    def waiting(self, state: TicketState) -> CompensationItem | None:
        """Return the first item that waits for the coach."""
        return next((i for i in state.open_items if i.status == "pending"), None)

    def role_for(self, state: TicketState, item: CompensationItem, actor: Actor) -> Role:
        """Return the role that has to answer an item (D4, D5)."""
        context = self._cases.handling.context_of(state, actor)
        wanted = needed_approver(state, item, context)
        return _as_role(wanted)

    def decide(
        self, state: TicketState, item: str, role: Role, approved: bool, reason: str
    ) -> TicketState | Refusal:
        """Answer an item as the coach in `role`; a refusal needs a reason as everywhere."""
        coach = self._coach(role)
        command = DecideApproval(item, approved, reason)
        outcome = self._cases.handling.execute(state.id, command, Actor(coach.id, role))
        return outcome.state if isinstance(outcome, Done) else outcome

    def prepare(self, item: CompensationItem, role: Role) -> None:
        """Have an envelope ready with which the item can be released by phone."""
        coach, enrolment = self._coach(role), self._enrolled()
        held = self._envelopes.locks()
        usable = [h for h in held if h.used_at is None and h.envelope.role == role]
        if any(h.item in ("", item.id) for h in usable):
            return
        # Signed over whole seconds, which is what a device keeps.
        now = self._cases.clock.now().replace(microsecond=0)
        envelope = Envelope(
            number=1 + max((h.envelope.number for h in held), default=0),
            store=enrolment.store,
            device=enrolment.device,
            approver=coach.id,
            login=coach.login,
            name=coach.name,
            role=role,
            cap=_CAP,
            issued_at=now,
            expires_at=now + _VALID,
            nonce=secrets.token_bytes(NONCE_BYTES),
        )
        secret = secret_bytes(secrets.randbits(SECRET_BITS))
        lock = make_lock(secret)
        signature = self._key().sign(envelope_message(envelope, lock))
        self._envelopes.accept(
            [HeldLock(envelope, lock, signature)], [HeldSecret(envelope, secret)], now
        )

    def code(self, state: TicketState, item: str, actor: Actor) -> GivenCode | Refusal:
        """Return the code that the coach reads out once the trainee has asked (CO-03)."""
        asked = self._cases.phone.challenge(state.id, item, actor)
        if not isinstance(asked, Challenge):
            return asked
        held = {h.envelope.number: h.envelope.role for h in self._envelopes.locks()}
        role = _as_role(held.get(asked.envelope, ""))
        coach = self._coach(role)
        return self._cases.phone_codes.give(asked.envelope, asked.facts, asked.check, coach)

    def _coach(self, role: Role) -> Person:
        login = f"{COACH}-{role}".replace("_", "-")
        staff = self._cases.staff
        known = {person.login: person for person in staff.all()}
        if login in known:
            return known[login]
        owner = next(person for person in known.values() if person.role != "clerk")
        actor, password = Actor(owner.id, owner.role), secrets.token_urlsafe(24)
        made = staff.add(login, COACH_NAME, role, password, actor)
        if isinstance(made, Refusal):
            raise RuntimeError(f"the coach of the training store was refused: {made.code}")
        return made

    def _enrolled(self) -> Enrolment:
        sync, identity = self._cases.sync, self._cases.identity.current()
        known = sync.enrolment()
        if known is None:
            public = self._key().public_key().public_bytes_raw()
            known = Enrolment(_HQ, identity.store, identity.name, sync.chain(), "", public)
            sync.save_enrolment(known)
        return known

    def _key(self) -> Ed25519PrivateKey:
        kept = self._cases.settings.get(_KEY)
        if kept:
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept))
        key = Ed25519PrivateKey.generate()
        self._cases.settings.set(_KEY, key.private_bytes_raw().hex())
        return key


def _as_role(name: str) -> Role:
    return next((role for role in ROLES if role == name), "supervisor")
