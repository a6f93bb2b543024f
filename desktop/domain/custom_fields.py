"""Fields that the company adds (自定义字段, CF-01): checked against the pack, kept beside ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from desktop.domain.choosing import CustomField, FieldPlace
from desktop.domain.events import JsonValue
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState

#: Their registers carry this before the field's id, so that none can be taken for one of ours.
PREFIX: Final = "custom:"
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_LONGEST: Final = 2000


def of_policy(policy: Policy) -> Mapping[str, CustomField]:
    """Return the fields that the pack declares, by id."""
    return {field.id: field for field in policy.custom_fields}


def values_of(state: TicketState, policy: Policy) -> dict[str, str | bool]:
    """Return what was entered, by the field's id, in the pack's order; absent values are left out.

    Numbers are decimal strings, dates ISO 8601, choices their id.
    """
    found: dict[str, str | bool] = {}
    for field in policy.custom_fields:
        value = state.value(PREFIX + field.id)
        if isinstance(value, bool) or (isinstance(value, str) and value):
            found[field.id] = value
    return found


def shown_in(
    state: TicketState, policy: Policy, place: FieldPlace
) -> tuple[tuple[CustomField, str | bool], ...]:
    """Return the fields that the pack shows in `place` and that have a value."""
    values = values_of(state, policy)
    return tuple(
        (field, values[field.id])
        for field in policy.custom_fields
        if place in field.shown and field.id in values
    )


def search_words(state: TicketState, policy: Policy) -> tuple[str, ...]:
    """Return the words by which fields that are shown in search find a ticket."""
    words: list[str] = []
    for field, value in shown_in(state, policy, "search"):
        if field.kind == "choice" and isinstance(value, str):
            words.extend(field.choices.get(value, {}).values())
        elif isinstance(value, str):
            words.append(value)
    return tuple(words)


def checked(
    entered: Mapping[str, str | int | bool], policy: Policy, missing: bool
) -> tuple[dict[str, JsonValue], dict[str, str]] | Refusal:
    """Return what to keep, as plain and as personal values by register, or what is wrong.

    Free text may name people, so it is personal; the other kinds are plain. With `missing`, a
    required field of the intake that nobody filled in is refused; an emptied one always is.
    """
    plain: dict[str, JsonValue] = {}
    personal: dict[str, str] = {}
    known = of_policy(policy)
    for name, field in known.items():
        if name not in entered or not str(entered[name]).strip():
            asked = field.required and (name in entered or (missing and "intake" in field.shown))
            if asked:
                return Refusal("custom_missing", {"field": dict(field.label)})
            if name not in entered:
                continue
        value = _value(field, entered[name])
        if isinstance(value, Refusal):
            return value
        if field.kind == "text":
            personal[PREFIX + name] = str(value)
        else:
            plain[PREFIX + name] = value
    return plain, personal


def _value(field: CustomField, entered: str | int | bool) -> str | bool | Refusal:
    if field.kind == "yes_no":
        return entered if isinstance(entered, bool) or entered == "" else _wrong(field, entered)
    if isinstance(entered, bool):
        return _wrong(field, entered)
    text = str(entered).strip()
    if not text:
        return ""
    fits = {
        "text": len(text) <= _LONGEST,
        "choice": text in field.choices,
        "number": _is_number(text),
        "date": _is_date(text),
    }
    return text if fits[field.kind] else _wrong(field, entered)


def _is_number(text: str) -> bool:
    try:
        return bool(_NUMBER.fullmatch(text)) and Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wrong(field: CustomField, entered: object) -> Refusal:
    label, value = dict(field.label), str(entered)
    if field.kind == "text":
        return Refusal("custom_text", {"field": label})
    if field.kind == "number":
        return Refusal("custom_number", {"field": label, "value": value})
    if field.kind == "date":
        return Refusal("custom_date", {"field": label, "value": value})
    if field.kind == "choice":
        return Refusal("custom_choice", {"field": label, "value": value})
    return Refusal("custom_yes_no", {"field": label})
