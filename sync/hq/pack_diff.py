"""What differs between two policy packs, value by value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: So many differences are listed; a person reads no more.
MOST: Final = 400
_SHOWN: Final = 160
#: What names a row of a list, so that an inserted row does not shift all that follow.
_NAMES: Final = ("id", "name", "code", "key", "row", "date")


@dataclass(frozen=True, slots=True)
class Change:
    """One value; empty text where that pack has none."""

    file: str
    place: str
    before: str
    after: str


def diff(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Change, ...]:
    """Return the differences in file order, at most MOST."""
    found: list[Change] = []
    for file in sorted(before.keys() | after.keys()):
        for change in _walk(file, "", before.get(file), after.get(file)):
            found.append(change)
            if len(found) == MOST:
                return tuple(found)
    return tuple(found)


def _walk(file: str, place: str, before: object, after: object) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _walk(file, f"{place}.{key}".lstrip("."), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        old, new = _rows(before), _rows(after)
        for name in dict.fromkeys([*old, *new]):
            yield from _walk(file, f"{place}[{name}]", old.get(name), new.get(name))
    else:
        yield Change(file, place, _text(before), _text(after))


def _rows(rows: Sequence[object]) -> dict[str, object]:
    """Return rows by what names them, by their place when nothing does so uniquely."""
    for name in _NAMES:
        keys = [str(row[name]) for row in rows if isinstance(row, dict) and name in row]
        if len(keys) == len(rows) == len(set(keys)):
            return dict(zip(keys, rows, strict=True))
    return {str(at): row for at, row in enumerate(rows)}


def _text(value: object) -> str:
    if value is None:
        return ""
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
