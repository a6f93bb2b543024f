"""Phone approval at the store (电话审批): whom to call, what to read out, trying the code.

Everything here works with no network; docs/phone-approval.md says against whom it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desktop.domain import fold, phone_approval
from desktop.domain.commands import decide
from desktop.domain.operations.approve_by_phone import ApproveByPhone, NotePhoneLock
from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.domain.phone_approval import Challenge, Envelope, PhoneFacts
from desktop.domain.ticket import CompensationItem, TicketState
from desktop.services import phone_ports
from desktop.services.exchange_ports import Enrolment, SyncStore
from desktop.services.handling import Handling, Outcome
from desktop.services.phone_ports import EnvelopeStore, HeldLock
from desktop.services.ports import Clock, Journal, People

_ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class PhoneApprover:
    """Somebody who could be called now; `envelopes` how many releases are left of them here."""

    person: str
    name: str
    role: str
    envelopes: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """An item that waits, and what is known around it."""

    state: TicketState
    item: CompensationItem
    enrolment: Enrolment
    now: datetime

    @property
    def facts(self) -> PhoneFacts:
        return facts_of(self.state, self.item)


def facts_of(state: TicketState, item: CompensationItem) -> PhoneFacts:
    """Return what a code for this item is bound to."""
    return PhoneFacts(state.number, item.instrument, item.ledger, item.amount, item.payee)


class PhoneApproval:
    """Asks for and takes codes at the store."""

    def __init__(
        self,
        envelopes: EnvelopeStore,
        journal: Journal,
        handling: Handling,
        people: People,
        sync: SyncStore,
        clock: Clock,
    ) -> None:
        self._envelopes = envelopes
        self._journal = journal
        self._handling = handling
        self._people = people
        self._sync = sync
        self._clock = clock

    def locks(self) -> Sequence[HeldLock]:
        """Return every envelope that may release here, used and dead ones included."""
        return self._envelopes.locks()

    def approvers(
        self, ticket: str, item: str, actor: Actor
    ) -> tuple[PhoneApprover, ...] | Refusal:
        """Return whom to call for a waiting item; a refusal when there is nobody or nothing."""
        asked = self._asked(ticket, item)
        if isinstance(asked, Refusal):
            return asked
        found: dict[str, PhoneApprover] = {}
        for held in self._usable(asked, actor):
            envelope = held.envelope
            known = found.get(envelope.approver)
            found[envelope.approver] = PhoneApprover(
                envelope.approver, envelope.name, envelope.role, known.envelopes + 1 if known else 1
            )
        return tuple(found.values()) or self._nobody(asked, actor)

    def challenge(
        self, ticket: str, item: str, actor: Actor, approver: str = ""
    ) -> Challenge | Refusal:
        """Return what to read out to an approver (a person's id; empty: the first who may).

        An envelope is put aside for the item, for ever; the same question gives the same one.
        """
        asked = self._asked(ticket, item)
        if isinstance(asked, Refusal):
            return asked
        wanted = [h for h in self._usable(asked, actor) if approver in ("", h.envelope.approver)]
        for held in sorted(wanted, key=lambda h: (h.item != item, h.envelope.number)):
            if held.item == item or self._envelopes.reserve(held.envelope.number, ticket, item):
                envelope = held.envelope
                check = phone_approval.check_digits(asked.facts, envelope)
                return Challenge(
                    envelope.number, asked.facts, check, envelope.name, envelope.expires_at
                )
        return self._nobody(asked, actor)

    def approve(
        self, ticket: str, item: str, code: str, actor: Actor, envelope: int | None = None
    ) -> Outcome:
        """Take the code that the approver gave for the item's challenge and release the item.

        `envelope` names which, when more than one was asked. A slip that the check character finds
        costs no try; a wrong code costs one, counted on disk before the lock is tried.
        """
        asked = self._asked(ticket, item)
        if isinstance(asked, Refusal):
            return asked
        held = self._put_aside(asked, envelope)
        if isinstance(held, Refusal):
            return held
        refused = self._unfit(held, asked, actor)
        if refused:
            return refused
        value = phone_approval.read_code(code)
        if value is None:
            return Refusal("phone_code_typo")
        allowed = self._envelopes.begin_try(held.envelope.number, asked.now)
        if allowed != "open":
            return _locked(allowed)
        if not phone_ports.opens(
            held.lock, phone_approval.secret_in(value, asked.facts, held.envelope)
        ):
            return self._wrong(ticket, item, held, actor)
        outcome = self._handling.execute(ticket, _command(asked, held.envelope), actor)
        if not isinstance(outcome, Refusal):
            # The envelope was the item's alone and the item is answered: a crash here loses nothing
            self._envelopes.spend(held.envelope.number, asked.now)
        return outcome

    def _asked(self, ticket: str, item: str) -> _Asked | Refusal:
        enrolment = self._sync.enrolment()
        if enrolment is None:
            return Refusal("phone_not_enrolled")
        state = fold.fold(ticket, self._journal.events(ticket))
        if state.opened is None:
            return Refusal("no_such_ticket", {"ticket": ticket})
        found = state.compensation.get(item)
        if found is None:
            return Refusal("unknown_item", {"item": item})
        if found.status != "pending":
            return Refusal("already_decided", {"status": found.status})
        return _Asked(state, found, enrolment, self._envelopes.hq_time(self._clock.now()))

    def _usable(self, asked: _Asked, actor: Actor) -> Iterator[HeldLock]:
        """Yield the envelopes that could release the item: its own and free ones."""
        for held in self._envelopes.locks():
            free = not held.item or (held.stream, held.item) == (asked.state.id, asked.item.id)
            if free and self._unfit(held, asked, actor) is None:
                yield held

    def _unfit(self, held: HeldLock, asked: _Asked, actor: Actor) -> Refusal | None:
        """Return why an envelope may not release the item, before any code is looked at."""
        envelope = held.envelope
        if not _is_hqs(held, asked.enrolment):
            return Refusal("phone_not_hqs", {"envelope": envelope.number})
        if held.used_at is not None:
            return Refusal("phone_used", {"envelope": envelope.number})
        if held.tries >= phone_approval.TRIES_PER_ENVELOPE:
            return _locked("envelope_locked")
        if asked.now >= envelope.expires_at:
            return Refusal("phone_expired", {"envelope": envelope.number})
        mine = {self._login(asked.item.proposed.actor), asked.item.proposed.actor}
        if {envelope.login, envelope.approver} & mine:
            return Refusal("self_approval")
        if {envelope.login, envelope.approver} & {self._login(asked.item.payee), asked.item.payee}:
            return Refusal("payee_approves")
        context = self._handling.context_of(asked.state, actor)
        decision = decide(asked.state, _command(asked, envelope), context)
        return decision if isinstance(decision, Refusal) else None

    def _login(self, person: str) -> str | None:
        known = self._people.get(person)
        return known.login if known else None

    def _put_aside(self, asked: _Asked, number: int | None) -> HeldLock | Refusal:
        """Return the envelope that the item's last challenge named, or the one asked for."""
        found = [
            held
            for held in self._envelopes.reserved(asked.state.id, asked.item.id)
            if number in (None, held.envelope.number)
        ]
        if not found:
            return Refusal("phone_no_challenge")
        alive = [h for h in found if h.tries < phone_approval.TRIES_PER_ENVELOPE]
        return alive[-1] if alive else found[-1]

    def _nobody(self, asked: _Asked, actor: Actor) -> Refusal:
        """Return why no envelope fits: the one reason when all have the same, else that none do."""
        reasons = {
            refused.code: refused
            for held in self._envelopes.locks()
            if not held.item and (refused := self._unfit(held, asked, actor))
        }
        return next(iter(reasons.values())) if len(reasons) == 1 else Refusal("phone_no_envelope")

    def _wrong(self, ticket: str, item: str, held: HeldLock, actor: Actor) -> Refusal:
        """Say how many tries are left; the last wrong one is written into the journal."""
        number = held.envelope.number
        known = [
            h.tries for h in self._envelopes.reserved(ticket, item) if h.envelope == held.envelope
        ]
        tries = max(known, default=held.tries + 1)
        if tries < phone_approval.TRIES_PER_ENVELOPE:
            return Refusal("phone_wrong_code", {"left": phone_approval.TRIES_PER_ENVELOPE - tries})
        self._handling.execute(ticket, NotePhoneLock(item, number, tries), actor)
        return _locked("envelope_locked")


def _command(asked: _Asked, envelope: Envelope) -> ApproveByPhone:
    digest = phone_approval.digest_for(asked.facts, envelope)
    role: Role = next((role for role in _ROLES if role == envelope.role), "clerk")
    return ApproveByPhone(
        asked.item.id, envelope.number, envelope.approver, role, envelope.cap, digest.hex()
    )


def _locked(why: phone_ports.Try) -> Refusal:
    if why == "device_locked":
        return Refusal("phone_device_locked", {"tries": phone_approval.TRIES_PER_DEVICE})
    return Refusal("phone_envelope_locked", {"tries": phone_approval.TRIES_PER_ENVELOPE})


def _is_hqs(held: HeldLock, enrolment: Enrolment) -> bool:
    """Tell whether HQ made this envelope, as it is here, for this device of this store."""
    envelope = held.envelope
    if (envelope.store, envelope.device) != (enrolment.store, enrolment.device):
        return False
    return signed_by(enrolment.hq_key, envelope, held.lock, held.signature)


def signed_by(hq_key: bytes, envelope: Envelope, lock: str, signature: bytes) -> bool:
    """Tell whether HQ signed this envelope with this lock (empty: the approver's side)."""
    try:
        Ed25519PublicKey.from_public_bytes(hq_key).verify(
            signature, phone_approval.envelope_message(envelope, lock)
        )
    except (InvalidSignature, ValueError):
        return False
    return True
