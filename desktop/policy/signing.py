"""One signed archive of a policy pack: made by headquarters, checked by every store (Ed25519)."""

from __future__ import annotations

import io
import json
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from desktop.domain.policy import Policy
from desktop.policy.loading import compile_content
from desktop.policy.reading import PackContent, canonical_bytes, digest_of

#: The names inside the archive, in their order.
HEADER, PACK, SIGNATURE = "header.json", "pack.json", "signature"
#: Keeps a signature on a pack from meaning anything elsewhere.
_PURPOSE: Final = b"amends policy pack 1\n"
_FORMAT: Final = 1
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_KEY_SIZE: Final = 32
#: A pack is text of some hundred kilobytes; what claims to be more is not unpacked.
_MAX_BYTES: Final = 16 * 1024 * 1024

RefusedBecause = Literal[
    "no_pack", "unsigned", "altered", "faulty", "older", "same_version", "expired"
]


@dataclass(frozen=True, slots=True)
class PackRefused:
    """Why an archive is not used; `detail` says it in words for people."""

    reason: RefusedBecause
    detail: str


@dataclass(frozen=True, slots=True)
class SignedPack:
    """An archive whose signature and content were checked."""

    policy: Policy
    archive: bytes


class KeyUnusable(ValueError):
    """A key file that holds no Ed25519 private key."""


def read_key(content: bytes) -> Ed25519PrivateKey:
    """Read a private key: 32 raw bytes, or PEM without password. Raises KeyUnusable."""
    if len(content) == _KEY_SIZE:
        return Ed25519PrivateKey.from_private_bytes(content)
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise KeyUnusable(f"no Ed25519 private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable("the key is of another kind; policy packs are signed with Ed25519")
    return key


def sign_pack(content: PackContent, policy: Policy, key: Ed25519PrivateKey) -> bytes:
    """Return the archive: the same bytes for the same pack and key."""
    pack = canonical_bytes(content)
    header = rfc8785.dumps(
        {
            "format": _FORMAT,
            "version": policy.version,
            "effective": policy.effective.isoformat(),
            "expires": policy.expires.isoformat() if policy.expires else None,
            "digest": digest_of(pack),
        }
    )
    files = {HEADER: header, PACK: pack, SIGNATURE: key.sign(_PURPOSE + header)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same bytes on every platform
            archive.writestr(entry, data)
    return out.getvalue()


def open_pack(archive: bytes, pinned_key: bytes) -> SignedPack | PackRefused:
    """Check signature, digest and content against headquarters' pinned public key (32 bytes)."""
    files = _files(archive)
    if isinstance(files, PackRefused):
        return files
    header, pack = files[HEADER], files[PACK]
    if not files[SIGNATURE]:
        return PackRefused("unsigned", "the pack carries no signature of headquarters")
    try:
        Ed25519PublicKey.from_public_bytes(pinned_key).verify(files[SIGNATURE], _PURPOSE + header)
    except InvalidSignature:
        return PackRefused(
            "unsigned", "the signature is not the one of this store's headquarters over this pack"
        )
    told = json.loads(header)
    if digest_of(pack) != told["digest"]:
        return PackRefused("altered", "the pack was altered after headquarters signed it")
    if told["format"] != _FORMAT:
        return PackRefused("faulty", f"the pack has format {told['format']}; update Amends first")
    policy, findings = compile_content(json.loads(pack), told["digest"])
    if policy is None:
        first = f"{findings[0].file}: {findings[0].message}"
        return PackRefused("faulty", f"this version of Amends cannot use the pack ({first})")
    dates = (told["version"], told["effective"], told["expires"])
    expires = policy.expires.isoformat() if policy.expires else None
    if dates != (policy.version, policy.effective.isoformat(), expires):
        return PackRefused("faulty", "the pack's header says other dates than its manifest")
    return SignedPack(policy, archive)


def expired(policy: Policy, today: date) -> bool:
    """Whether the pack's last day has passed; one in use goes on, with a banner."""
    return policy.expires is not None and today > policy.expires


def _files(archive: bytes) -> dict[str, bytes] | PackRefused:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = {entry.filename: entry for entry in opened.infolist()}
            if sum(entry.file_size for entry in entries.values()) > _MAX_BYTES:
                return PackRefused("no_pack", "the file is too large for a policy pack")
            if HEADER not in entries or PACK not in entries:
                return PackRefused("no_pack", "the file is no policy pack")
            present = [name for name in (HEADER, PACK, SIGNATURE) if name in entries]
            return {SIGNATURE: b""} | {name: opened.read(name) for name in present}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError) as error:
        return PackRefused("no_pack", f"the file is no policy pack, or it is damaged ({error})")
    except (NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError) as error:
        return PackRefused("no_pack", f"the archive is packed in an unknown way ({error})")
