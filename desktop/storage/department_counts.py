"""Counts the figures of departments over facts, inside the database (AN-14, AN-17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, text

from desktop.domain.analytics.departments import (
    RESPONSE_SECONDS,
    RETURN_DAYS,
    RETURNS,
    DepartmentCounts,
)
from desktop.services.reporting_ports import Stores

_TECHNICAL: Final = text("""
WITH c AS MATERIALIZED (
    SELECT CAST(facts AS TEXT) AS f FROM report_case WHERE code IN :codes AND store IN :stores
        AND first_day < :until AND last_day >= :since)
SELECT count(*), coalesce(sum(f ->> '$.solved' = f ->> '$.opened'
        AND f ->> '$.transfers' = 0 AND f ->> '$.reopened' = 0), 0)
FROM c WHERE f ->> '$.solved' >= :since AND f ->> '$.solved' < :until AND NOT f ->> '$.duplicate'
""").bindparams(bindparam("stores", expanding=True), bindparam("codes", expanding=True))
_RETURNS: Final = text("""
WITH c AS MATERIALIZED (
    SELECT opened, CAST(facts AS TEXT) AS f FROM report_case
    WHERE store IN :stores
        AND first_day < :until AND last_day >= :since
        AND (instr(facts, :first) OR instr(facts, :second))),
d AS MATERIALIZED (
    SELECT opened, (SELECT min(m.value ->> '$.day') FROM json_each(f, '$.money') m
        WHERE m.value ->> '$.instrument' IN :kinds) AS day
    FROM c WHERE NOT f ->> '$.duplicate'),
n AS (SELECT CAST(julianday(day) - julianday(opened) AS INTEGER) AS days
    FROM d WHERE day >= :since AND day < :until)
SELECT count(*), coalesce(sum(days <= :most), 0), coalesce(sum(days), 0) FROM n
""").bindparams(bindparam("stores", expanding=True), bindparam("kinds", expanding=True))
_ANSWERED: Final = text("""
WITH c AS MATERIALIZED (
    SELECT CAST(facts AS TEXT) AS f FROM report_case
    WHERE store IN :stores AND opened >= :since AND opened < :until)
SELECT f ->> '$.level', count(*), coalesce(sum(f ->> '$.response_s' <= :most), 0)
FROM c WHERE NOT f ->> '$.duplicate' GROUP BY 1 ORDER BY 1
""").bindparams(bindparam("stores", expanding=True))


def counts(
    connection: Connection, stores: Stores, since: date, until: date, technical: Sequence[str]
) -> DepartmentCounts:
    """Return the counts over [since, until), equal to the rules of `domain.analytics.departments`.

    `technical` are the codes whose class is technical.
    """
    place = _place(stores, since, until)
    found = connection.execute(_TECHNICAL, {**place, "codes": list(technical)}).one()
    first, second = (f'"instrument":"{kind}"'.encode() for kind in RETURNS)
    asked = {"kinds": list(RETURNS), "first": first, "second": second, "most": RETURN_DAYS}
    returned = connection.execute(_RETURNS, {**place, **asked}).one()
    return DepartmentCounts(*found, *returned)


def answered(
    connection: Connection, stores: Stores, since: date, until: date
) -> Mapping[int, tuple[int, int]]:
    """Return by level how many complaints came in [since, until), and those answered in time."""
    asked = {**_place(stores, since, until), "most": RESPONSE_SECONDS}
    return {level: (n, met) for level, n, met in connection.execute(_ANSWERED, asked)}


def _place(stores: Stores, since: date, until: date) -> dict[str, Any]:
    return {"stores": sorted(stores), "since": since.isoformat(), "until": until.isoformat()}
