"""The `message` of a verdict: the sentence of its reason, with the time where that helps."""

from __future__ import annotations

from datetime import datetime

from verify.verdict import Reason, sentence
from wallet.base.clock import SHANGHAI


def message_of(reason: Reason, used_at: datetime | None = None) -> str:
    """What the desk reads; `used_at` is when a code that is `already_used` was claimed."""
    if reason == "already_used" and used_at is not None:
        return f"此码已在 {used_at.astimezone(SHANGHAI):%H:%M} 用过，请持证人点“再亮一次”后再扫。"
    return sentence(reason)
