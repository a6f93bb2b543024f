"""The customer snapshot in the store's encrypted database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Column, delete, insert, select

from desktop.services.paper_ports import KnownMember, KnownOrder
from desktop.services.ports import Settings
from desktop.storage.database import Database
from desktop.storage.tables import known_member, known_order
from desktop.storage.utc_time import from_ms, to_ms

IMPORTED_AT = "customers.imported_at"


class SqlCustomerBook:
    """Keeps the snapshot (paper_ports.CustomerBook)."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def imported_at(self) -> datetime | None:
        """Return when customers were last imported."""
        kept = self._settings.get(IMPORTED_AT)
        return from_ms(int(kept)) if kept else None

    def replace(
        self, members: Sequence[KnownMember], orders: Sequence[KnownOrder], at: datetime
    ) -> None:
        """Put a new snapshot in the place of the old one."""
        with self._database.write() as connection:
            connection.execute(delete(known_member))
            connection.execute(delete(known_order))
            if members:
                connection.execute(insert(known_member), [asdict(one) for one in members])
            if orders:
                connection.execute(insert(known_order), [asdict(one) for one in orders])
        self._settings.set(IMPORTED_AT, str(to_ms(at)))

    def member(self, member_no: str) -> KnownMember | None:
        """Return the member with this number."""
        wanted = select(known_member).where(known_member.c.member_no == member_no)
        with self._database.read() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else KnownMember(row.member_no, row.name, row.phone)

    def by_phone(self, phone: str) -> KnownMember | None:
        """Return the one member with this phone."""
        wanted = select(known_member).where(known_member.c.phone == phone).limit(2)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        if len(rows) != 1:
            return None
        return KnownMember(rows[0].member_no, rows[0].name, rows[0].phone)

    def order(self, receipt_no: str) -> KnownOrder | None:
        """Return the order with this receipt number."""
        wanted = select(known_order).where(known_order.c.receipt_no == receipt_no)
        with self._database.read() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else KnownOrder(**row._mapping)

    def products(self) -> Sequence[str]:
        """Return every product of the orders, each once."""
        return self._each(known_order.c.product)

    def stores(self) -> Sequence[str]:
        """Return every store of the orders, each once."""
        return self._each(known_order.c.store)

    def _each(self, column: Column[str]) -> Sequence[str]:
        with self._database.read() as connection:
            found = connection.execute(select(column).distinct().order_by(column)).scalars()
            return tuple(value for value in found if value)
