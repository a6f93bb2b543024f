"""Phone approval on the desk: at the store whom to call, at the approver's the code to give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.phone_approval import Challenge, PhoneFacts
from desktop.domain.ticket import TicketState
from desktop.services.desk_rooms import RoomsDesk
from desktop.services.handling import Done
from desktop.services.phone_approval import PhoneApprover
from desktop.services.phone_codes import GivenCode
from desktop.services.phone_ports import HeldLock, HeldSecret
from desktop.services.ports import Person
from desktop.services.use_cases import UseCases


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    @property
    def person(self) -> Person | None: ...

    def actor(self) -> Actor: ...


class PhoneDesk(RoomsDesk):
    """The part of the desk that speaks of phone approval; every refusal has its text."""

    def phone_approvers(self: _Desk, stream: str, item: str) -> Sequence[PhoneApprover] | Refusal:
        """Return whom to call for a waiting compensation; a refusal says why there is nobody."""
        return self.use_cases.phone.approvers(stream, item, self.actor())

    def phone_challenge(
        self: _Desk, stream: str, item: str, approver: str = ""
    ) -> Challenge | Refusal:
        """Return what to read out to an approver (a person's id; empty: the first who may).

        Asking again gives the same envelope; it stays put aside for this item.
        """
        return self.use_cases.phone.challenge(stream, item, self.actor(), approver)

    def phone_approve(
        self: _Desk, stream: str, item: str, code: str, envelope: int | None = None
    ) -> TicketState | Refusal:
        """Release the item by the code given for its challenge; returns the ticket as it is now.

        `envelope` is the challenge's number, needed only when several approvers were asked.
        """
        outcome = self.use_cases.phone.approve(stream, item, code, self.actor(), envelope)
        return outcome.state if isinstance(outcome, Done) else outcome

    def phone_locks(self: _Desk) -> Sequence[HeldLock]:
        """Return every envelope that may release on this device, used ones included."""
        return self.use_cases.phone.locks()

    def phone_held(self: _Desk) -> Sequence[HeldSecret]:
        """Return the envelopes that the one logged in may answer on this device."""
        return () if self.person is None else self.use_cases.phone_codes.held(self.person)

    def phone_code(
        self: _Desk, envelope: int, facts: PhoneFacts, check: str
    ) -> GivenCode | Refusal:
        """Return the code for facts as the store read them out, with their two check digits.

        The same facts give the same code again; other facts under that envelope are refused.
        """
        if self.person is None:
            raise PermissionError("nobody is logged in")
        return self.use_cases.phone_codes.give(envelope, facts, check, self.person)
