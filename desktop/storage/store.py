"""One store's data folder, opened: the database and everything that reads or writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from desktop.services.exchange_ports import Receipt
from desktop.services.ports import Ids
from desktop.storage.attachments import BLOBS_FOLDER, FileAttachments
from desktop.storage.backup import ArchiveWriter
from desktop.storage.bulk_journal import BulkJournal
from desktop.storage.catching_up import SqlCatchUp
from desktop.storage.customer_book import SqlCustomerBook
from desktop.storage.database import DATABASE_FILE, Database
from desktop.storage.directory import SqlDirectory
from desktop.storage.drafts import SqlDrafts
from desktop.storage.envelopes import SqlEnvelopes
from desktop.storage.faults import DatabaseUnreachable
from desktop.storage.inbox import SqlInbox
from desktop.storage.installation import CHAIN_PREFIX, Installation, load_installation
from desktop.storage.keys import KeyPlace, load_key
from desktop.storage.people import SqlPeople
from desktop.storage.projections import CaseMaker, Projector, RowMaker
from desktop.storage.proof import VerificationReport
from desktop.storage.proposals import SqlProposals
from desktop.storage.queries import SqlTicketQueries
from desktop.storage.reading_records import SqlReadingRecords
from desktop.storage.rollups import SqlRollups
from desktop.storage.running_clocks import SqlRunningClocks
from desktop.storage.settings import SqlSettings
from desktop.storage.sql_journal import SqlJournal
from desktop.storage.sync_store import SqlSyncStore
from desktop.storage.verification import Verifier


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
    proposals: SqlProposals
    attachments: FileAttachments
    people: SqlPeople
    directory: SqlDirectory
    drafts: SqlDrafts
    settings: SqlSettings
    inbox: SqlInbox
    sync: SqlSyncStore
    envelopes: SqlEnvelopes
    archives: ArchiveWriter
    rollups: SqlRollups
    clocks: SqlRunningClocks
    ids: Ids
    customers: SqlCustomerBook
    readings: SqlReadingRecords
    catch_up: SqlCatchUp

    def verify(self, verify_receipt: Callable[[bytes, Receipt], bool]) -> VerificationReport:
        """Check chains, values, attachments, and receipts by the HQ key that enrolment pinned.

        `verify_receipt` tells whether the holder of a key signed a receipt.
        """
        return self.verifier(verify_receipt).run()

    def verifier(self, verify_receipt: Callable[[bytes, Receipt], bool]) -> Verifier:
        """Return what checks this data as it stands: by today's enrolment and own chain."""
        enrolment = self.sync.enrolment()
        is_by_hq = partial(verify_receipt, enrolment.hq_key) if enrolment else None
        return Verifier(self.database, self.installation, self.attachments, is_by_hq)

    def journal_on_new_chain(self) -> BulkJournal:
        """Return a journal that writes a chain of its own, as another PC's would arrive here.

        For invented histories of a region alone: what a PC writes itself belongs on its chain.
        """
        new = self.ids.new_id(CHAIN_PREFIX)
        return BulkJournal(self.database, new, self.ids, self.projector)

    def close(self) -> None:
        """Give up the database's connections."""
        self.database.close()


def require_data(folder: Path) -> None:
    """Raise DatabaseUnreachable unless `folder` holds a store's data, for what must make none."""
    if not (folder / DATABASE_FILE).exists():
        raise DatabaseUnreachable(f"{folder} holds no data of Amends; name the right folder")


def open_store(
    folder: Path,
    ids: Ids,
    row_maker: RowMaker,
    zone: ZoneInfo,
    case_maker: CaseMaker | None = None,
) -> StoreData:
    """Open the data in `folder`, made when there is none; raises StorageFault or StorageFull.

    `row_maker` says what the policy says about a ticket's row, `case_maker` what reports count of
    it, `zone` is the store's.
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
    attachments = FileAttachments(folder / BLOBS_FOLDER, key.secret, database)
    attachments.clean()
    projector = Projector(installation, row_maker, zone, case_maker)
    return StoreData(
        folder=folder,
        key_place=key.place,
        database=database,
        installation=installation,
        projector=projector,
        journal=SqlJournal(database, installation, ids, projector),
        queries=SqlTicketQueries(database, installation),
        proposals=SqlProposals(database),
        attachments=attachments,
        people=SqlPeople(database),
        directory=SqlDirectory(database),
        drafts=SqlDrafts(database),
        settings=SqlSettings(database),
        inbox=SqlInbox(database),
        sync=SqlSyncStore(database, installation, projector),
        envelopes=SqlEnvelopes(database),
        archives=ArchiveWriter(folder, key.secret, database, installation),
        rollups=SqlRollups(database),
        clocks=SqlRunningClocks(database),
        ids=ids,
        customers=SqlCustomerBook(database, SqlSettings(database)),
        readings=SqlReadingRecords(database),
        catch_up=SqlCatchUp(database, projector),
    )
