"""What the printed history calls things, in Chinese: the paper is read by the served person, and by who helps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from verify.verdict import REASONS, sentence
from wallet.counter.acts.model import KINDS
from wallet.counter.copies import CopyView
from wallet.counter.receipt import EVIDENCE_PRINTED
from wallet.counter.serial import grouped
from wallet.licences.delivery.news import InboxNews, NewsOfUse
from wallet.showing.assisted import ASSISTANCE, ASSISTED_ACT, COPY, SLIP
from wallet.showing.history import USE, UseEntry

_EVIDENCE: Final[Mapping[str, str]] = EVIDENCE_PRINTED | {SLIP: "应急单，事后补录"}
_ACTS: Final[Mapping[str, str]] = KINDS | {COPY: "打印加注件"}
NEWS: Final[Mapping[str, str]] = {
    "issue": "新证照",
    "renew": "已换成新的版本",
    "remind": "即将到期",
    "expire": "已过期",
    "suspend": "暂停使用",
    "resume": "已恢复",
    "withdraw": "已撤销",
    "annul": "已撤销",
    "revoke": "已吊销",
    "cancel": "已注销",
    "delegation_offered": "请您代办，等您确认",
    "delegation_accepted": "对方已接受",
    "delegation_declined": "对方没有接受",
    "delegation_withdrawn": "授权已收回",
    "delegation_ended": "授权已结束",
    "delegation_lapsed": "没有在期限内接受，已作废",
    "delegation_expired": "授权已到期",
    "acting_asked": "请您确认",
    "acting_accepted": "已生效",
    "acting_entered": "已登记",
    "acting_declined": "没有接受",
    "acting_withdrawn": "已收回",
    "acting_lapsed": "没有在期限内接受，已作废",
    "acting_left": "已结束",
    "acting_ended": "已结束",
    "acting_over": "已结束",
    "acting_removed": "已结束",
    "used": "被核验",
    "asked": "没有出示",
    "looked_up": "被查询",
    "assisted": "帮办代办",
    "report_answered": "您反映的事已答复",
}
"""By the act of an inbox entry."""
_COPY_STATES: Final = {"good": "可以使用", "ended": "已到期", "revoked": "已撤回"}
_OUTCOMES: Final = {"accepted": "已核验", "refused": "未通过", "pending": "等待选择"}


def of_use(entry: UseEntry) -> tuple[str, list[str]]:
    """What happened, and the lines that say it."""
    where = " · ".join(part for part in (entry.unit, entry.terminal, entry.item_name or "") if part)
    if entry.kind == ASSISTANCE:
        evidence = _EVIDENCE[entry.evidence or ""]
        return "帮办代办", [where, f"凭据：{evidence}；办什么事：{entry.cause}"]
    if entry.kind == ASSISTED_ACT:
        return "帮办代办", [where, f"办了：{_ACTS.get(entry.act or '', '其他')}"]
    if entry.kind != USE:
        lines = [where, "查了库里有没有，没有看证照上的信息。"]
        lines += [f"事由：{entry.cause}"] if entry.cause else []
        lines += [
            f"仍要求交纸质的：{one.material}。理由：{one.reason}" for one in entry.paper_asked
        ]
        return "查询", lines
    return _OUTCOMES.get(entry.outcome, "没有结果"), [where, *_seen(entry)]


def _seen(entry: UseEntry) -> list[str]:
    by = [f"由 {entry.under.delegate} 代为出示"] if entry.under else []
    if entry.fields:
        return [*by, f"看到：{'、'.join(entry.fields)}"]
    if entry.asked:
        return [*by, f"想看、没有看到：{'、'.join(entry.asked)}"]
    reason = next((known for known in REASONS if known == entry.reason), None)
    return [*by, sentence(reason, "zh")] if reason and entry.outcome != "accepted" else by


def of_copy(copy: CopyView) -> list[str]:
    """The lines of a copy."""
    return [
        f"{copy.purpose}，给 {copy.recipient}，用到 {copy.ends_on.isoformat()}，{_COPY_STATES[copy.state]}",
        f"编号 {grouped(copy.serial)}，已使用 {copy.uses} 次，打印于 {copy.unit}",
    ]


def of_news(news: InboxNews) -> tuple[str, str, list[str]]:
    """What a notice is about, its word, and the lines that say it."""
    word = NEWS[news.act]
    if news.delegation is not None:
        named = f"{news.delegation.grantor} 授权 {news.delegation.delegate}"
        return "授权代办", word, [named]
    if news.acting is not None:
        child = news.acting.kind == "person"
        about = "监护人" if child else "证照管理员"
        return about, word, [" · ".join(filter(None, (news.acting.holder, news.acting.person)))]
    about = news.licence.type_name if news.licence else "您的证照"
    if news.use is not None:
        return about, word, _of_use(news.use)
    assert news.licence is not None
    until = news.licence.valid_until
    lines = [news.licence.number_masked, news.licence.issuing_unit]
    lines += [f"有效期至 {until.isoformat()}"] if until else []
    return about, news.licence.status_label or word, [" · ".join(lines)]


def _of_use(use: NewsOfUse) -> list[str]:
    lines = [" · ".join(part for part in (use.unit, use.terminal, use.item or "") if part)]
    if use.evidence:
        lines.append(f"凭据：{_EVIDENCE[use.evidence]}")
    if use.acts:
        lines.append(f"办了：{'、'.join(_ACTS.get(act, '其他') for act in use.acts)}")
    if use.fields:
        seen = "看到" if use.outcome == "accepted" else "想看、没有看到"
        lines.append(f"{seen}：{'、'.join(use.fields)}")
    return lines
