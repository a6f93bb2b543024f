"""Attachments in an S3-compatible object store, named by a URL."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store

_TIMEOUT: Final = "30s"


class ObjectsFault(Exception):
    """The object store cannot be used; the message says what to do."""


def bucket(url: str) -> ObjectStore:
    """Return the object store at s3://BUCKET[/PREFIX]; raises ObjectsFault.

    Keys, region and endpoint come from the usual variables (AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL); an endpoint by plain HTTP is taken on
    this machine only.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ObjectsFault(f"{url!r} names no object store: write s3://bucket/prefix")
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    plain = urlsplit(endpoint)
    if plain.scheme == "http" and plain.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ObjectsFault(f"{endpoint} is not encrypted: use an https endpoint")
    try:
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={"timeout": _TIMEOUT, "allow_http": plain.scheme == "http"},
        )
    except (BaseError, ValueError) as error:
        raise ObjectsFault(f"the object store {url} cannot be used: {error}") from error
