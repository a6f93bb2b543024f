"""Approvals, what compensation rests on, and reminders, on the desk of the one logged in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from desktop.domain.outcomes import Actor
from desktop.services.approving import ApprovalList, Approving, Basis
from desktop.services.quiet_reminders import QuietReminders
from desktop.services.reminding import Notice, never
from desktop.services.use_cases import UseCases


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    def actor(self) -> Actor: ...


class ApprovingDesk:
    """The part of the desk that speaks of who may give what, and of what is due."""

    def approvals(self: _Desk) -> ApprovalList:
        """Return the proposals that the one logged in may decide, the oldest first."""
        return _approving(self.use_cases).waiting(self.actor())

    def compensation_basis(self: _Desk, stream: str) -> Basis:
        """Return rungs of the ladder, what counts already, and the median of like cases."""
        return _approving(self.use_cases).basis(stream, self.actor())

    def promise_over_authority(self: _Desk, stream: str, amount: Decimal) -> bool:
        """Tell whether promising `amount` yuan is above what the one logged in may give."""
        return _approving(self.use_cases).over_authority(stream, amount, self.actor())

    def reminders_to_show(self: _Desk, stopping: Callable[[], bool] = never) -> Sequence[Notice]:
        """Escalate what is overdue; return what to show now, nothing while the store is shut."""
        cases = self.use_cases
        quiet = QuietReminders(cases.reminders, cases.settings, cases.queries, cases.identity)
        return quiet.to_show(cases.clock.now(), stopping)


def _approving(cases: UseCases) -> Approving:
    return Approving(
        cases.journal, cases.queries, cases.handling, cases.precedents, cases.directory
    )
