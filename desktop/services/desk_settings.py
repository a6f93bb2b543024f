"""Settings on the desk: people, store and hours, backups, diagnostics, erasing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from desktop.domain.events import EventId
from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.services import kept_typing
from desktop.services.backup_ports import Backup
from desktop.services.clock_check import BEHIND_BY, ClockDoubt, doubt, time_doubt
from desktop.services.diagnosing import Finding, Machine
from desktop.services.erasing import Erased
from desktop.services.ports import Person
from desktop.services.ticket_ports import TicketFilter, TicketRow
from desktop.services.use_cases import UseCases

#: Complaints dated ahead that are looked at for one of this PC's own.
_LOOKED_AT: Final = 20
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    @property
    def person(self) -> Person | None: ...

    def actor(self) -> Actor: ...


class SettingsDesk:
    """The part of the desk behind the Settings screen."""

    def set_role(self: _Desk, person: str, role: Role) -> Person | Refusal:
        """Give a person another role."""
        return self.use_cases.staffing.set_role(person, role, self.actor())

    def set_active(self: _Desk, person: str, active: bool) -> Person | Refusal:
        """Let a person log in, or no longer."""
        return self.use_cases.staffing.set_active(person, active, self.actor())

    def reset_password(self: _Desk, person: str, password: str) -> Person | Refusal:
        """Give a person who forgot theirs another password."""
        return self.use_cases.staffing.reset_password(person, password, self.actor())

    def change_password(self: _Desk, before: str, after: str) -> Person | Refusal:
        """Give oneself another password, knowing the one `before`; wrong tries wait as at login."""
        if self.person is None:
            return Refusal("no_such_person")
        known = self.use_cases.staff.log_in(self.person.login, before)
        if isinstance(known, Refusal):
            return Refusal("password_now_wrong") if known.code == "wrong_password" else known
        return self.use_cases.staffing.change_own(after, self.actor())

    def set_store(self: _Desk, name: str, phone: str) -> Refusal | None:
        """Change how the store is called and reached; its code and letter stay."""
        if self.actor().role == "clerk":
            return Refusal("settings_need_manager")
        store = self.use_cases.identity.current()
        return self.use_cases.identity.set(store.store, name, phone, store.device)

    def set_hours(self: _Desk, hours: Mapping[str, tuple[str, str]]) -> Refusal | None:
        """Set the opening hours by weekday (HH:MM, R5); absent days are shut."""
        if self.actor().role == "clerk":
            return Refusal("settings_need_manager")
        refused = checked_hours(hours)
        if refused is None:
            self.use_cases.identity.set_hours(hours)
        return refused

    def clock_doubt(self: _Desk) -> ClockDoubt | None:
        """Return why this PC's clock cannot be right, None when nothing speaks against it.

        Complaints of another PC whose clock is ahead say nothing about this one's, nor do own ones
        that were taken in before HQ found this clock right.
        """
        cases = self.use_cases
        now = cases.clock.now()
        ahead = TicketFilter(opened_from=now + BEHIND_BY)
        status, offset = cases.sync.status(), cases.sync.clock_offset_ms()
        right = offset is not None and abs(timedelta(milliseconds=offset)) <= BEHIND_BY
        after = EventId(cases.sync.chain(), status.acked_seq if right else 0)
        for row in cases.queries.page(ahead, None, _LOOKED_AT):
            opening = cases.journal.events(row.stream)[:1]
            own = [e for e in opening if e.id.chain == after.chain and e.id.seq > after.seq]
            if any(time_doubt(event, event.at) is None for event in own):
                return doubt(row.opened_at, now)
        newest = cases.queries.page(TicketFilter(opened_before=now + BEHIND_BY), None, 1)
        return doubt(newest[0].opened_at if newest else None, now)

    def machine(self: _Desk) -> Machine:
        """Return what the program runs on."""
        return self.use_cases.doctor.machine()

    def examine(self: _Desk) -> Iterator[Finding]:
        """Yield what the diagnostics find."""
        return self.use_cases.doctor.examine()

    def backups(self: _Desk) -> Sequence[Backup]:
        """Return the archives of the backup folder, the newest first."""
        return self.use_cases.backups.all()

    def back_up(self: _Desk) -> Backup:
        """Make a backup now."""
        return self.use_cases.backups.make()

    def restore(self: _Desk, archive: Path, passphrase: str | None) -> Path | None:
        """Close the desk and put a backup's data in its place; return where the old data are.

        Afterwards the desk must be opened anew, whatever came of it.
        """
        self.use_cases.close()
        return self.use_cases.restore(archive, passphrase)

    def to_erase(self: _Desk, asked: str) -> Sequence[TicketRow]:
        """Return the complaints that a number or phone stands for."""
        return self.use_cases.erasing.find(asked)

    def erase_person(self: _Desk, asked: str, basis: str) -> Erased | Refusal:
        """Erase the person of these complaints, and what lies typed about them."""
        streams = {row.stream for row in self.use_cases.erasing.find(asked)}
        outcome = self.use_cases.erasing.erase(asked, basis, self.actor())
        if isinstance(outcome, Erased):
            kept_typing.forget(self.use_cases.drafts, streams)
        return outcome


def checked_hours(hours: Mapping[str, tuple[str, str]]) -> Refusal | None:
    """Return why these are no opening hours, None when they are."""
    for opens, shuts in hours.values():
        for moment in (opens, shuts):
            if not _TIME.fullmatch(moment):
                return Refusal("hours_form", {"time": moment})
        if opens >= shuts:
            return Refusal("hours_order", {"opens": opens, "shuts": shuts})
    return None
