"""The wire between a store PC and headquarters: messages, limits, signatures (docs/protocol.md).

Every body is one msgpack value in one zstd frame. Messages are arrays whose later places have
defaults, so an older app and a newer HQ read each other: unknown places are skipped, missing
ones are filled.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from desktop.domain.events import PersonalValue
from desktop.journal import digests, records
from desktop.journal.records import Record
from desktop.services.exchange_ports import Receipt

VERSION: Final = 1
MEDIA_TYPE: Final = "application/vnd.amends"

SYNC_PATH: Final = "/v1/sync"
#: Several batches after each other in one request; see `frame`.
PUSH_PATH: Final = "/v1/events"
#: A device reads its own chain back, to compare it with what it holds.
CHAIN_PATH: Final = "/v1/chain"
#: A device whose chain was forked (restored backup, cloned disk) goes on under a new one.
RECHAIN_PATH: Final = "/v1/rechain"
ENROL_PATH: Final = "/v1/enrol"
ATTACHMENT_PATH: Final = "/v1/attachments/"

#: Largest body on the wire and after decompression, in bytes; HQ and client keep the same bounds.
MAX_BODY: Final = 8 * 1024 * 1024
MAX_UNPACKED: Final = 32 * 1024 * 1024
#: Most events in one batch, either way.
MAX_EVENTS: Final = 2000
#: A sender starts the next batch beyond this many bytes of events, well inside MAX_UNPACKED.
BATCH_BYTES: Final = 4 * 1024 * 1024
#: Most bytes of batches in one request to PUSH_PATH, their lengths included.
MAX_PUSH: Final = 32 * 1024 * 1024
#: Most bytes of an attachment in one request, how many HQ keeps at a time while they arrive, and
#: the largest attachment.
CHUNK_BYTES: Final = 1024 * 1024
PIECE_BYTES: Final = 64 * 1024
MAX_ATTACHMENT: Final = 64 * 1024 * 1024

#: Says how many bytes of an attachment HQ holds.
OFFSET_HEADER: Final = "upload-offset"
#: Says how many bytes the whole attachment has.
LENGTH_HEADER: Final = "upload-length"

_LEVEL: Final = 1
#: Most bytes of a short message.
_SHORT: Final = 16 * 1024
#: Bytes before each body of several.
_LENGTH: Final = 4

T = TypeVar("T")


class BadMessage(ValueError):
    """Bytes that are no message of this protocol; the text says what is wrong with them."""


class NewerMessage(BadMessage):
    """A message of a later version, of another shape than is known here."""


class WireEvent(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One event: its stored bytes and its personal values in the order of the core's field list.

    `digests` holds 32 bytes for each value that is null because it was erased; hashes and digests
    of texts are not sent, the receiver computes them. Bytes that are no event have no values
    and all their digests.
    """

    core: bytes
    values: tuple[str | None, ...] = ()
    digests: bytes = b""


class WireReceipt(msgspec.Struct, array_like=True, frozen=True):
    """HQ's countersignature of a chain at `seq`; `signed_at` in milliseconds since 1970 UTC."""

    seq: int
    head: bytes
    signed_at: int
    signature: bytes


class FeedRun(msgspec.Struct, array_like=True, frozen=True):
    """Events of one chain that follow each other, from `first_seq`; `prev` is the hash before.

    `receipt` is HQ's countersignature of the run's last event, so that nobody in between can
    change, leave out or add one. `gaps` says that the receiver gets only part of this chain.
    """

    chain: str
    first_seq: int
    prev: bytes
    events: tuple[WireEvent, ...]
    receipt: WireReceipt | None = None
    gaps: bool = False


class RefusedEvent(msgspec.Struct, array_like=True, frozen=True):
    """An event that HQ keeps on its chain but does not act on, and why."""

    seq: int
    code: str


class WireEnvelope(msgspec.Struct, array_like=True, frozen=True):
    """One envelope of phone approval on its way to one of its two devices.

    `lock` and `signature` over it go to the device that it may release, `secret` to the approver's;
    never both. Times in milliseconds since 1970 UTC, `cap` a decimal string in yuan.
    """

    number: int
    store: str
    device: str
    approver: str
    login: str
    name: str
    role: str
    cap: str
    issued_at: int
    expires_at: int
    nonce: bytes
    signature: bytes
    lock: str = ""
    secret: bytes = b""


class SyncRequest(msgspec.Struct, array_like=True, frozen=True):
    """One exchange, both ways.

    `seq` is the chain's last event, `acked` the last under a receipt that the device holds.
    `head` is the hash of the last event of this batch (of event `first_seq` - 1 when the batch is
    empty), signed by the device. `salts` maps the streams of the batch to their 16-byte salts,
    `cursor` each store of the scope to the last feed position taken over. `envelopes` is the
    highest envelope number that is kept here, -1 from a program that knows none.
    """

    version: int
    chain: str
    seq: int
    acked: int
    first_seq: int
    head: bytes
    signature: bytes
    at: int
    cursor: dict[str, int] = {}
    events: tuple[WireEvent, ...] = ()
    salts: dict[str, bytes] = {}
    want: int = MAX_EVENTS
    envelopes: int = -1


class SyncResponse(msgspec.Struct, array_like=True, frozen=True):
    """HQ's answer: what it holds of the chain, the receipt if that is news, and the feed.

    `at` is HQ's clock in milliseconds. `cursor` names only the stores that moved. `more` says that
    the feed has further events or envelopes.
    """

    version: int
    at: int
    acked: int
    receipt: WireReceipt | None = None
    refused: tuple[RefusedEvent, ...] = ()
    feed: tuple[FeedRun, ...] = ()
    salts: dict[str, bytes] = {}
    cursor: dict[str, int] = {}
    more: bool = False
    envelopes: tuple[WireEnvelope, ...] = ()


class EnrolRequest(msgspec.Struct, array_like=True, frozen=True):
    """A PC joins: the one-time code, its chain and public key, and proof that it has the key."""

    version: int
    code: str
    chain: str
    public_key: bytes
    signature: bytes
    name: str = ""


class EnrolResponse(msgspec.Struct, array_like=True, frozen=True):
    """What the PC keeps of HQ; `store` is a store's id or `region:NAME`.

    `letter` (A, B, …, Z, AA, …) is this device's alone in its store and stands in the numbers of
    its complaints.
    """

    version: int
    store: str
    store_name: str
    device: str
    token: str
    hq_key: bytes
    at: int
    letter: str = "A"


class ChainRequest(msgspec.Struct, array_like=True, frozen=True):
    """A device asks for its own chain after `after`, as HQ holds it; changes nothing."""

    version: int
    chain: str
    after: int


class ChainResponse(msgspec.Struct, array_like=True, frozen=True):
    """The next events of the chain that HQ holds up to `acked`; no run when there are none."""

    version: int
    acked: int
    run: FeedRun | None = None
    salts: dict[str, bytes] = {}


class RechainRequest(msgspec.Struct, array_like=True, frozen=True):
    """The device goes on under the chain `new`, since `old` is also written elsewhere.

    `signature` is by the device's key, which stays, over `rechain_message`.
    """

    version: int
    old: str
    new: str
    signature: bytes


class Problem(msgspec.Struct, array_like=True, frozen=True):
    """Why HQ refuses a request; the status says the class, `code` the reason."""

    code: str
    detail: str = ""


_encoder: Final = msgspec.msgpack.Encoder()


class _Codec(threading.local):
    """What a thread packs and unpacks short messages with: making it takes ten times as long.

    Long ones get one of their own, whose tables are given back at once.
    """

    def __init__(self) -> None:
        self.compressor = _compressor()
        self.decompressor = zstandard.ZstdDecompressor()


def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)


_codec: Final = _Codec()


def pack(message: msgspec.Struct) -> bytes:
    """Return the body of a message."""
    raw = _encoder.encode(message)
    compressor = _codec.compressor if len(raw) <= _SHORT else _compressor()
    return compressor.compress(raw)


def is_hq_chain(name: str) -> bool:
    """Tell whether a chain is headquarters' own: what stands on one is an order of theirs."""
    return name == "hq" or name.startswith("hq-")


def unpack(body: bytes, kind: type[T], limit: int = MAX_UNPACKED) -> T:
    """Return the message in `body`; raises BadMessage.

    The size that the frame announces is checked before a byte is decompressed, and a frame that
    holds more than it announces fails, so no body can fill the memory.
    """
    try:
        size = zstandard.get_frame_parameters(body).content_size
        if size == zstandard.CONTENTSIZE_UNKNOWN or size > limit:
            raise BadMessage("the body does not announce a size within the limit")
        decompressor = _codec.decompressor if size <= _SHORT else zstandard.ZstdDecompressor()
        raw = decompressor.decompress(body, max_output_size=limit, allow_extra_data=False)
        return msgspec.msgpack.decode(raw, type=kind)
    except zstandard.ZstdError as error:
        raise BadMessage(f"the body is no zstd frame: {error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        if _is_later(raw):
            raise NewerMessage(f"up to version {VERSION} is understood here") from error
        raise BadMessage(f"the body is no {kind.__name__}: {error}") from error


def _is_later(raw: bytes) -> bool:  # a short array that begins with its version
    return len(raw) > 1 and raw[0] & 0xF0 == 0x90 and VERSION < raw[1] < 0x80


def frame(body: bytes) -> bytes:
    """Return a body as one of several in a request to PUSH_PATH: 4 bytes of length, then it."""
    return len(body).to_bytes(4, "big") + body


class Frames:
    """Takes a request apart into bodies while it arrives."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Add what arrived; yield every body that is whole now. Raises BadMessage."""
        self._held += piece
        while len(self._held) >= _LENGTH:
            size = int.from_bytes(self._held[:_LENGTH], "big")
            if size > MAX_BODY:
                raise BadMessage(f"a batch has at most {MAX_BODY} bytes")
            if len(self._held) < _LENGTH + size:
                return
            yield bytes(self._held[_LENGTH : _LENGTH + size])
            del self._held[: _LENGTH + size]

    @property
    def broken_off(self) -> bool:
        """Whether the request ended inside a body."""
        return bool(self._held)


def wire_event(record: Record, values: Mapping[str, PersonalValue | None]) -> WireEvent:
    """Return an event as it is sent: texts as they are, digests where there is no text."""
    if not record.digests:
        return WireEvent(record.core)
    try:
        names = records.personal_fields(record.core)
    except records.TornRecord:
        return WireEvent(record.core, (), record.digests)
    found = [values.get(name) for name in names]
    texts = tuple(value if isinstance(value, str) else None for value in found)
    runs = digests.split(record.digests)
    kept = b"".join(run for text, run in zip(texts, runs, strict=True) if text is None)
    return WireEvent(record.core, texts, kept)


def milliseconds(moment: datetime) -> int:
    """Return an aware time as milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


def head_message(chain: str, seq: int, head: bytes) -> bytes:
    """Return what a device signs: its chain's head."""
    return f"amends/head/1\n{chain}\n{seq}\n".encode() + head


def enrol_message(code: str, chain: str) -> bytes:
    """Return what a device signs to prove at enrolment that it holds its key."""
    return f"amends/enrol/1\n{code}\n{chain}\n".encode()


def rechain_message(old: str, new: str) -> bytes:
    """Return what a device signs to go on under a new chain."""
    return f"amends/rechain/1\n{old}\n{new}\n".encode()


def receipt_message(chain: str, seq: int, head: bytes, signed_at: datetime) -> bytes:
    """Return what HQ signs: that it holds `chain` up to `seq`, whose hash is `head`."""
    return f"amends/receipt/1\n{chain}\n{seq}\n{milliseconds(signed_at)}\n".encode() + head


def sign(private_key: bytes, message: bytes) -> bytes:
    """Return the Ed25519 signature of `message` under a 32-byte private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(message)


def public_key(private_key: bytes) -> bytes:
    """Return the 32-byte public key that belongs to a private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` over `message` is by the holder of the public `key`."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_receipt(hq_key: bytes, receipt: Receipt) -> bool:
    """Tell whether HQ signed this receipt."""
    message = receipt_message(receipt.chain, receipt.seq, receipt.head, receipt.signed_at)
    return verify(hq_key, message, receipt.signature)
