"""One store's data folder, opened: the database and everything that reads or writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from desktop.services.ports import Attachments, Ids, Receipt
from desktop.storage.attachments import FileAttachments
from desktop.storage.database import DATABASE_FILE, Database
from desktop.storage.directory import SqlDirectory
from desktop.storage.drafts import SqlDrafts
from desktop.storage.faults import DatabaseUnreachable
from desktop.storage.ids import RandomIds
from desktop.storage.inbox import SqlInbox
from desktop.storage.installation import Installation, load_installation
from desktop.storage.keys import KeyPlace, load_key
from desktop.storage.people import SqlPeople
from desktop.storage.projections import Projector, RowMaker
from desktop.storage.queries import SqlTicketQueries
from desktop.storage.settings import SqlSettings
from desktop.storage.sql_journal import SqlJournal
from desktop.storage.sync_store import SqlSyncStore, load_enrolment
from desktop.storage.verification import VerificationReport, Verifier

BLOBS_FOLDER = "blobs"


@dataclass(frozen=True, slots=True)
class StoreData:
    """The ports of desktop.services.ports on one data folder, and where its key is kept."""

    folder: Path
    key_place: KeyPlace
    database: Database
    installation: Installation
    projector: Projector
    journal: SqlJournal
    queries: SqlTicketQueries
    attachments: FileAttachments
    people: SqlPeople
    directory: SqlDirectory
    drafts: SqlDrafts
    settings: SqlSettings
    inbox: SqlInbox
    sync: SqlSyncStore

    def verify(self, verify_receipt: Callable[[bytes, Receipt], bool]) -> VerificationReport:
        """Check chains, values, receipts (by `verify_receipt`) and attachments."""
        return verify(self.database, self.installation, self.attachments, verify_receipt)

    def close(self) -> None:
        """Give up the database's connections."""
        self.database.close()


def verify_folder(
    folder: Path, verify_receipt: Callable[[bytes, Receipt], bool]
) -> VerificationReport:
    """Check the data in `folder` without any policy; `verify_receipt` gets HQ's key and a receipt.

    Raises StorageFault when there is no data or it cannot be read.
    """
    path = folder / DATABASE_FILE
    if not path.exists():
        raise DatabaseUnreachable(f"{folder} holds no data of Amends; name the right folder")
    key = load_key(folder, new=False)
    database = Database.open(path, key.secret)
    try:
        installation = load_installation(database, RandomIds())
        blobs = FileAttachments(folder / BLOBS_FOLDER, key.secret, database)
        return verify(database, installation, blobs, verify_receipt)
    finally:
        database.close()


def verify(
    database: Database,
    installation: Installation,
    attachments: Attachments,
    verify_receipt: Callable[[bytes, Receipt], bool],
) -> VerificationReport:
    """Check an open store's data; receipts by the HQ key that enrolment pinned."""
    with database.read() as connection:
        enrolment = load_enrolment(connection)
    is_by_hq = partial(verify_receipt, enrolment.hq_key) if enrolment else None
    return Verifier(database, installation, attachments, is_by_hq).run()


def open_store(folder: Path, ids: Ids, row_maker: RowMaker, zone: ZoneInfo) -> StoreData:
    """Open the data in `folder`, made when there is none; raises StorageFault or StorageFull.

    `row_maker` says what the policy says about a ticket's row, `zone` is the store's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / DATABASE_FILE
    key = load_key(folder, new=not path.exists())
    database = Database.open(path, key.secret)
    try:
        installation = load_installation(database, ids)
    except BaseException:
        database.close()
        raise
    projector = Projector(installation, row_maker, zone)
    return StoreData(
        folder=folder,
        key_place=key.place,
        database=database,
        installation=installation,
        projector=projector,
        journal=SqlJournal(database, installation, ids, projector),
        queries=SqlTicketQueries(database, installation),
        attachments=FileAttachments(folder / BLOBS_FOLDER, key.secret, database),
        people=SqlPeople(database),
        directory=SqlDirectory(database),
        drafts=SqlDrafts(database),
        settings=SqlSettings(database),
        inbox=SqlInbox(database),
        sync=SqlSyncStore(database, installation, projector),
    )
