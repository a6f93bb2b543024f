"""Puts refusals and anomalies into the words of one language, for every screen and command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.domain.outcomes import Refusal
from desktop.domain.ticket import Anomaly
from desktop.services.diagnosing import Finding
from desktop.texts import Texts

_SENTENCE_ENDS = "。.；; "


def refusal_text(refusal: Refusal, texts: Texts) -> str:
    """Return why something could not be done and what to do.

    Roles and statuses become words; a map of languages its text; a list its texts, joined.
    """
    values = {name: _worded(name, value, texts) for name, value in refusal.values.items()}
    return texts.get(f"refusal.{refusal.code}", **values)


def anomaly_text(anomaly: Anomaly, texts: Texts) -> str:
    """Return what merged events broke and what to do about it."""
    return texts.get(f"anomaly.{anomaly.code}", **anomaly.values)


def finding_text(finding: Finding, texts: Texts) -> str:
    """Return what a check of the diagnostics found and what to do."""
    values = {k: f"{v:,}" if isinstance(v, int) else v for k, v in finding.values.items()}
    return texts.get(f"doctor.{finding.check}.{finding.what}", **values)


def _worded(name: str, value: object, texts: Texts) -> str:
    if isinstance(value, Mapping):
        return texts.choose({str(lang): str(text) for lang, text in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = (_worded(name, part, texts).rstrip(_SENTENCE_ENDS) for part in value)
        return texts.get("refusal.list_joint").join(parts)
    area = {"role": "ui.role", "status": "refusal.status"}.get(name)
    key = f"{area}.{value}"
    return texts.get(key) if area and texts.has(key) else str(value)
