"""The packs in this store's data folder, checked against the key that enrolment pinned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from desktop.domain.policy import Policy
from desktop.policy.installing import PACKS_FOLDER, install, open_shelf
from desktop.policy.loading import load_policy
from desktop.policy.signing import PackRefused
from desktop.services.policy_packs import PackRefusal, PacksHeld


class FolderShelf:
    """Implements the port `PackShelf` on a folder; the built-in pack is always there."""

    def __init__(self, data: Path, hq_key: Callable[[], bytes | None]) -> None:
        self._folder = data / PACKS_FOLDER
        self._hq_key = hq_key

    def open(self, today: date) -> PacksHeld:
        """Check every kept pack again."""
        shelf = open_shelf(self._folder, load_policy(), self._hq_key(), today)
        refused = {name: _told(reason) for name, reason in shelf.refused.items()}
        return PacksHeld(shelf.current, shelf.by_version, shelf.expired, shelf.upcoming, refused)

    def install(self, archive: bytes, today: date) -> Policy | PackRefusal:
        """Keep a pack if it may be installed."""
        key = self._hq_key()
        if key is None:
            return PackRefusal("no_key", "this store is not enrolled")
        done = install(archive, self._folder, load_policy(), key, today)
        return _told(done) if isinstance(done, PackRefused) else done.policy


def _told(refused: PackRefused) -> PackRefusal:
    return PackRefusal(refused.reason, refused.detail)
