"""HQ's pages: server-rendered, working without scripts, nothing loaded from elsewhere."""

from sync.hq.web.core import Denied, Pages, denied, failed, unserved
from sync.hq.web.rooms import routes

__all__ = ["Denied", "Pages", "denied", "failed", "routes", "unserved"]
