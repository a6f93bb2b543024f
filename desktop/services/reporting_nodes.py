"""How long complaints stay at each node of the flow (各环节用时, AN-01)."""

from __future__ import annotations

from desktop.domain.analytics.report import Column, Section, TableBlock, TextBlock
from desktop.domain.policy import NODES
from desktop.services.reporting_numbers import Numbers, is_small
from desktop.services.reporting_sections import share


def nodes(numbers: Numbers) -> Section:
    """Return the mean hours at each node of the complaints closed in the period, with its share."""
    frame, text = numbers.frame, numbers.frame.texts.get
    found = numbers.now.keys("node")
    whole = sum(seconds for _, seconds in found.values())
    rows, drills = [], []
    for node in (*NODES, *sorted(found.keys() - set(NODES))):
        if node not in found:
            continue
        n, seconds = found[node]
        key = f"ui.node.{node}"
        name = text(key) if frame.texts.has(key) else node
        few = text("pack.few", n=n) if is_small(n) else ""
        rows.append((name, str(n), f"{seconds / 3600 / n:.1f}", share(seconds, whole), few))
        drills.append(frame.drill("node", node, name))
    columns = (
        Column(text("pack.dim.node"), 0.34),
        Column(text("pack.col.cases"), 0.14, "right"),
        Column(text("pack.col.node_hours"), 0.18, "right"),
        Column(text("pack.col.node_share"), 0.16, "right"),
        Column(text("pack.col.note"), 0.18, "right"),
    )
    lead = TextBlock(text("pack.nodes_lead"), small=True)
    table = TableBlock(columns, tuple(rows), text("pack.no_cases"), tuple(drills))
    return Section("nodes", text("pack.sec.nodes"), (lead, table))
