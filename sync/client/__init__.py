"""The store's side of sync: sends, receives, knows no window."""

from sync.client.exchange import HqClient
from sync.client.transport import LineOptions

__all__ = ["HqClient", "LineOptions"]
