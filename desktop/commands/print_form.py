"""`amends print-form`: blank paper complaint forms and where their fields are."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import click
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.reports.seal import encode

KEY_FILE: Final = "form-signing-key.pem"
SERIAL_FILE: Final = "form-next-serial.txt"
_LAST_SERIAL: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class FormKey:
    """An Ed25519 key that signs forms; its id is a short hash of the public key."""

    private: Ed25519PrivateKey

    @property
    def key_id(self) -> str:
        """Return six characters that name the public key."""
        raw = self.private.public_key().public_bytes_raw()
        return encode(hashlib.sha256(raw).digest())[:6]

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`."""
        return self.private.sign(data)


@dataclass(frozen=True, slots=True)
class _Order:
    """What to print: how many sheets, in which languages, for which store, from which number."""

    count: int
    variant: Literal["zh", "bilingual"]
    store: str
    first_serial: int | None


@click.command("print-form")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--layout", type=click.Path(dir_okay=False, path_type=Path), help="Fields as JSON.")
@click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.option("--variant", type=click.Choice(["zh", "bilingual"]), default="zh", show_default=True)
@click.option("--store", default="S0217", show_default=True, help="Code of the store.")
@click.option("--first-serial", type=click.IntRange(1, _LAST_SERIAL), help="First serial number.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where this PC keeps its data: the signing key and the next serial stay there.",
)
@click.pass_context
def print_form(
    ctx: click.Context,
    out: Path,
    layout: Path | None,
    count: int,
    variant: str,
    store: str,
    first_serial: int | None,
    data: Path | None,
) -> None:
    """Print blank paper complaint forms, serial-numbered and signed.

    \b
    Example:
      amends print-form --out FORM.pdf --layout LAYOUT.json --count 20 --data ./store

    Exit codes: 0 printed, 2 wrong use, 3 a file cannot be read or written.
    """
    order = _Order(count, "zh" if variant == "zh" else "bilingual", store, first_serial)
    try:
        _print(order, out, layout, data or _data_of_program(ctx))
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        click.echo(f"amends print-form: {reason}; choose a folder you can write to", err=True)
        raise SystemExit(3) from error


def _print(order: _Order, out: Path, layout: Path | None, data: Path | None) -> None:
    """Write the sheets and their layout; raises OSError and usage errors."""
    from desktop.reports.paper_form import form_layout, render_forms, store_complaint_template

    key = _signing_key(data)
    first = _first_serial(order.first_serial, data)
    if first + order.count - 1 > _LAST_SERIAL:
        raise click.UsageError(f"serials end at {_LAST_SERIAL}; choose a lower --first-serial")
    template = store_complaint_template()
    numbers = range(first, first + order.count)
    try:
        pdf = render_forms(template, numbers, order.store, order.variant, key)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if data is not None:
        # The number is used up before the sheet exists: a gap is harmless, a twin is not.
        _keep_next_serial(data, first + order.count)
    _write(out, pdf)
    if layout is not None:
        entries = form_layout(template, order.count)
        _write(layout, (json.dumps(entries, ensure_ascii=False, indent=1) + "\n").encode())


def _data_of_program(ctx: click.Context) -> Path | None:
    """Return the folder given to the program itself, `amends --data DIR print-form`."""
    given = ctx.parent.params.get("data") if ctx.parent else None
    return Path(given) if given else None


def _signing_key(data: Path | None) -> FormKey:
    """Return the store's key; made on first use, and for this run only where nothing is kept.

    Raises OSError when the folder cannot be used, and a usage error for a file that is no key.
    """
    if data is None:
        click.echo("signed with a key of this run only; give --data DIR to keep one", err=True)
        return FormKey(Ed25519PrivateKey.generate())
    file = data / KEY_FILE
    if file.exists():
        try:
            private = serialization.load_pem_private_key(file.read_bytes(), password=None)
        except ValueError as error:
            raise click.UsageError(f"{file} holds no key; restore it from a backup") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise click.UsageError(f"{file} holds no Ed25519 key; restore it from a backup")
        return FormKey(private)
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    data.mkdir(parents=True, exist_ok=True)
    _write(file, pem, mode=0o600)
    return FormKey(private)


def _first_serial(asked: int | None, data: Path | None) -> int:
    """Return where to start: the kept number, or a random one so that two PCs hardly ever meet.

    A number asked for must lie above those already printed; it also repairs a damaged file.
    """
    kept = _kept_serial(data)
    if kept == 0 and asked is None:
        raise click.UsageError(
            f"{SERIAL_FILE} is damaged; give --first-serial above the last sheet printed"
        )
    if asked is None:
        return kept or 1 + secrets.randbelow(_LAST_SERIAL - 1_000_000)
    if kept and asked < kept:
        raise click.UsageError(f"sheets below {kept} are printed already; leave out --first-serial")
    return asked


def _kept_serial(data: Path | None) -> int | None:
    """Return the next serial of this PC, None where none is kept, 0 where it is damaged."""
    if data is None or not (data / SERIAL_FILE).exists():
        return None
    text = (data / SERIAL_FILE).read_text(encoding="ascii", errors="replace").strip()
    return int(text) if text.isdigit() and int(text) <= _LAST_SERIAL + 1 else 0


def _keep_next_serial(data: Path, number: int) -> None:
    _write(data / SERIAL_FILE, f"{number}\n".encode())


def _write(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Replace `file` in one step, so that a crash leaves the old one or the new one."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        # The person knows the file asked for, not the temporary one beside it.
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        part.unlink(missing_ok=True)
