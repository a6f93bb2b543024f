"""Every address that HQ serves, asked of its routers themselves."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute


def addresses(routes: Sequence[BaseRoute]) -> list[tuple[str, str]]:
    """Return (method, path) of every route, those of included routers too; never none.

    A list that came out empty would make every test over it hold for nothing.
    """
    found = [
        (method, str(route.path))
        for route in iter_route_contexts(routes)
        for method in sorted(route.methods or ())
    ]
    assert found
    return found
