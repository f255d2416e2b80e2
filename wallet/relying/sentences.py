"""The `message` of a verdict and of a finding: what the desk reads, with the time where that helps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from verify.verdict import Outcome, Reason, sentence
from wallet.base.clock import SHANGHAI

_AGAINST: Final[Mapping[Reason, str]] = {
    "expired": "此码当时已过时",
    "not_yet_valid": "此码或证照当时尚未生效",
    "already_used": "此码另有一次使用",
    "withdrawn": "此码当时已被收回或作废",
    "wrong_item": "此码或授权不是用于这一事项的",
    "wrong_recipient": "此纸质件不是给本单位的",
    "copy_expired": "此纸质件当时已过使用期限",
    "copy_revoked": "此纸质件当时已被撤回",
    "copy_superseded": "此纸质件当时已是旧版",
    "unknown_licence": "库中查不到此证照",
    "licence_suspended": "此证照已被暂扣",
    "licence_expired": "此证照当时已过有效期",
    "licence_revoked": "此证照已被吊销或注销",
    "consent_refused": "持证人没有同意出示",
    "consent_expired": "持证人没有同意出示",
    "trust_stale": "这次核验已不能与库中记录核对",
}
RESTORED: Final = "亮证库刚刚恢复，暂不能核验亮证码，请持证人两分钟后重新亮码，或按传统方式办理。"
"""What a desk reads of a code from before a restore (`trust_stale`)."""
_PAPER_USED: Final = "此纸质件只能使用一次，已经用过，请持证人重新打印，或出示证件原件。"
_NOT_OURS: Final = "此码不是本库签发的有效亮证码"


def message_of(reason: Reason, used_at: datetime | None = None, *, on_paper: bool = False) -> str:
    """What the desk reads; `used_at` is when a code that is `already_used` was claimed."""
    if reason == "already_used" and on_paper:
        return _PAPER_USED
    if reason == "already_used" and used_at is not None:
        return f"此码已在 {used_at.astimezone(SHANGHAI):%H:%M} 用过，请持证人点“再亮一次”后再扫。"
    return sentence(reason)


def finding_message(
    outcome: Outcome, reason: Reason, since: datetime | None, *, conflict: bool
) -> str:
    """What a desk reads of an offline judgement; `since` as in `verify.judgements.Finding`."""
    if conflict:
        at = since.astimezone(SHANGHAI) if since else None
        when = f"（{at.month}月{at.day}日 {at:%H:%M}）" if at else ""
        return f"离线核验时已通过，但{_AGAINST.get(reason, _NOT_OURS)}{when}，请复核这笔业务。"
    if outcome == "accepted":
        return "已与库中记录核对，离线核验无误。"
    return "已记录：离线核验时没有通过。"
