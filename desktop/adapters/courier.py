"""Carries events in files; the cryptography and the wire are loaded when first used."""

from __future__ import annotations

from pathlib import Path

from desktop.services.courier_ports import (
    Carried,
    CheckedBundle,
    Courier,
    CourierRefusal,
    Exported,
)
from desktop.services.exchange_ports import SyncStore
from desktop.services.phone_ports import EnvelopeStore
from desktop.services.ports import Attachments, Clock


class LateCourier:
    """Implements the port `Courier` with `sync.client`."""

    def __init__(
        self, store: SyncStore, attachments: Attachments, clock: Clock, phone: EnvelopeStore
    ) -> None:
        self._store = store
        self._attachments = attachments
        self._clock = clock
        self._phone = phone

    def export_to_hq(self, path: Path) -> Exported | CourierRefusal:
        """Write what HQ has given no receipt for."""
        return self._courier().export_to_hq(path)

    def export_to_peer(self, path: Path, store: str) -> Exported | CourierRefusal:
        """Write the whole own chain for another PC of the store."""
        return self._courier().export_to_peer(path, store)

    def take(self, path: Path, code: str, store: str) -> Carried | CourierRefusal:
        """Take a file in; one that came before or too early changes nothing."""
        return self._courier().take(path, code, store)

    def _courier(self) -> Courier:
        from sync.client.courier import Courier as WireCourier

        return WireCourier(self._store, self._attachments, self._clock, self._phone)


def is_bundle(path: Path) -> bool:
    """Tell whether a file says that it is a courier file; raises OSError."""
    from sync.courier import MAGIC

    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def check_bundle(path: Path, code: str) -> CheckedBundle | CourierRefusal:
    """Prove a courier file without taking it; needs no data of a store."""
    from sync.client import bundle_check
    from sync.courier import BadBundle, read

    try:
        return bundle_check.check(read(path), code)
    except BadBundle as bad:
        return CourierRefusal(bad.code)
    except OSError as error:
        return CourierRefusal("not_read", error.strerror or str(error))


def bundle_keys(store: SyncStore) -> dict[str, bytes]:
    """Return the public keys that this PC vouches for: by its own chain's name, and `hq`."""
    from sync.protocol import public_key

    enrolment = store.enrolment()
    of_hq = {} if enrolment is None else {"hq": enrolment.hq_key}
    return {store.chain(): public_key(store.device_key())} | of_hq
