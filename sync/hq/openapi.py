"""HQ's description as OpenAPI: every route with a summary, its messages and its errors."""

from __future__ import annotations

import json
from typing import Any, Final

from sync import protocol
from sync.hq import api

TITLE: Final = "Amends HQ"
DESCRIPTION: Final = (
    "What store PCs speak to at headquarters, and what operation asks it. Bodies of the devices' "
    "door are one zstd frame of one msgpack array; the schemas name the places of the array in "
    "their order. docs/protocol.md explains the exchange. The pages for people are not listed."
)
TAGS: Final = [
    {"name": "devices", "description": "The door for store PCs and regional PCs"},
    {"name": "operation", "description": "Health and figures for whoever runs HQ"},
]
_TEXT: Final = {"text/plain": {"schema": {"type": "string"}}}
HEALTH: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The database answers", "content": _TEXT},
    503: {"description": "The database does not answer", "content": _TEXT},
}
METRICS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Figures in Prometheus' text form", "content": _TEXT},
    403: {"description": "Neither from this machine nor with the token", "content": _TEXT},
}
#: What each status of the devices' door means; the body is a Problem with the code.
_ERRORS: Final = {
    "400": "The message cannot be read, or does not fit together (bad_request)",
    "401": "The token is unknown or was taken back (revoked); unsent work stays on the device",
    "403": "The code is wrong, used or expired (wrong_code) or for another store (other_store), "
    "or the place is another's (refused)",
    "404": "HQ does not hold this attachment (not_found)",
    "409": "Another event is in this place (fork), or the bytes do not follow (wrong_offset)",
    "413": "The body or the attachment is too large (too_large)",
    "422": "The bytes do not have this SHA-256 (wrong_hash)",
    "426": "The message is of a later version than HQ speaks (version)",
    "429": "Too many wrong tokens or codes from this address; try again in a minute",
}
_OF_ROUTE: Final = {
    ("sync", "post"): ("400", "401", "403", "409", "413", "426", "429"),
    ("push", "post"): ("400", "401", "403", "409", "413", "426", "429"),
    ("enrol", "post"): ("400", "403", "409", "413", "429"),
    ("attachments", "head"): ("400", "401", "404", "429"),
    ("attachments", "put"): ("400", "401", "409", "413", "422", "429"),
    ("attachments", "get"): ("400", "401", "404", "429"),
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Add the messages' schemas, the tokens and the errors to what FastAPI describes."""
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {}).update(api.message_schemas())
    parts["securitySchemes"] = {
        "device": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that the device was given at enrolment",
        }
    }
    for path, methods in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for method, route in methods.items():
            _complete(path, method, route)
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)
    return document


def _complete(path: str, method: str, route: dict[str, Any]) -> None:
    room = path.removeprefix("/v1/").split("/")[0]
    if room != "enrol":
        route["security"] = [{"device": []}]
    answers = route.setdefault("responses", {})
    # FastAPI's own, for parameters that it would validate; HQ answers a Problem instead.
    if "HTTPValidationError" in json.dumps(answers.get("422", "")):
        answers.pop("422")
    problem = {protocol.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in _OF_ROUTE.get((room, method), ()):
        content = {} if method == "head" or status == "429" else {"content": problem}
        answers[status] = {"description": _ERRORS[status], **content}


def described() -> dict[str, Any]:
    """Return the document of an application that is on no database."""
    from sync.hq.app import add_operation, application

    app = application()
    add_operation(app, None, None)
    return app.openapi()


def as_text(document: dict[str, Any]) -> str:
    """Return the document as it is kept in docs/openapi.json."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
