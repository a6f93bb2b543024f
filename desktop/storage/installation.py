"""What one installation is to itself: the chain it writes and the secrets it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.journal.chain import GENESIS
from desktop.journal.records import TornRecord
from desktop.services.ports import Ids
from desktop.storage.database import Database
from desktop.storage.tables import chain, meta

CHAIN_PREFIX: Final = "c"


@dataclass(slots=True)
class Installation:
    """The id of the chain that this installation writes and the key of its phone hashes.

    The chain changes when the data turn out to be a copy (`rechaining`); every writer looks
    before it writes (`follow`), since another process may have found that out.
    """

    chain: str
    phone_key: bytes

    def follow(self, connection: Connection) -> str:
        """Return the chain to write as the database has it now."""
        own = fact(connection, "chain")
        if own is not None:
            self.chain = own.decode()
        return self.chain

    def phone_hash(self, phone: str) -> bytes | None:
        """Return the keyed hash under which a phone number is found, None for no number."""
        normal = normal_phone(phone)
        if not normal:
            return None
        mac = hmac.HMAC(self.phone_key, hashes.SHA256())
        mac.update(normal.encode())
        return mac.finalize()


def load_installation(database: Database, ids: Ids) -> Installation:
    """Return this installation's identity, made at the first call."""
    with database.read() as connection:
        known = _read(connection)
    if known:
        return known
    with database.write() as connection:
        known = _read(connection)
        if known:
            return known
        made = Installation(ids.new_id(CHAIN_PREFIX), ids.salt() + ids.salt())
        set_fact(connection, "chain", made.chain.encode())
        set_fact(connection, "phone_key", made.phone_key)
        connection.execute(insert(chain).values(chain=made.chain, seq=0, head=GENESIS, own=True))
        return made


def device_key(database: Database) -> bytes:
    """Return the device's Ed25519 private key (32 bytes), made at the first call."""
    with database.read() as connection:
        known = fact(connection, "device_key")
    if known:
        return known
    with database.write() as connection:
        known = fact(connection, "device_key")
        if known is None:
            known = Ed25519PrivateKey.generate().private_bytes_raw()
            set_fact(connection, "device_key", known)
        return known


FACT = "SELECT value FROM meta WHERE name = ?"


def fact(connection: Connection, name: str) -> bytes | None:
    """Return one fact of the installation; raises TornRecord when it was altered to no bytes."""
    # In the driver's own form: several are asked for at every exchange.
    found: object = connection.exec_driver_sql(FACT, (name,)).scalar_one_or_none()
    if found is None or isinstance(found, bytes):
        return found
    raise TornRecord(f"the installation's own fact {name!r} was altered")


def set_fact(connection: Connection, name: str, value: bytes) -> None:
    """Keep one fact of the installation."""
    statement = upsert(meta).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[meta.c.name], set_={"value": value})
    )


def normal_phone(phone: str) -> str:
    """Return a number in E.164 where it is one in China or abroad, else its digits."""
    # The metadata of all countries takes a while to load and is needed only here.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(phone, "CN")
    except phonenumbers.NumberParseException:
        return "".join(c for c in phone if c.isdigit())
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _read(connection: Connection) -> Installation | None:
    """Return the identity, None in new data; raises TornRecord when data lost theirs."""
    own, phone_key = fact(connection, "chain"), fact(connection, "phone_key")
    if own and phone_key:
        try:
            return Installation(own.decode(), phone_key)
        except UnicodeDecodeError as error:
            raise TornRecord("the installation's own fact 'chain' was altered") from error
    if connection.execute(select(chain.c.seq).where(chain.c.own)).first():
        # A second identity would leave this chain without a writer.
        raise TornRecord("the installation's own facts 'chain' and 'phone_key' are gone")
    return None
