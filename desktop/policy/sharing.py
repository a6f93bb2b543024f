"""Steps that several flows share: `use: store.record` stands for that step, changed where told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from desktop.policy.problems import Finding, Place
from desktop.policy.reading import PackContent

FLOW_PREFIX: Final = "flow_"
#: What a flow may set anew on a shared step …
_REPLACED: Final = frozenset({"when", "role", "title", "limit", "say"})
#: … and what it may add to it.
_ADDED: Final = ("do", "needs")

_Steps = dict[str, Mapping[str, object]]


def with_shared_steps(content: PackContent) -> tuple[PackContent, list[Finding]]:
    """Return the pack with every `use` replaced by its step, and what is wrong with them."""
    steps = _own_steps(content)
    findings: list[Finding] = []
    written = {
        file: _expanded(file, data, steps, findings) if file.startswith(FLOW_PREFIX) else data
        for file, data in content.items()
    }
    return written, findings


def is_shared(step: object) -> bool:
    """Tell whether a step of a file is written elsewhere."""
    return isinstance(step, dict) and "use" in step


def point_to_sources(findings: Iterable[Finding], content: PackContent) -> list[Finding]:
    """Return the findings, those in a shared step named where the step is written."""
    origins = _origins(content)
    return [_pointed(finding, origins, content) for finding in findings]


def _pointed(
    finding: Finding, origins: Mapping[str, tuple[str, int]], content: PackContent
) -> Finding:
    data = content.get(finding.file)
    if finding.place[:1] != ("steps",) or len(finding.place) < 2 or not isinstance(data, dict):
        return finding
    index, rest = finding.place[1], finding.place[2:]
    step = data["steps"][index]
    if not is_shared(step) or str(step["use"]) not in origins:
        return finding
    own = step.keys() - {"use"}
    changed = own & {"when", "needs"} if not rest else own & {rest[0]}
    if changed and not (rest and rest[0] in _ADDED and _is_inherited(rest, step, origins, content)):
        return finding
    file, at = origins[str(step["use"])]
    return Finding(file, ("steps", at, *rest), finding.message)


def _is_inherited(
    rest: Place,
    step: Mapping[str, object],
    origins: Mapping[str, tuple[str, int]],
    content: PackContent,
) -> bool:
    """Tell whether a line of do or needs comes from the shared step, not from the user's own."""
    file, at = origins[str(step["use"])]
    data = content[file]
    listed = data["steps"][at].get(rest[0], []) if isinstance(data, dict) else []
    return len(rest) > 1 and isinstance(rest[1], int) and rest[1] < len(listed)


def _origins(content: PackContent) -> dict[str, tuple[str, int]]:
    return {
        f"{data.get('id')}.{step.get('id')}": (file, index)
        for file, data in content.items()
        if file.startswith(FLOW_PREFIX) and isinstance(data, dict)
        for index, step in enumerate(_list(data.get("steps")))
        if isinstance(step, dict) and "use" not in step
    }


def _own_steps(content: PackContent) -> _Steps:
    steps: _Steps = {}
    for file, data in content.items():
        if not file.startswith(FLOW_PREFIX) or not isinstance(data, dict):
            continue
        listed = data.get("steps")
        for step in listed if isinstance(listed, list) else ():
            if isinstance(step, dict) and "use" not in step:
                steps[f"{data.get('id')}.{step.get('id')}"] = step
    return steps


def _expanded(file: str, data: object, steps: _Steps, findings: list[Finding]) -> object:
    if not isinstance(data, dict) or not isinstance(data.get("steps"), list):
        return data
    listed = [
        _one(file, ("steps", index), step, steps, findings) if is_shared(step) else step
        for index, step in enumerate(data["steps"])
    ]
    return {**data, "steps": [step for step in listed if step is not None]}


def _one(
    file: str, at: Place, step: Mapping[str, object], steps: _Steps, findings: list[Finding]
) -> Mapping[str, object] | None:
    name = str(step["use"])
    shared = steps.get(name)
    if shared is None:
        findings.append(Finding(file, (*at, "use"), f"use: there is no step {name!r}"))
        return None
    own = {key: value for key, value in step.items() if key != "use"}
    for key in own.keys() - _REPLACED - set(_ADDED):
        message = f"{key}: a shared step may only change {', '.join(sorted(_REPLACED))}, do, needs"
        findings.append(Finding(file, (*at, key), message))
    added: dict[str, object] = {
        key: [*_list(shared.get(key)), *_list(own[key])] for key in _ADDED if key in own
    }
    return {**shared, **own, **added}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
