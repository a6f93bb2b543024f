"""Phone approval at the approver's device: the facts as heard, the check, the code, the log.

Works with no network. A code is given once for one set of facts, and that it was given is an event
on this device's chain, which HQ matches with what the store did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desktop.domain import authority, numbers, phone_approval
from desktop.domain.events import Draft, JsonValue
from desktop.domain.outcomes import Refusal
from desktop.domain.phone_approval import Envelope, PhoneFacts
from desktop.domain.policy import INSTRUMENTS, LEDGERS
from desktop.services.exchange_ports import SyncStore
from desktop.services.phone_ports import EnvelopeStore, HeldSecret
from desktop.services.ports import Author, Clock, Ids, Journal, Person, Policies

#: Streams of given codes begin with this letter (see ports.Ids.new_id).
STREAM_PREFIX = "V"


@dataclass(frozen=True, slots=True)
class GivenCode:
    """The code to read out, and to whom it belongs; `again` if it was given before."""

    code: str
    envelope: Envelope
    facts: PhoneFacts
    again: bool


class PhoneCodes:
    """Gives codes for the envelopes whose secrets are here."""

    def __init__(
        self,
        envelopes: EnvelopeStore,
        journal: Journal,
        policies: Policies,
        sync: SyncStore,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._envelopes = envelopes
        self._journal = journal
        self._policies = policies
        self._sync = sync
        self._clock = clock
        self._ids = ids

    def held(self, person: Person) -> Sequence[HeldSecret]:
        """Return the envelopes that this person may answer here, expired ones left out."""
        now = self._envelopes.hq_time(self._clock.now())
        return tuple(
            held
            for held in self._envelopes.secrets()
            if held.envelope.login == person.login and now < held.envelope.expires_at
        )

    def give(
        self, number: int, facts: PhoneFacts, check: str, person: Person
    ) -> GivenCode | Refusal:
        """Return the code for facts as they were read out, once the two check digits fit.

        The same facts give the same code again (a dropped line); other facts under the same
        envelope are refused.
        """
        held = self._mine(number, person)
        if isinstance(held, Refusal):
            return held
        now = self._envelopes.hq_time(self._clock.now())
        refused = _unfit(held, facts, check, now)
        if refused:
            return refused
        envelope = held.envelope
        digest = phone_approval.digest_for(facts, envelope)
        # The log first: what HQ never heard of must not leave this device.
        if held.facts is None:
            self._log(envelope, facts, digest, person)
            if not self._envelopes.mark_given(number, digest, now):
                return self.give(number, facts, check, person)
        elif held.facts != digest:
            return Refusal("phone_given_otherwise", {"envelope": number})
        code = phone_approval.code_for(held.secret, facts, envelope)
        return GivenCode(code, envelope, facts, again=held.facts is not None)

    def _mine(self, number: int, person: Person) -> HeldSecret | Refusal:
        if self._sync.enrolment() is None:
            return Refusal("phone_not_enrolled")
        for held in self._envelopes.secrets():
            if held.envelope.number == number and held.envelope.login == person.login:
                return held
        return Refusal("phone_unknown_envelope", {"envelope": number, "login": person.login})

    def _log(self, envelope: Envelope, facts: PhoneFacts, digest: bytes, person: Person) -> None:
        data: dict[str, JsonValue] = {
            "envelope": envelope.number,
            "store": envelope.store,
            "approver": envelope.approver,
            "ticket": facts.ticket,
            "instrument": facts.instrument,
            "ledger": facts.ledger,
            "amount": format(facts.amount, ".2f"),
            "payee": facts.payee,
            "facts": digest.hex(),
        }
        author = Author(person.id, self._clock.now(), self._policies.current().version)
        with self._journal.write() as writer:
            stream = self._ids.new_id(STREAM_PREFIX)
            writer.append(stream, (Draft(phone_approval.CODE_GIVEN, data),), author)


def _unfit(held: HeldSecret, facts: PhoneFacts, check: str, now: datetime) -> Refusal | None:
    """Return what speaks against giving this code."""
    envelope = held.envelope
    if now >= envelope.expires_at:
        return Refusal("phone_expired", {"envelope": envelope.number})
    if not numbers.is_complaint_number(facts.ticket):
        return Refusal("phone_ticket_typo", {"number": facts.ticket})
    if facts.instrument not in INSTRUMENTS or facts.ledger not in LEDGERS:
        return Refusal("phone_check_differs")
    try:
        authority.check_amount(facts.amount)
    except authority.AmountError:
        return Refusal("amount_invalid", {"amount": str(facts.amount)})
    if facts.amount > envelope.cap:
        over = f"{facts.amount:.2f}"
        return Refusal("phone_over_cap", {"cap": f"{envelope.cap:.2f}", "amount": over})
    if check.strip() != phone_approval.check_digits(facts, envelope):
        return Refusal("phone_check_differs")
    return None
