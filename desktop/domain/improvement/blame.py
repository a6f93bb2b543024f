"""Tells a cause that stops at a careless person (员工粗心) from one in the system (QA-03)."""

from __future__ import annotations

import re
from typing import Final

#: Words that blame a person; QA-03 asks what in the system let it happen.
BLAME: Final = re.compile(
    r"粗心|疏忽|大意|马虎|不认真|不细心|不负责|责任心|人为失误|个人原因|员工失误|操作失误|态度不好"
    r"|careless|negligen|human error|inattenti|sloppy",
    re.IGNORECASE,
)
#: Words that name something a company can change.
SYSTEM: Final = re.compile(
    r"流程|制度|标准|培训|系统|排班|人手|工具|设备|检查|提示|校验|考核|供应|合同|沟通机制|布局|规范|权限|交接"
    r"|process|procedure|standard|training|system|staffing|tool|equipment|check|supplier|layout"
    r"|rule|policy|handover",
    re.IGNORECASE,
)


def blames_a_person(text: str) -> bool:
    """Tell whether a cause stops at carelessness (员工粗心) and names no system cause."""
    return bool(BLAME.search(text)) and not SYSTEM.search(text)
