"""Which role is above which: who may give a role or change an account (岗位高低)."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.policy import ROLES


def is_above(own: str, roles: Iterable[str]) -> bool:
    """Tell whether one of `roles` is above `own`, who then may not give it.

    Nothing is above the department head; legal stands beside the ranks and above the others.
    """
    rank = ROLES.index(own) if own in ROLES else -1
    return own != "department_head" and any(role in ROLES[rank + 1 :] for role in roles)
