"""Wires the store PC's program: the only place that names its concrete classes."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from desktop.adapters.courier import LateCourier
from desktop.adapters.device_signer import DeviceSigner, key_name
from desktop.adapters.documents import LateDocumentWriter, SerialForms
from desktop.adapters.form_reading import LateFormReader
from desktop.adapters.hq import CERTIFICATE, LateHq
from desktop.adapters.machine import ThisMachine
from desktop.adapters.no_hq import NoHq
from desktop.adapters.pack_shelf import FolderShelf
from desktop.adapters.packs import LatePackWriter
from desktop.adapters.pictures import shrink
from desktop.adapters.room_papers import LateRoomPapers
from desktop.domain.choosing import unify
from desktop.policy.loading import load_policy
from desktop.services.backup import Backups
from desktop.services.caps import RollingSums
from desktop.services.capturing import Capturing
from desktop.services.customer_card import CustomerCards
from desktop.services.desk import Desk
from desktop.services.diagnosing import Doctor
from desktop.services.envelope_orders import EnvelopeOrders
from desktop.services.erasing import Erasing
from desktop.services.exchange_ports import Receipt
from desktop.services.form_keys import FormKeys, OwnKey
from desktop.services.handling import Handling
from desktop.services.handover import Handovers
from desktop.services.headquarters_orders import Orders, PolicyOrders
from desktop.services.identity import DEFAULT_TIMEZONE, Identity
from desktop.services.intake import Intake
from desktop.services.linking import Linking
from desktop.services.paper import Paper
from desktop.services.people import Staff
from desktop.services.person_orders import PersonOrders
from desktop.services.phone_approval import PhoneApproval
from desktop.services.phone_codes import PhoneCodes
from desktop.services.policy_book import PolicyBook
from desktop.services.policy_packs import PolicyPacks
from desktop.services.ports import Clock, Ids, Person
from desktop.services.precedents import Precedents
from desktop.services.printing import Printing
from desktop.services.promises import Promises
from desktop.services.quality import Quality
from desktop.services.reminding import Reminders
from desktop.services.reporting import Reporting
from desktop.services.reporting_sources import QualitySources
from desktop.services.root_cause import RootCauses
from desktop.services.row_maker import RowMaker
from desktop.services.signals import Signals
from desktop.services.staffing import Staffing
from desktop.services.telling_hq import StoreNews
from desktop.services.tickets import Tickets
from desktop.services.today import Today
from desktop.services.training_door import SANDBOX, TrainingDoor
from desktop.services.use_cases import UseCases
from desktop.storage.backup import Restored
from desktop.storage.ids import RandomIds, SystemClock
from desktop.storage.orders import SqlSentPacks, SqlSentPersonOrders, SqlSentRecalls
from desktop.storage.rolling_check import RollingCheck
from desktop.storage.store import StoreData, require_data
from desktop.storage.store import open_store as open_data
from desktop.storage.streams import SqlStreams
from desktop.storage.sync_care import SqlSyncCare

if TYPE_CHECKING:
    from desktop.seeding.region import Wanted
    from desktop.services.training import TrainingDesk

#: Automatic backups lie beside the data until the settings name another disk.
BACKUPS_FOLDER = "backups"
#: Beside the data lies the training store, in a folder that shares nothing with them.
TRAINING_FOLDER = "training"


def open_desk(folder: Path, clock: Clock | None = None, ids: Ids | None = None) -> Desk:
    """Open the desk on `folder`, tests by other clocks; raises StorageFault or StorageFull."""
    return Desk(_opened(folder, clock or SystemClock(), ids or RandomIds())[1])


def open_existing_desk(folder: Path) -> Desk:
    """Open the desk on data that are there: a mistyped folder is not an empty store."""
    require_data(folder)
    return open_desk(folder)


def seed_history(folder: Path, wanted: Wanted, progress: Callable[[int, int], None]) -> int:
    """Fill `folder` with invented history; return how many complaints.

    A large region is made by several processes. Raises SeedRefused and PartFailed.
    """
    from desktop.seeding import parts
    from desktop.seeding.history import PlayedClock
    from desktop.seeding.region import prepare

    data, use_cases = _opened(folder, PlayedClock(wanted.since), RandomIds())
    try:
        stores = len(prepare(use_cases, wanted))
    finally:
        data.close()
    processes = min(os.cpu_count() or 1, parts.MOST, stores)
    make = partial(_seed_part, folder, wanted)
    if processes == 1 or wanted.tickets < parts.WORTH_IT:
        return make((0, 1), progress)
    return parts.run(make, processes, wanted.tickets, progress)


def _seed_part(
    folder: Path, wanted: Wanted, part: tuple[int, int], progress: Callable[[int, int], None]
) -> int:
    from desktop.seeding.history import PlayedClock
    from desktop.seeding.region import fill

    clock, ids = PlayedClock(wanted.since), RandomIds()
    data, use_cases = _opened(folder, clock, ids)
    try:
        return fill(
            use_cases, clock, wanted, lambda _store: data.journal_on_new_chain(), progress, part
        )
    finally:
        data.close()


def open_training(folder: Path, clock: Clock, ids: Ids, person: Person) -> TrainingDesk:
    """Open the training store in `folder`, which is marked for ever, with `person` at the desk."""
    from desktop.adapters.training_scripts import load_scenarios
    from desktop.services.training import TrainingDesk
    from desktop.services.training_approver import TrainingApprover

    data, use_cases = _opened(folder, clock, ids, training=True)
    approver = TrainingApprover(use_cases, data.envelopes)
    streams, papers = SqlStreams(data.database), LateRoomPapers()
    desk = TrainingDesk(use_cases, load_scenarios(), streams, papers, approver)
    try:
        desk.admit(person)
    except BaseException:
        data.close()
        raise
    return desk


def _opened(
    folder: Path, clock: Clock, ids: Ids, *, training: bool = False
) -> tuple[StoreData, UseCases]:
    row_maker = RowMaker()
    data = open_data(folder, ids, row_maker, ZoneInfo(DEFAULT_TIMEZONE), row_maker.case)
    try:
        if training:
            data.settings.set(SANDBOX, "1")
        use_cases = _wire(data, clock, ids)
    except BaseException:
        data.close()
        raise
    row_maker.handling = use_cases.handling
    data.catch_up.at_opening()
    return data, use_cases


def _wire(data: StoreData, clock: Clock, ids: Ids) -> UseCases:
    policies = PolicyBook(load_policy())
    identity = Identity(data.settings)
    packs = PolicyPacks(FolderShelf(data.folder, lambda: _hq_key(data)), policies, clock, identity)
    data.queries.one_spelling = lambda text: unify(text, policies.current().synonyms)
    orders = Orders(
        PolicyOrders(SqlSentPacks(data.database), packs),
        PersonOrders(SqlSentPersonOrders(data.database), data.people, data.settings),
        EnvelopeOrders(SqlSentRecalls(data.database), data.envelopes, clock),
        StoreNews(
            data.journal,
            data.settings,
            identity,
            policies,
            clock,
            lambda: data.sync.chain() if data.sync.enrolment() else "",
        ),
    )
    rolling = RollingSums(data.journal, data.queries, data.proposals)
    handling = Handling(data.journal, policies, clock, identity, rolling)
    intake = Intake(
        data.journal,
        handling,
        data.queries,
        data.attachments,
        data.drafts,
        policies,
        clock,
        ids,
        identity,
    )
    # Read from the data, so that no way of opening them lets a training store reach anybody.
    sandbox = bool(data.settings.get(SANDBOX))

    def joined() -> bool:
        return not sandbox and data.sync.enrolment() is not None

    staff = Staff(data.people, data.journal, policies, clock, ids, joined)
    signer = DeviceSigner(data.sync.device_key)
    keys = make_form_keys(data, policies, clock, ids)
    printing = Printing(
        data.journal,
        data.queries,
        data.attachments,
        data.directory,
        policies,
        handling,
        LateDocumentWriter(signer),
        clock,
        identity,
    )
    quality = Quality(
        data.journal,
        data.rollups,
        handling,
        policies,
        identity,
        data.settings,
        clock,
        secrets.token_bytes,
    )
    causes = RootCauses(data.journal, data.rollups, policies, identity, clock, ids)
    signals = Signals(data.rollups, policies, identity, causes, clock)
    reporting = Reporting(
        data.rollups,
        data.journal,
        data.queries,
        data.directory,
        policies,
        identity,
        data.settings,
        clock,
        LatePackWriter(signer),
        QualitySources(data.journal, quality, causes, signals).sources,
        data.attachments,
    )
    backups = Backups(
        data.archives, data.settings, identity, clock, data.folder.with_name(BACKUPS_FOLDER)
    )
    return UseCases(
        identity=identity,
        clock=clock,
        ids=ids,
        journal=data.journal,
        directory=data.directory,
        inbox=data.inbox,
        forms=SerialForms(signer, data.settings, keys.tell),
        queries=data.queries,
        attachments=data.attachments,
        drafts=data.drafts,
        settings=data.settings,
        policies=policies,
        packs=packs,
        staff=staff,
        handling=handling,
        tickets=Tickets(data.journal, handling),
        today=Today(
            data.queries, Promises(data.clocks, data.journal, clock, identity), clock, identity
        ),
        intake=intake,
        capturing=Capturing(data.journal, handling, data.attachments, shrink),
        paper=_paper(data, intake, keys, clock, identity),
        printing=printing,
        reporting=reporting,
        quality=quality,
        causes=causes,
        signals=signals,
        linking=Linking(data.journal, handling, data.queries),
        reminders=Reminders(data.journal, data.queries, handling, data.settings, hq=data.sync),
        precedents=Precedents(data.queries, data.journal, clock),
        phone=PhoneApproval(data.envelopes, data.journal, handling, data.people, data.sync, clock),
        phone_codes=PhoneCodes(data.envelopes, data.journal, policies, data.sync, clock, ids),
        sync=data.sync,
        sync_care=SqlSyncCare(data.database, data.projector),
        courier=LateCourier(data.sync, data.attachments, clock, data.envelopes),
        hq=NoHq()
        if sandbox
        else LateHq(
            data.sync,
            data.attachments,
            clock,
            data.envelopes,
            lambda: data.settings.get(CERTIFICATE),
            orders.carry_out,
            RollingCheck(partial(data.verifier, is_by_hq)).step,
        ),
        erasing=Erasing(data.journal, handling, data.queries, data.attachments),
        staffing=Staffing(data.people, data.journal, policies, clock, joined),
        backups=backups,
        restore=lambda archive, passphrase: restore_backup(archive, data.folder, passphrase).kept,
        doctor=Doctor(
            ThisMachine(data.folder, data.database, data.key_place.value),
            backups,
            data.sync,
            policies,
            clock,
        ),
        customer_cards=CustomerCards(data.journal, data.queries, data.customers, clock),
        handovers=_handovers(data, handling, staff, policies, clock, ids, identity),
        catch_up=data.catch_up,
        training=TrainingDoor(None if sandbox else partial(_sandbox, data.folder, clock, ids)),
        key_place=data.key_place.value,
        close=data.close,
    )


def _hq_key(data: StoreData) -> bytes | None:
    enrolment = data.sync.enrolment()
    return enrolment.hq_key if enrolment else None


def _paper(
    data: StoreData, intake: Intake, keys: FormKeys, clock: Clock, identity: Identity
) -> Paper:
    reader = LateFormReader(data.folder, keys.known)
    return Paper(reader, intake, data.queries, data.customers, data.readings, clock, identity)


def make_form_keys(data: StoreData, policies: PolicyBook, clock: Clock, ids: Ids) -> FormKeys:
    """Return what knows the keys by which blank sheets of this store are signed."""
    signer = DeviceSigner(data.sync.device_key)
    own = OwnKey(lambda: signer.public_key, data.sync.chain)
    streams = SqlStreams(data.database)
    return FormKeys(data.journal, streams, own, key_name, policies, clock, ids)


def _handovers(
    data: StoreData,
    handling: Handling,
    staff: Staff,
    policies: PolicyBook,
    clock: Clock,
    ids: Ids,
    identity: Identity,
) -> Handovers:
    return Handovers(
        data.journal,
        data.queries,
        handling,
        staff,
        data.sync,
        data.directory,
        data.settings,
        policies,
        SqlStreams(data.database),
        LateRoomPapers(),
        clock,
        ids,
        identity,
    )


def _sandbox(folder: Path, clock: Clock, ids: Ids, person: Person) -> TrainingDesk:
    return open_training(folder.parent / TRAINING_FOLDER / folder.name, clock, ids, person)


def loose_forms() -> SerialForms:
    """Return a printer of blank forms that belongs to no store: a key of this run, no counter."""
    key = secrets.token_bytes(32)
    return SerialForms(DeviceSigner(lambda: key), None)


def is_by_hq(key: bytes, receipt: Receipt) -> bool:
    """Tell whether the holder of `key` (32 bytes) signed a receipt."""
    from sync.protocol import verify_receipt

    return verify_receipt(key, receipt)


def restore_backup(archive: Path, folder: Path, passphrase: str | None = None) -> Restored:
    """Put a backup's data into `folder`, keeping what was there; raises StorageFault or OSError."""
    from desktop.storage.backup import restore

    return restore(archive, folder, f"{SystemClock().now():%Y%m%dT%H%M%SZ}", passphrase)


def open_existing_data(folder: Path) -> StoreData:
    """Open data that are there without a desk on them; raises StorageFault."""
    require_data(folder)
    return open_data(folder, RandomIds(), RowMaker(), ZoneInfo(DEFAULT_TIMEZONE))
