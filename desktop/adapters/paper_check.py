"""Checks a printed document offline: its code's signature, and the page beside the signed facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desktop.pdf_pages import PDFIUM
from desktop.reports.printed import Compared, Piece, compare
from desktop.reports.seal import SealedFacts, decode, read_payload, verify_payload
from desktop.texts import Texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: A PDF's pages are drawn at this many dots an inch to find the code.
DPI: Final = 200
#: Pages on which figures are looked for; signed ones stand on the first.
MOST_PAGES: Final = 3
#: Lines of writing at least so long, in pixels, tell how a page slants.
_LONG_LINE: Final = 60
#: Fewer characters than this on a PDF's pages mean that it is a scan.
_TEXT_LEAST: Final = 40

Seal = Literal["verified", "forged", "unknown", "none"]


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """What was found: the seal, the key's short name, the kind of document, facts compared."""

    seal: Seal
    key_id: str
    document: str
    compared: tuple[Compared, ...]

    @property
    def altered(self) -> bool:
        """Whether the code is forged or a fact differs from the page."""
        return self.seal == "forged" or any(c.state == "different" for c in self.compared)


def check_paper(path: Path, keys: Mapping[str, bytes], texts: Texts) -> PaperCheck:
    """Check a PDF or a picture of a document; raises ValueError when it cannot be opened.

    `keys` are the public keys (32 bytes) known here by their short names.
    """
    pages, pieces = _read(path)
    found = next((code for page in pages for code in _codes(page)), None)
    if found is None:
        return PaperCheck("none", "", "", ())
    payload, turns = found
    facts = read_payload(payload)
    if not isinstance(facts, SealedFacts):
        return PaperCheck("forged", "", "", ())
    seal: Seal = "unknown"
    if facts.key_id in keys:
        public = Ed25519PublicKey.from_public_bytes(keys[facts.key_id])
        checked = verify_payload(payload, public)
        seal = "verified" if isinstance(checked, SealedFacts) else "forged"
    if seal == "forged":
        # What such a code says is nobody's word: comparing it with the page would lend it weight.
        return PaperCheck(seal, facts.key_id, facts.document, ())
    if pieces is None:
        pieces = _written([_upright(page, turns) for page in pages])
    compared = compare(facts.document, facts.facts, pieces, texts)
    return PaperCheck(seal, facts.key_id, facts.document, tuple(compared))


def key_of(text: str) -> dict[str, bytes]:
    """Return a public key given as hex or base64url; raises ValueError for anything else."""
    from desktop.adapters.device_signer import key_name

    raw = bytes.fromhex(text) if len(text) == 64 else decode(text)
    if len(raw) != 32:
        raise ValueError("a public key has 32 bytes")
    return {key_name(raw): raw}


def _read(path: Path) -> tuple[list[NDArray[np.uint8]], list[Piece] | None]:
    """Return the pages as RGB pictures, and the text where the file has some."""
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    if path.suffix.lower() == ".pdf":
        return _pdf(path)
    try:
        with Image.open(path) as picture:
            frames = [
                np.asarray(ImageOps.exif_transpose(frame).convert("RGB"))
                for frame in list(ImageSequence.Iterator(picture))[:MOST_PAGES]
            ]
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    return frames, None


def _pdf(path: Path) -> tuple[list[NDArray[np.uint8]], list[Piece] | None]:
    with PDFIUM:
        return _pdf_pages(path)


def _pdf_pages(path: Path) -> tuple[list[NDArray[np.uint8]], list[Piece] | None]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"{path.name}: {error}") from error
    try:
        pages: list[Any] = []
        pieces: list[Piece] = []
        for number, page in enumerate(document, start=1):
            if number > MOST_PAGES:
                break
            pages.append(page.render(scale=DPI / 72, rev_byteorder=True).to_numpy()[:, :, :3])
            pieces += _pieces(page, number)
        has_text = sum(len(piece.text) for piece in pieces) >= _TEXT_LEAST
        return pages, pieces if has_text else None
    finally:
        document.close()


def _pieces(page: Any, number: int) -> list[Piece]:
    height = page.get_height()
    text = page.get_textpage()
    found = []
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        words = text.get_text_bounded(left - 0.5, bottom - 0.5, right + 0.5, top + 0.5).strip()
        if words:
            found.append(Piece(words, left, height - top, right, height - bottom, number))
    return found


def _codes(page: NDArray[np.uint8]) -> Sequence[tuple[str, int]]:
    """Return our codes on a page with the quarter turns clockwise that they lie at."""
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(page, formats=wanted)
    return [(code.text, _turns(code)) for code in found if code.text.startswith("AM1.")]


def _turns(code: Any) -> int:
    """Return how many quarter turns clockwise a code, and so its page, lies turned."""
    left, right = code.position.top_left, code.position.top_right
    return round(math.atan2(right.y - left.y, right.x - left.x) / (math.pi / 2)) % 4


def _upright(page: NDArray[np.uint8], turns: int) -> NDArray[np.uint8]:
    import numpy as np

    return np.ascontiguousarray(np.rot90(page, turns))


def _written(pages: Sequence[NDArray[np.uint8]]) -> list[Piece]:
    """Read the pages by OCR, line by line."""
    from ocr.engines.fallback import default_engine

    engine = default_engine()
    found = []
    for number, page in enumerate(pages, start=1):
        quads = engine.detect(page)
        readings = engine.recognise([_line(page, quad) for quad in quads])
        for quad, reading in zip(_level(quads), readings, strict=True):
            if reading.text:
                (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
                box = (float(left), float(top), float(right), float(bottom))
                found.append(Piece(reading.text, *box, number))
    return found


def _level(quads: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Turn the places of lines by the page's slant, so that what stands side by side is level.

    A page of a few degrees' slant would otherwise pair a label with the number of the next row.
    """
    import numpy as np

    ways = [quad[1] - quad[0] for quad in quads]
    long = [math.atan2(y, x) for x, y in ways if math.hypot(x, y) >= _LONG_LINE]
    angle = float(np.median(long)) if long else 0.0
    turn = np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], np.float32
    )
    return [quad @ turn for quad in quads]


def _line(page: NDArray[np.uint8], quad: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Cut one line of writing out of a page, levelled."""
    import cv2
    import numpy as np

    width = max(round(float(np.linalg.norm(quad[1] - quad[0]))), 1)
    height = max(round(float(np.linalg.norm(quad[3] - quad[0]))), 1)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    way = cv2.getPerspectiveTransform(quad.astype(np.float32), flat)
    cut = cv2.warpPerspective(page, way, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, dtype=np.uint8)
