"""Policy publishing: upload, check, simulate on last month, compare, sign, send to every store."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from desktop.policy.signing import PackRefused, SignedPack
from sync.hq import access, pack_diff, pack_upload, store_facts
from sync.hq.publishing import SIMULATED_DAYS, SIMULATED_MOST, NotPublished
from sync.hq.web.core import Denied, form_of, not_for, page, pages_of, reading, redirect, user_of

#: So many complaints that would differ are listed one by one.
_LISTED: Final = 50

routes: Final = APIRouter()


@routes.get("/policy")
async def packs(request: Request) -> Response:
    """List published packs and drafts."""
    return await _list(request)


@routes.post("/policy")
async def upload(request: Request) -> Response:
    """Check an uploaded pack; keep it as a draft when nothing is wrong with it."""
    user, _, content = await form_of(request, "policy", pack_upload.UPLOAD_BYTES)
    if not access.may_publish(user):
        raise not_for(user)
    checked = await run_in_threadpool(pack_upload.check, content)
    if checked.policy is None:
        return await _list(request, 422, problems=checked.problems)
    made = await run_in_threadpool(pages_of(request).publishing.keep, user.id, checked)
    return redirect(request, f"/policy/{made}")


@routes.get("/policy/{pack}")
async def pack_page(request: Request, pack: str) -> Response:
    """Show one pack: what differs, what it would have changed last month."""
    return await _show(request, pack)


@routes.post("/policy/{pack}/simulate")
async def simulate(request: Request, pack: str) -> Response:
    """Replay last month's complaints under a draft."""
    await form_of(request, "policy")
    publishing = pages_of(request).publishing
    row = await run_in_threadpool(publishing.draft, pack)
    if row is None:
        raise Denied(404, "not_found")
    done = await run_in_threadpool(publishing.simulate, row)
    if isinstance(done, NotPublished):
        return await _show(request, pack, done)
    return redirect(request, f"/policy/{pack}")


@routes.post("/policy/{pack}/publish")
async def publish(request: Request, pack: str) -> Response:
    """Sign a draft with HQ's key and send it to every store."""
    user, _, _ = await form_of(request, "policy")
    if not access.may_publish(user):
        raise not_for(user)
    done = await run_in_threadpool(pages_of(request).publishing.publish, user.id, pack)
    if not isinstance(done, SignedPack):
        return await _show(request, pack, done)
    return redirect(request, f"/policy/{pack}")


@routes.post("/policy/{pack}/discard")
async def discard(request: Request, pack: str) -> Response:
    """Forget a draft."""
    user, _, _ = await form_of(request, "policy")
    if not access.may_publish(user):
        raise not_for(user)
    await run_in_threadpool(pages_of(request).publishing.discard, user.id, pack)
    return redirect(request, "/policy")


async def _list(request: Request, status: int = 200, problems: object = ()) -> Response:
    user = await user_of(request, "policy")
    publishing = pages_of(request).publishing
    found = await run_in_threadpool(publishing.all)
    current = await run_in_threadpool(publishing.policies.current)
    told = await reading(request, lambda c: store_facts.pack_outcomes(c, user))
    return page(
        request, "policy", status, user=user, packs=found, current=current, problems=problems,
        may_publish=access.may_publish(user), refusals=[o for o in told if o.reason],
        listed=_LISTED,
    )  # fmt: skip


async def _show(
    request: Request, pack: str, refused: PackRefused | NotPublished | None = None
) -> Response:
    user = await user_of(request, "policy")
    publishing = pages_of(request).publishing
    row = await run_in_threadpool(publishing.draft, pack)
    if row is None:
        raise Denied(404, "not_found")
    changes = await run_in_threadpool(publishing.changes, row)
    told = await reading(request, lambda c: store_facts.pack_outcomes(c, user, row.version))
    return page(
        request, "policy_pack", 409 if refused else 200, user=user, pack=row, changes=changes,
        most=pack_diff.MOST, refused=refused, may_publish=access.may_publish(user),
        days=SIMULATED_DAYS, limit=SIMULATED_MOST, listed=_LISTED,
        taken=sum(not o.reason for o in told), refusals=[o for o in told if o.reason],
    )  # fmt: skip
