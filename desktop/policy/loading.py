"""Load a policy pack: the built-in one from its pinned archive, any other from its folder."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

from desktop.domain.policy import Policy
from desktop.policy.compiling import Compiler
from desktop.policy.pinned import BUILT_IN_DIGEST
from desktop.policy.problems import Finding, PolicyError, Problem
from desktop.policy.reading import PackContent, canonical_bytes, digest_of, locate, read_folder
from desktop.policy.sharing import point_to_sources, with_shared_steps
from desktop.policy.validating import Validator

ARCHIVE = "compiled.json"
"""The built-in pack in canonical bytes: parsed in milliseconds, and what the pin is taken of."""


def built_in_folder() -> Path:
    """Where the sources of the built-in pack are."""
    return Path(str(files("resources"))) / "policy"


def load_policy(folder: Path | None = None) -> Policy:
    """Return the compiled policy of `folder`, or the built-in one.

    Raises PolicyError with every problem by file and line; for the built-in pack also when its
    bytes are not those that this build pins.
    """
    return _load_built_in() if folder is None else _load_folder(folder)


def policy_digest(folder: Path | None = None) -> str:
    """SHA-256 over the pack's canonical content (comments and layout do not count)."""
    if folder is None:
        return BUILT_IN_DIGEST
    return digest_of(canonical_bytes(read_folder(folder)))


def compile_content(content: PackContent, digest: str) -> tuple[Policy | None, list[Finding]]:
    """Validate and compile; the policy is None when there are findings."""
    written = content
    content, shared = with_shared_steps(written)
    validator = Validator(content)
    pack = validator.pack()
    if pack is None:
        return None, point_to_sources([*shared, *validator.findings], written)
    compiler = Compiler(pack)
    policy = compiler.policy(digest)
    findings = point_to_sources([*shared, *compiler.findings], written)
    return (None if findings else policy), findings


@cache
def _load_built_in() -> Policy:
    path = built_in_folder() / ARCHIVE
    try:
        archive = path.read_bytes()
    except OSError as error:
        message = f"the built-in policy pack cannot be read ({error}); install Amends again"
        raise PolicyError([Problem(ARCHIVE, 1, message)]) from error
    if digest_of(archive) != BUILT_IN_DIGEST:
        message = "the built-in policy pack was altered after the build; install Amends again"
        raise PolicyError([Problem(ARCHIVE, 1, message)])
    policy, findings = compile_content(json.loads(archive), BUILT_IN_DIGEST)
    if policy is None:
        raise PolicyError(locate(built_in_folder(), findings))
    return policy


def _load_folder(folder: Path) -> Policy:
    if not folder.is_dir():
        raise PolicyError([Problem(str(folder), 1, "there is no such folder")])
    canonical = canonical_bytes(read_folder(folder))
    # Through the canonical form, so that sources and archive give one and the same policy.
    policy, findings = compile_content(json.loads(canonical), digest_of(canonical))
    if policy is None:
        raise PolicyError(locate(folder, findings))
    return policy
