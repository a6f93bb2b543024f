"""The HTTP door for devices: bounded bodies in, one answer out, every refusal a clear Problem."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from typing import Any, Final, TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from sync import protocol
from sync.hq import pushes
from sync.hq.attachments import AttachmentStore, Progress, WrongChunk
from sync.hq.enrolment import Device
from sync.hq.exchange import Exchange

_log = logging.getLogger(__name__)

_STATUS: Final = {
    "bad_request": 400,
    "revoked": 401,
    "refused": 403,
    "other_store": 403,
    "wrong_code": 403,
    "not_found": 404,
    "fork": 409,
    "wrong_offset": 409,
    "too_large": 413,
    "wrong_hash": 422,
    "version": 426,
}
_EXCHANGE: Final = ("http", protocol.SYNC_PATH, "POST")
_SCHEMA: Final = "#/components/schemas/{name}"
_ATTACHMENT: Final = protocol.ATTACHMENT_PATH + "{sha256}"
_LONGEST_CHUNK: Final = protocol.CHUNK_BYTES
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_RANGE: Final = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")

T = TypeVar(
    "T",
    protocol.SyncRequest,
    protocol.EnrolRequest,
    protocol.ChainRequest,
    protocol.RechainRequest,
)


def _documented(kind: type, answer: type) -> dict[str, Any]:
    """Return the OpenAPI part of a route, with references to its messages."""

    def content(named: type) -> dict[str, Any]:
        schema = {"$ref": _SCHEMA.format(name=named.__name__)}
        return {"content": {protocol.MEDIA_TYPE: {"schema": schema}}}

    return {
        "requestBody": {"required": True, **content(kind)},
        "responses": {
            "200": {"description": "One zstd frame of one msgpack array", **content(answer)},
            "default": {"description": "Why HQ refuses", **content(protocol.Problem)},
        },
    }


routes: Final = APIRouter()


def _exchange(request: Request) -> Exchange:
    """Return what the application was made with."""
    exchange: Exchange = request.app.state.exchange
    return exchange


def _attachments(request: Request) -> AttachmentStore:
    found: AttachmentStore = request.app.state.attachments
    return found


@routes.post(
    protocol.SYNC_PATH, openapi_extra=_documented(protocol.SyncRequest, protocol.SyncResponse)
)
async def sync(request: Request) -> Response:
    """Exchange events both ways: the batch up, a receipt and the feed down."""
    exchange = _exchange(request)
    body = await _message(request, protocol.SyncRequest)
    if isinstance(body, protocol.Problem):
        return _answer(body)
    return _answer(await run_in_threadpool(exchange.sync, _token(request), body))


class Direct:
    """ASGI middleware that hands exchanges to their route at once.

    Most requests are trips without news: finding the route and its dependencies would take as long
    as the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._route = next(found for found in routes.routes if _is_exchange(found))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an exchange, or leave the request to the application."""
        if (scope["type"], scope.get("path"), scope.get("method")) != _EXCHANGE:
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route
        answer = await sync(Request(scope, receive, send))
        await answer(scope, receive, send)


def _is_exchange(route: BaseRoute) -> bool:
    return isinstance(route, APIRoute) and route.endpoint is sync


@routes.post(
    protocol.PUSH_PATH, openapi_extra=_documented(protocol.SyncRequest, protocol.SyncResponse)
)
async def push(request: Request) -> Response:
    """Take several batches, each preceded by 4 bytes of length; one answer after the last.

    Each batch is durable by itself: after a cut the device goes on where HQ stands.
    """
    stream = pushes.Push(_exchange(request), _token(request))
    return _answer(await stream.take(request.stream()))


@routes.post(
    protocol.ENROL_PATH,
    openapi_extra=_documented(protocol.EnrolRequest, protocol.EnrolResponse),
)
async def enrol(request: Request) -> Response:
    """Join a PC by a one-time code."""
    exchange = _exchange(request)
    body = await _message(request, protocol.EnrolRequest)
    if isinstance(body, protocol.Problem):
        return _answer(body)
    return _answer(await run_in_threadpool(exchange.enrol, body))


@routes.post(
    protocol.CHAIN_PATH, openapi_extra=_documented(protocol.ChainRequest, protocol.ChainResponse)
)
async def chain(request: Request) -> Response:
    """Give a device its own chain as HQ holds it, from a place on."""
    body = await _message(request, protocol.ChainRequest)
    if isinstance(body, protocol.Problem):
        return _answer(body)
    return _answer(await run_in_threadpool(_exchange(request).chain, _token(request), body))


@routes.post(
    protocol.RECHAIN_PATH,
    openapi_extra=_documented(protocol.RechainRequest, protocol.EnrolResponse),
)
async def rechain(request: Request) -> Response:
    """Let a restored or copied PC go on under a chain of its own."""
    body = await _message(request, protocol.RechainRequest)
    if isinstance(body, protocol.Problem):
        return _answer(body)
    return _answer(await run_in_threadpool(_exchange(request).rechain, _token(request), body))


@routes.head(_ATTACHMENT)
async def attachment_progress(request: Request, sha256: str) -> Response:
    """Say in `upload-offset` how many bytes of an attachment HQ holds; 404 for none."""
    exchange = _exchange(request)
    attachments = _attachments(request)
    device = await _device(request, exchange, sha256)
    if isinstance(device, protocol.Problem):
        return _answer(device)
    held = await run_in_threadpool(attachments.progress, device.homes, sha256)
    return Response(status_code=404) if held is None else _progress(held)


@routes.put(_ATTACHMENT)
async def attachment_chunk(request: Request, sha256: str) -> Response:
    """Take the bytes that follow `upload-offset`; 409 with the right offset if they do not.

    They are kept piece by piece: what came before a cut need not come again.
    """
    exchange = _exchange(request)
    attachments = _attachments(request)
    device = await _device(request, exchange, sha256)
    if isinstance(device, protocol.Problem):
        return _answer(device)
    place = _place(request)
    if isinstance(place, protocol.Problem):
        return _answer(place)
    offset, size = place
    held: Progress | None = None
    async for piece in _pieces(request):
        kept = await run_in_threadpool(attachments.put, device.scope, sha256, offset, size, piece)
        if isinstance(kept, WrongChunk):
            if kept.progress is not None:
                return _progress(kept.progress, status=409)
            return _answer(protocol.Problem(kept.code, "the bytes do not have this SHA-256"))
        held = kept
        offset += len(piece)
    if held is None:
        return _answer(protocol.Problem("too_large", f"at most {protocol.CHUNK_BYTES} bytes"))
    return _progress(held)


@routes.get(_ATTACHMENT)
async def attachment_bytes(request: Request, sha256: str) -> Response:
    """Give an attachment, from the start of `Range` if there is one."""
    exchange = _exchange(request)
    attachments = _attachments(request)
    device = await _device(request, exchange, sha256)
    if isinstance(device, protocol.Problem):
        return _answer(device)
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    start = int(asked[1]) if asked else 0
    end = int(asked[2]) + 1 if asked and asked[2] else protocol.MAX_ATTACHMENT
    found = await run_in_threadpool(attachments.read, device.homes, sha256, start, end)
    if found is None:
        return _answer(protocol.Problem("not_found", "HQ does not hold this attachment"))
    pieces, size = found
    headers = {"accept-ranges": "bytes", "content-type": "application/octet-stream"}
    if asked:
        headers["content-range"] = f"bytes {start}-{max(min(end, size) - 1, start)}/{size}"
    return StreamingResponse(pieces, status_code=206 if asked else 200, headers=headers)


def message_schemas() -> dict[str, Any]:
    """Return the JSON Schema of every message, for OpenAPI's components."""
    kinds = [
        protocol.SyncRequest,
        protocol.SyncResponse,
        protocol.EnrolRequest,
        protocol.EnrolResponse,
        protocol.ChainRequest,
        protocol.ChainResponse,
        protocol.RechainRequest,
        protocol.Problem,
    ]
    return msgspec.json.schema_components(kinds, ref_template=_SCHEMA)[1]


async def _body(request: Request, limit: int) -> bytes | protocol.Problem:
    """Read a body of at most `limit` bytes, without holding more."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            return protocol.Problem("too_large", f"at most {limit} bytes")
    return bytes(body)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """Yield a body in pieces, each to be kept before the next is read, so that a cut loses one.

    A body that announces more than a chunk yields nothing.
    """
    announced = request.headers.get("content-length", "")
    if not announced.isascii() or not announced.isdigit() or int(announced) > _LONGEST_CHUNK:
        return
    held = bytearray()
    yielded = False
    async for arrived in request.stream():
        held += arrived
        while len(held) >= protocol.PIECE_BYTES:
            yield bytes(held[: protocol.PIECE_BYTES])
            yielded = True
            del held[: protocol.PIECE_BYTES]
    if held or not yielded:
        yield bytes(held)


async def _message(request: Request, kind: type[T]) -> T | protocol.Problem:
    body = await _body(request, protocol.MAX_BODY)
    if isinstance(body, protocol.Problem):
        return body
    try:
        message = protocol.unpack(body, kind)
    except protocol.NewerMessage as error:
        return protocol.Problem("version", str(error))
    except protocol.BadMessage as error:
        return protocol.Problem("bad_request", str(error))
    if message.version > protocol.VERSION:
        return protocol.Problem("version", f"HQ speaks up to {protocol.VERSION}")
    return message


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


async def _device(request: Request, exchange: Exchange, sha256: str) -> Device | protocol.Problem:
    device = await run_in_threadpool(exchange.device, _token(request))
    if device is None:
        return protocol.Problem("revoked", "the token is unknown or was taken back")
    if not _SHA256.fullmatch(sha256):
        return protocol.Problem("bad_request", "an attachment is named by its SHA-256 in hex")
    return device


def _place(request: Request) -> tuple[int, int] | protocol.Problem:
    offset = request.headers.get(protocol.OFFSET_HEADER, "")
    size = request.headers.get(protocol.LENGTH_HEADER, "")
    if not (offset.isascii() and offset.isdigit() and size.isascii() and size.isdigit()):
        return protocol.Problem("bad_request", "upload-offset and upload-length are missing")
    if int(size) > protocol.MAX_ATTACHMENT:
        return protocol.Problem("too_large", f"at most {protocol.MAX_ATTACHMENT} bytes")
    return int(offset), int(size)


def _progress(held: Progress, status: int = 200) -> Response:
    headers = {
        protocol.OFFSET_HEADER: str(held.size if held.complete else held.received),
        protocol.LENGTH_HEADER: str(held.size),
    }
    return Response(status_code=status, headers=headers)


def _answer(message: msgspec.Struct) -> Response:
    status = 200
    if isinstance(message, protocol.Problem):
        status = _STATUS.get(message.code, 400)
        _log.info("refused: %s %s", message.code, message.detail)
    return Response(protocol.pack(message), status_code=status, media_type=protocol.MEDIA_TYPE)
