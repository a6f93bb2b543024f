"""Runs HQ's migrations on the connection that the caller holds."""

from __future__ import annotations

from alembic import context

from sync.hq.models import is_own, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
    include_name=is_own,
)
context.run_migrations()
