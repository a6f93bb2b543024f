"""How root causes and kinds of complaints are called, in whichever language they are read."""

from __future__ import annotations

from desktop.domain.improvement.root_cause import RootCause, shown
from desktop.domain.policy import Policy
from desktop.texts import Texts

#: The rule that opens a root cause, by the kind of signal (QA-02, AN-09, AN-02).
RULES = {"repeat": "QA-02", "rise": "AN-09", "emerging": "AN-02"}
_KINDS = {rule: kind for kind, rule in RULES.items()}


def kind_name(kind: str, policy: Policy, texts: Texts) -> str:
    """Return a kind of complaint in words: code with title, SKU or batch, or both."""
    code, _, trace = kind.partition("|")
    if not trace and code.partition(":")[0] in ("sku", "batch"):
        code, trace = "", code
    known = policy.codes.get(code)
    parts = [f"{code} {texts.choose(dict(known.title))}" if known else code]
    dim, _, key = trace.partition(":")
    if key:
        parts.append(f"{texts.get(f'pack.dim.{dim}')} {key}")
    return " ".join(part for part in parts if part)


def problem(kind: str, rule: str, month: str, n: int, policy: Policy, texts: Texts) -> str:
    """Return what a signal says of a kind of complaint, as the title of its root cause."""
    name = kind_name(kind, policy, texts)
    return texts.get(f"cause.{_KINDS[rule]}_problem", month=month, kind=name, n=n)


def title_of(cause: RootCause, policy: Policy, texts: Texts) -> str:
    """Return a root cause's title: a signal's in the reader's language, a person's as typed."""
    if cause.rule in _KINDS:
        return problem(cause.key, cause.rule, cause.month, cause.count, policy, texts)
    return shown(cause.problem) or kind_name(cause.key, policy, texts)
