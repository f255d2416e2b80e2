"""Levels of secrecy 密级: of what may be issued, and of what is sent in. Only `none` may (O-2, M-2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

UNCLASSIFIED: Final = "none"
SECRECY: Final[Mapping[str, str]] = {
    UNCLASSIFIED: "无",
    "internal": "内部",
    "secret": "秘密",
    "confidential": "机密",
    "top_secret": "绝密",
}
"""Level → its Chinese name: the three of the Law on Guarding State Secrets (article 14), and what
a unit keeps to itself."""
_OPEN: Final = {"", "无", "公开", "非密", "非涉密", UNCLASSIFIED}


def secrecy_of(text: str) -> str:
    """The level that a table names in Chinese. What it calls by no name of ours may be secret."""
    name = unicodedata.normalize("NFKC", text).strip()
    if name in _OPEN:
        return UNCLASSIFIED
    return next((level for level, label in SECRECY.items() if name in (level, label)), "secret")
