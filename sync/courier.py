"""A batch as a file: signed by who wrote it, sealed under a code that travels another way.

The code has 80 random bits and is told by phone or on paper; who finds the stick reads nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Final

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.domain.read_out_codes import ALPHABET, plain_code
from sync import protocol

#: First bytes of every file: what it is and in which version.
MAGIC: Final = b"AMENDS-COURIER-1\n"
SUFFIX: Final = ".amends"
#: The largest file and the largest content, in bytes.
MAX_FILE: Final = 512 * 1024 * 1024
#: Attachments stop being added beyond this many bytes; the rest goes with the next file.
MAX_ATTACHED: Final = 256 * 1024 * 1024
#: And batches beyond this many; both and one more batch stay below the largest file.
MAX_BATCHES: Final = 192 * 1024 * 1024

_NONCE: Final = 12
_CODE_CHARACTERS: Final = 16


class BadBundle(ValueError):
    """A file that cannot be taken: `code` names a text `courier.<code>`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Bundle(msgspec.Struct, array_like=True, frozen=True):
    """What a file holds.

    `kind` is `up` (a PC's batches to HQ), `down` (HQ's answers to one PC) or `peer` (a PC's whole
    chain for another PC of its store). `bodies` are messages as on the line; `chain` is the PC's.
    `public_key` is the signer's; a reader that knows the signer uses the key that it knows. `prev`
    is the hash before the first event of a PC's batches: whoever has only the file can then prove
    them up to the head that the PC signed.
    """

    kind: str
    store: str
    chain: str
    at: int
    public_key: bytes
    bodies: tuple[bytes, ...]
    attachments: dict[str, bytes] = {}
    signature: bytes = b""
    prev: bytes = b""


def signed(bundle: Bundle, private_key: bytes) -> Bundle:
    """Return the bundle with its signature."""
    made = protocol.sign(private_key, _message(bundle))
    return msgspec.structs.replace(bundle, signature=made)


def is_signed(bundle: Bundle, public_key: bytes) -> bool:
    """Tell whether the holder of `public_key` signed the bundle."""
    return protocol.verify(public_key, _message(bundle), bundle.signature)


def _message(bundle: Bundle) -> bytes:
    content = hashlib.sha256()
    for body in bundle.bodies:
        content.update(hashlib.sha256(body).digest())
    for name, attached in sorted(bundle.attachments.items()):
        content.update(name.encode() + hashlib.sha256(attached).digest())
    place = f"{bundle.kind}\n{bundle.store}\n{bundle.chain}\n{bundle.at}\n{len(bundle.bodies)}\n"
    return b"amends/courier/1\n" + place.encode() + content.digest()


def new_code() -> str:
    """Return a code in four groups of four characters."""
    raw = "".join(secrets.choice(ALPHABET) for _ in range(_CODE_CHARACTERS))
    return "-".join(raw[i : i + 4] for i in range(0, _CODE_CHARACTERS, 4))


def seal(bundle: Bundle, code: str) -> bytes:
    """Return the file's bytes."""
    nonce = secrets.token_bytes(_NONCE)
    content = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(bundle))
    return MAGIC + nonce + _cipher(code).encrypt(nonce, content, MAGIC)


def read(path: Path) -> bytes:
    """Return a file's bytes; raises OSError, and BadBundle `no_file` for one that is too large."""
    with path.open("rb") as file:
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise BadBundle("no_file")
    return content


def unseal(content: bytes, code: str) -> Bundle:
    """Return what a file holds; raises BadBundle (`no_file`, `wrong_code`, `damaged`)."""
    if not content.startswith(MAGIC) or len(content) > MAX_FILE:
        raise BadBundle("no_file")
    start = len(MAGIC)
    nonce, sealed = content[start : start + _NONCE], content[start + _NONCE :]
    try:
        packed = _cipher(code).decrypt(nonce, sealed, MAGIC)
    except (InvalidTag, ValueError) as error:
        raise BadBundle("wrong_code") from error
    try:
        size = zstandard.get_frame_parameters(packed).content_size
        if size > MAX_FILE:
            raise BadBundle("damaged")
        raw = zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_FILE)
        return msgspec.msgpack.decode(raw, type=Bundle)
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise BadBundle("damaged") from error


def _cipher(code: str) -> ChaCha20Poly1305:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"amends/courier/1")
    return ChaCha20Poly1305(derived.derive(plain_code(code).encode()))
