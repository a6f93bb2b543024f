"""Which packs a store takes and keeps: signed by its HQ, unaltered, newer, not expired."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from desktop.domain.policy import Policy
from desktop.policy.signing import PackRefused, SignedPack, expired, open_pack

#: Where a store keeps its packs, inside its data folder.
PACKS_FOLDER: Final = "policies"
_SUFFIX: Final = ".amends-policy"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.\-]")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The packs that a store may use: the one in force today, and every one by its version.

    `expired` asks for a banner; the pack stays in force. `upcoming` were installed and take effect
    later. `refused` names kept archives that no longer pass, with the reason.
    """

    current: Policy
    by_version: Mapping[str, Policy]
    expired: bool
    upcoming: tuple[Policy, ...]
    refused: Mapping[str, PackRefused]


def version_order(version: str) -> tuple[tuple[int, str], ...]:
    """A key that orders versions: 2026.9.2 comes before 2026.11.1."""
    parts = re.split(r"[.\-]", version)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def judge(
    archive: bytes, pinned_key: bytes, newest: Policy, today: date
) -> SignedPack | PackRefused:
    """Whether a pack may be installed over `newest`, the newest one that is known here."""
    pack = open_pack(archive, pinned_key)
    if isinstance(pack, PackRefused):
        return pack
    new, old = pack.policy, newest
    if new.version == old.version:
        return PackRefused("same_version", f"version {new.version} is installed already")
    if version_order(new.version) < version_order(old.version):
        detail = f"version {new.version} is older than {old.version}, which is installed"
        return PackRefused("older", detail)
    if expired(new, today):
        return PackRefused("expired", f"version {new.version} expired on {new.expires}")
    return pack


def open_shelf(folder: Path, built_in: Policy, pinned_key: bytes | None, today: date) -> Shelf:
    """Check every kept archive again and say which pack is in force; without a key, the built-in.

    Raises OSError when a kept archive cannot be read.
    """
    packs: dict[str, Policy] = {built_in.version: built_in}
    refused: dict[str, PackRefused] = {}
    kept = sorted(folder.glob(f"*{_SUFFIX}")) if pinned_key and folder.is_dir() else []
    for path in kept:
        pack = open_pack(path.read_bytes(), pinned_key or b"")
        if isinstance(pack, PackRefused):
            refused[path.name] = pack
        else:
            packs[pack.policy.version] = pack.policy
    ordered = sorted(packs.values(), key=lambda policy: version_order(policy.version))
    in_force = [p for p in ordered if p is built_in or p.effective <= today]
    current = in_force[-1]
    newer = tuple(p for p in ordered if p not in in_force)
    return Shelf(current, packs, expired(current, today), newer, refused)


def install(
    archive: bytes, folder: Path, built_in: Policy, pinned_key: bytes, today: date
) -> SignedPack | PackRefused:
    """Keep a pack in `folder` if it may be installed; earlier ones stay for their tickets (FL-07).

    Raises OSError when it cannot be saved; nothing half-written is left.
    """
    shelf = open_shelf(folder, built_in, pinned_key, today)
    newest = max(shelf.by_version.values(), key=lambda policy: version_order(policy.version))
    pack = judge(archive, pinned_key, newest, today)
    if isinstance(pack, PackRefused):
        return pack
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{_UNSAFE.sub('_', pack.policy.version)}-{pack.policy.digest[:12]}{_SUFFIX}"
    part = folder / f"{name}.part"
    with part.open("wb") as out:
        out.write(archive)
        out.flush()
        os.fsync(out.fileno())
    part.replace(folder / name)
    return pack
