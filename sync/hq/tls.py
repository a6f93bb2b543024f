"""A certificate for development and small networks, made by the program itself.

It vouches for itself only: each store PC is given its public part (cert.pem) and trusts that and
nothing else. In production HQ is given a certificate of a known authority.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER: Final = "tls"
CERTIFICATE: Final = "cert.pem"
KEY: Final = "key.pem"
#: Browsers refuse longer ones.
LIFE: Final = timedelta(days=397)
_OWN: Final = ("localhost", "127.0.0.1", "::1")


class TlsFault(Exception):
    """The certificate cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Where a certificate and its private key are."""

    certificate: Path
    key: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as people compare it."""
        return self._loaded().fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def expires(self) -> datetime:
        """When it ends to be valid."""
        return self._loaded().not_valid_after_utc

    def _loaded(self) -> x509.Certificate:
        try:
            return x509.load_pem_x509_certificate(self.certificate.read_bytes())
        except (OSError, ValueError) as error:
            raise TlsFault(f"{self.certificate} is no certificate: {error}") from error


def given(certificate: Path, key: Path, now: datetime) -> Pair:
    """Return a certificate that was made elsewhere; raises TlsFault for one that is no use."""
    pair = Pair(certificate, key)
    if pair.expires <= now:
        raise TlsFault(f"{certificate} expired on {pair.expires:%Y-%m-%d}: renew it")
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise TlsFault(f"{key} is no private key without password: {error}") from error
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    certified = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    if private.public_key().public_bytes(*form) != certified.public_bytes(*form):
        raise TlsFault(f"{key} does not belong to {certificate}")
    return pair


def load_or_make(data: Path, names: Sequence[str], now: datetime) -> Pair:
    """Return the certificate in `data`, made at the first call or when it has expired."""
    pair = Pair(data / FOLDER / CERTIFICATE, data / FOLDER / KEY)
    if pair.certificate.exists() and pair.key.exists() and pair.expires > now:
        return pair
    return make(data, names, now)


def make(data: Path, names: Sequence[str], now: datetime) -> Pair:
    """Make a new certificate for these names and addresses, and this machine's own."""
    folder = data / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(key, list(dict.fromkeys((*names, *_OWN))), now)
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        _write(folder / KEY, secret, 0o600)
        _write(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    except OSError as error:
        raise TlsFault(f"no certificate can be made in {folder}: {error.strerror}") from error
    return Pair(folder / CERTIFICATE, folder / KEY)


def _certificate(
    key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Amends HQ")])
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(days=1))
        .not_valid_after(now.astimezone(UTC) + LIFE)
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return made.sign(key, hashes.SHA256())


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _write(path: Path, content: bytes, mode: int) -> None:
    """Replace a file whole; nobody else reads the key for a moment."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
