"""Reads the code on our own paper form; every other code on the page is ignored."""

from __future__ import annotations

import cv2
import zxingcpp

from desktop.domain.form_template import FormCode, parse_form_code
from ocr.engines.base import Image

_SIDE = 2000


def find_form_codes(image: Image) -> tuple[FormCode, ...]:
    """Return what the QR codes of ours on a page say (form, store, serial), each one once.

    Whether a code's signature is the store's own is judged where the store's key is known.
    """
    scale = min(1.0, _SIDE / max(image.shape[:2]))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = zxingcpp.read_barcodes(
        small, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    codes = (parse_form_code(barcode.text) for barcode in found)
    return tuple(dict.fromkeys(code for code in codes if code is not None))
