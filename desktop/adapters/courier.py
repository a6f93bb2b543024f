"""Carries events in files; the cryptography and the wire are loaded when first used."""

from __future__ import annotations

from pathlib import Path

from desktop.services.courier_ports import Carried, Courier, CourierRefusal, Exported
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
