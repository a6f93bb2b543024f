"""Compensations that wait for an approver: the facts on one card, approve or refuse (CO-04)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from sync.hq.people import User
from sync.hq.web.core import Denied, form_of, language, page, pages_of, user_of, worded

routes: Final = APIRouter()


@routes.get("/approvals")
async def approvals(request: Request) -> Response:
    """List what waits for an approver."""
    user = await user_of(request, "approvals")
    return await _show(request, user)


@routes.post("/approvals")
async def answer(request: Request) -> Response:
    """Approve or refuse an item."""
    pages = pages_of(request)
    user, form, _ = await form_of(request, "approvals")
    if form.get("answer") not in ("approve", "refuse"):
        raise Denied(400, "unreadable")
    approved = form["answer"] == "approve"
    refusal = await run_in_threadpool(
        pages.approvals.answer,
        user,
        form.get("stream", ""),
        form.get("item", ""),
        approved,
        form.get("reason", ""),
    )
    done = "" if refusal else ("approved" if approved else "refused")
    return await _show(request, user, worded(refusal, language(request)), done)


async def _show(
    request: Request, user: User, refusal: str | None = None, done: str = ""
) -> Response:
    approvals = pages_of(request).approvals
    waiting = await run_in_threadpool(approvals.waiting, user)
    total = await run_in_threadpool(approvals.count, user)
    return page(
        request, "approvals", 409 if refusal else 200, user=user, waiting=waiting, total=total,
        refusal=refusal, done=done,
    )  # fmt: skip
