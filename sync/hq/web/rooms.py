"""Every page of HQ, one room a file."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends

from sync.hq.web.approvals import routes as approvals
from sync.hq.web.assets import routes as assets
from sync.hq.web.attention import routes as attention
from sync.hq.web.audit import routes as audit
from sync.hq.web.core import readable
from sync.hq.web.enrolment import routes as enrolment
from sync.hq.web.envelopes import routes as envelopes
from sync.hq.web.login import routes as login
from sync.hq.web.outlook import routes as outlook
from sync.hq.web.people import routes as people
from sync.hq.web.policy import routes as policy
from sync.hq.web.reconciliation import routes as reconciliation
from sync.hq.web.staff import routes as staff
from sync.hq.web.stores import routes as stores
from sync.hq.web.verification import routes as verification

routes: Final = APIRouter(include_in_schema=False, dependencies=[Depends(readable)])
for _room in (
    assets,
    login,
    stores,
    approvals,
    attention,
    outlook,
    reconciliation,
    enrolment,
    envelopes,
    policy,
    staff,
    people,
    audit,
    verification,
):
    routes.include_router(_room)
