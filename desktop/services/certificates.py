"""Headquarters' own certificate (总部证书): the only one that this PC trusts once it is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from desktop.domain.outcomes import Refusal
from desktop.services.ports import Settings

#: The setting that holds it (PEM); empty where the authorities that the system knows are trusted.
CERTIFICATE: Final = "hq_certificate"
#: A certificate has a few KiB.
_MOST_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """What people compare with headquarters: SHA-256 in pairs of digits, first and last moment."""

    fingerprint: str
    begins: datetime
    expires: datetime


def trust(settings: Settings, path: Path) -> TrustedCertificate | Refusal:
    """Trust the certificate in a PEM file and no other from now on; raises OSError."""
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES)
    read = _read(content)
    if read is None:
        return Refusal("no_certificate", {"name": path.name})
    settings.set(CERTIFICATE, content.decode("ascii", errors="replace"))
    return read


def trusted(settings: Settings) -> TrustedCertificate | None:
    """Return the certificate that alone is trusted, None where there is none."""
    pem = settings.get(CERTIFICATE)
    return _read(pem.encode()) if pem else None


def trust_authorities(settings: Settings) -> None:
    """Trust again what this PC's system trusts."""
    settings.set(CERTIFICATE, "")


def _read(pem: bytes) -> TrustedCertificate | None:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        found = x509.load_pem_x509_certificate(pem)
    except ValueError:
        return None
    shown = found.fingerprint(SHA256()).hex(":").upper()
    return TrustedCertificate(shown, found.not_valid_before_utc, found.not_valid_after_utc)
