"""An answer on its way out, as the logs, the figures and the bounds look at it."""

from __future__ import annotations

import time

from starlette.types import Message, Send


class NotedAnswer:
    """Passes an answer on and keeps its status (500 until it begins) and its age in seconds."""

    def __init__(self, send: Send) -> None:
        self.status = 500
        self._send = send
        self._started = time.perf_counter()

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)

    @property
    def seconds(self) -> float:
        """How long ago the request came."""
        return time.perf_counter() - self._started
