"""Reads for verification: what is stored, whatever type or bytes tampering left in a column.

SQLite keeps any type in any column, and its `||` turns bytes into text; a check must name such
a row, not fail on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeGuard

from sqlalchemy import Column, ColumnElement, Connection, type_coerce
from sqlalchemy.types import NullType

#: Bytes that are no UTF-8 become lone surrogates, and bytes again.
_ESCAPES: Final = "surrogateescape"


@contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Let text that is no UTF-8 be read, its odd bytes as lone surrogates, while the block runs."""
    driver: Any = connection.connection.dbapi_connection
    before = driver.text_factory
    driver.text_factory = _text
    try:
        yield
    finally:
        driver.text_factory = before


def raw(*columns: Column[Any]) -> tuple[ColumnElement[Any], ...]:
    """Return the columns under their names, to be read as the driver gives them."""
    return tuple(type_coerce(column, NullType()).label(column.name) for column in columns)


def as_bytes(value: object) -> bytes:
    """Return the bytes of a stored value of any type."""
    return value if isinstance(value, bytes) else str(value).encode(errors=_ESCAPES)


def is_text(value: object) -> TypeGuard[str]:
    """Tell whether a stored value is text in UTF-8."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def as_text(value: object) -> str:
    """Return a stored value as text that can be printed; unlike any honest one if it was none."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    return repr(value)


def _text(stored: bytes) -> str:
    return stored.decode(errors=_ESCAPES)
