"""What the pages of the counter call evidence, acts and refusals, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext as _

from wallet import numbers
from wallet.counter.acts.model import KINDS
from wallet.counter.assist import EVIDENCE
from wallet.errors import DomainError
from wallet.pages.delegation_form import delegation_refusal
from wallet.showing.assisted import COPY, SLIP


def evidence_words() -> dict[str, str]:
    """How staff know that it is this person's wish."""
    words: dict[str, str] = {
        "card_seen": _("已看身份证"),
        "signed_slip": _("已签委托单"),
        "guardian": _("监护人，已看监护证明"),
        "reference": _("其他，写明编号"),
    }
    assert words.keys() == set(EVIDENCE)
    return words


def told_evidence_words() -> dict[str, str]:
    """The same in a holder's history, where a session may have been written on paper."""
    return {**evidence_words(), SLIP: _("应急单，事后补录")}


def act_words() -> dict[str, str]:
    """What is done in a session."""
    words: dict[str, str] = {
        "freeze": _("停用亮码"),
        "unfreeze": _("恢复亮码"),
        "delegation": _("授权亲友代办"),
        "delegation_end": _("结束授权"),
        "copy_end": _("撤回加注件"),
        "history": _("打印使用记录和消息"),
        "face": _("查看照面"),
    }
    assert words.keys() == KINDS.keys()
    return words


def told_act_words() -> dict[str, str]:
    """The same as the holder is told of it, with the copies that were printed."""
    return act_words() | {COPY: _("打印加注件")}


def act_refusal(refused: DomainError) -> str:
    """Why an act was refused."""
    words: dict[str, str] = {
        "frozen": _("此人的亮码已停用，请先恢复再授权。"),
        "already_frozen": _("此人的亮码已经停用，不用再办。"),
        "not_frozen": _("此人的亮码没有停用，不用恢复。"),
        "too_many_waiting": _(
            "已有 %(n)s 件在等同事确认，请先请同事办完。", n=numbers.ACTS_WAITING_MAX
        ),
        "holder_not_person": _("单位的授权由它的证照管理员在手机上办理。"),
        "holder_child": _("不满 14 周岁的，由监护人持证办理，这里不能办。"),
        "assistance_ended": _("这次帮办代办已结束，请重新核对身份后再办。"),
        "act_settled": _("这件事已有人处理，不用再办。"),
        "act_changed": _("内容与您看到的不一样，请重新核对再确认。"),
    }
    return words.get(refused.slug) or delegation_refusal(refused)
