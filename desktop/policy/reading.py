"""Read the YAML files of a pack into plain data, and find the line of a place in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Final

import rfc8785
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from desktop.policy.problems import Finding, Place, PolicyError, Problem

#: Files whose parsed content is kept: those of one pack.
_FILES_KEPT: Final = 64

PackContent = Mapping[str, object]
"""Plain JSON-like data by file name."""


def read_folder(folder: Path) -> PackContent:
    """Parse every *.yaml of `folder` and of its knowledge/; dates become ISO texts, keys texts.

    Raises PolicyError when the folder or a file cannot be read or a file is no YAML.
    """
    content: dict[str, object] = {}
    problems: list[Problem] = []
    for path in (*sorted(folder.glob("*.yaml")), *sorted(folder.glob("knowledge/*.yaml"))):
        name = path.relative_to(folder).as_posix()
        try:
            content[name] = _plain(_parsed(_text(path)))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            message = (error.problem or error.context or "no YAML").strip()
            problems.append(Problem(name, mark.line + 1 if mark else 1, message))
        except RecursionError:
            problems.append(Problem(name, 1, "is nested too deeply"))
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            problems.append(Problem(name, 1, f"cannot be read: {error}"))
    if not content and not problems:
        problems.append(Problem(str(folder), 1, "holds no policy files (*.yaml)"))
    if problems:
        raise PolicyError(problems)
    return content


def canonical_bytes(content: PackContent) -> bytes:
    """The one byte form of a pack (RFC 8785): comments and layout do not count."""
    return rfc8785.dumps(content)  # type: ignore[arg-type]  # plain data by construction


def digest_of(canonical: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(canonical).hexdigest()


def locate(folder: Path, findings: Iterable[Finding]) -> tuple[Problem, ...]:
    """Give each finding its line by parsing its file again, with lines, in file order."""
    trees: dict[str, object] = {}
    problems: list[Problem] = []
    for finding in findings:
        if finding.file not in trees:
            path = folder / finding.file
            trees[finding.file] = _tree(path) if path.is_file() else None
        line = _line(trees[finding.file], finding.place)
        problems.append(Problem(finding.file, line, finding.message))
    return tuple(sorted(set(problems), key=lambda p: (p.file, p.line, p.message)))


class _NoAliases(Composer):
    """Refuses aliases: no pack needs them, and a few lines of them stand for more than memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.parser.check_event(AliasEvent):
            event = self.parser.get_event()
            raise ComposerError(
                "a policy pack", event.start_mark, "an alias (*) is not allowed here",
                event.start_mark,
            )  # fmt: skip
        return super().compose_node(parent, index)


# Checking reads a folder for its content, its digest and its lines; a file is parsed once each.
@lru_cache(maxsize=_FILES_KEPT)
def _parsed(text: str) -> object:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _NoAliases
    content: object = yaml.load(text)
    return content


@lru_cache(maxsize=_FILES_KEPT)
def _parsed_with_lines(text: str) -> object:
    tree: object = YAML(typ="rt").load(StringIO(text))
    return tree


def _tree(path: Path) -> object:
    return _parsed_with_lines(_text(path))


def _line(tree: object, place: Place) -> int:
    """The line of the deepest part of `place` that exists, from 1."""
    line = 1
    for part in place:
        if isinstance(tree, CommentedMap):
            key = part if part in tree else next((k for k in tree if str(k) == str(part)), None)
            if key is None:
                break
            line = tree.lc.key(key)[0] + 1
            tree = tree[key]
        elif isinstance(tree, CommentedSeq) and isinstance(part, int) and part < len(tree):
            line = tree.lc.item(part)[0] + 1
            tree = tree[part]
        else:
            break
    return line


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
