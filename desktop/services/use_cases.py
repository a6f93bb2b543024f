"""Every use case of one store PC, wired together by the program's bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.services.backup import Backups
from desktop.services.capturing import Capturing
from desktop.services.catch_up_ports import CatchUp
from desktop.services.courier_ports import Courier
from desktop.services.customer_card import CustomerCards
from desktop.services.diagnosing import Doctor
from desktop.services.erasing import Erasing
from desktop.services.exchange_ports import Hq, SyncStore
from desktop.services.handling import Handling
from desktop.services.handover import Handovers
from desktop.services.identity import Identity
from desktop.services.intake import Intake
from desktop.services.linking import Linking
from desktop.services.paper import Paper
from desktop.services.people import Staff
from desktop.services.phone_approval import PhoneApproval
from desktop.services.phone_codes import PhoneCodes
from desktop.services.policy_packs import PolicyPacks
from desktop.services.ports import (
    Attachments,
    BlankForms,
    Clock,
    Directory,
    Drafts,
    Ids,
    Inbox,
    Journal,
    Policies,
    Settings,
)
from desktop.services.precedents import Precedents
from desktop.services.printing import Printing
from desktop.services.quality import Quality
from desktop.services.reminding import Reminders
from desktop.services.reporting import Reporting
from desktop.services.root_cause import RootCauses
from desktop.services.signals import Signals
from desktop.services.staffing import Staffing
from desktop.services.sync_ports import SyncCare
from desktop.services.ticket_ports import TicketQueries
from desktop.services.tickets import Tickets
from desktop.services.today import Today
from desktop.services.training_door import TrainingDoor


@dataclass(frozen=True, slots=True)
class UseCases:
    """What `bootstrap.open_store` wires; `close` ends it, `key_place` says where the key lies."""

    identity: Identity
    clock: Clock
    ids: Ids
    journal: Journal
    directory: Directory
    inbox: Inbox
    forms: BlankForms
    queries: TicketQueries
    attachments: Attachments
    drafts: Drafts
    settings: Settings
    policies: Policies
    packs: PolicyPacks
    staff: Staff
    handling: Handling
    tickets: Tickets
    today: Today
    intake: Intake
    capturing: Capturing
    paper: Paper
    printing: Printing
    reporting: Reporting
    quality: Quality
    causes: RootCauses
    signals: Signals
    linking: Linking
    reminders: Reminders
    precedents: Precedents
    phone: PhoneApproval
    phone_codes: PhoneCodes
    sync: SyncStore
    courier: Courier
    sync_care: SyncCare
    hq: Hq
    erasing: Erasing
    staffing: Staffing
    backups: Backups
    doctor: Doctor
    restore: Callable[[Path, str | None], Path | None]
    customer_cards: CustomerCards
    handovers: Handovers
    catch_up: CatchUp
    training: TrainingDoor
    key_place: str
    close: Callable[[], None]
