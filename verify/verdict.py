"""The verdict on a code: its reasons, and the sentence a desk reads for each.

A sentence says what to do next, politely and without blame. Chinese is what the API gives as
`message`; English is for the pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

Outcome = Literal["accepted", "refused", "pending", "undetermined"]

CodeKind = Literal["live", "paper"]

WantedFields = Sequence[str] | Mapping[str, Sequence[str]]
"""The keys of the fields that a desk asks for, of every licence or by the code of its type."""

Reason = Literal[
    "ok",
    "malformed",
    "wrong_kind",
    "unknown_key",
    "unknown_issuer",
    "bad_signature",
    "not_yet_valid",
    "expired",
    "already_used",
    "withdrawn",
    "unknown_licence",
    "licence_suspended",
    "licence_expired",
    "licence_revoked",
    "copy_expired",
    "copy_revoked",
    "copy_superseded",
    "wrong_item",
    "wrong_recipient",
    "consent_pending",
    "consent_refused",
    "consent_expired",
    "trust_stale",
]

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class Refused(Exception):
    """A text is not what it should be; `reason` is the first thing wrong with it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


_SENTENCES: Final[dict[Reason, tuple[str, str]]] = {
    "ok": ("证照有效，请核对本人与证照信息。", "Valid. Compare the person with the licence."),
    "malformed": (
        "这不是完整的亮证码，请持证人重新亮码后再扫；输入纸质件编号的，请核对编号。",
        "Not a complete code. Ask the holder to show it again; of a copy on paper, check the serial.",
    ),
    "wrong_kind": (
        "这不是亮证码，请持证人打开电子证照，点“亮码”后再扫。",
        "Not a licence code. Ask the holder to open the wallet and tap Show code.",
    ),
    "unknown_key": (
        "此码不是本库签发的，请持证人打开电子证照重新亮码，或改看证件原件。",
        "Not signed by this library. Ask for a fresh code, or see the original document.",
    ),
    "unknown_issuer": (
        "此码由其他地区签发，本窗口暂不能核验，请改看证件原件。",
        "Issued by another region that this desk cannot check. See the original document.",
    ),
    "bad_signature": (
        "此码的签名不对，可能被改动过，请持证人重新亮码，或改看证件原件。",
        "Wrong signature: perhaps altered. Ask for a fresh code, or see the original document.",
    ),
    "not_yet_valid": (
        "此码的时间早于本机时钟，请核对本机时间，再请持证人刷新后扫码。",
        "The code lies in the future. Check this desk's clock, then ask the holder to refresh.",
    ),
    "expired": (
        "此码已过时，请持证人刷新后再扫（截图不能使用）。",
        "The code has expired. Ask the holder to refresh it; a screenshot cannot be used.",
    ),
    "already_used": (
        "此码已经用过，请持证人点“再亮一次”后再扫。",
        "This code has been used. Ask the holder to show a new one.",
    ),
    "withdrawn": (
        "持证人已收回此码，请持证人重新亮码，或按传统方式办理。",
        "The holder has withdrawn this code. Ask for a new one, or serve the traditional way.",
    ),
    "unknown_licence": (
        "库中查不到此证照，请持证人重新亮码，或改看证件原件。",
        "The library does not know this licence. Ask for a new code, or see the original.",
    ),
    "licence_suspended": (
        "此证照处于暂扣状态，不能使用，请持证人联系发证单位。",
        "The licence is suspended and cannot be used. The holder should contact the issuing unit.",
    ),
    "licence_expired": (
        "此证照已过有效期，不能使用，请持证人办理延续或换证。",
        "The licence has expired and cannot be used. The holder should renew it.",
    ),
    "licence_revoked": (
        "此证照已被吊销或注销，不能使用，请持证人联系发证单位。",
        "The licence has been revoked. The holder should contact the issuing unit.",
    ),
    "copy_expired": (
        "此纸质件已过使用期限，请持证人重新打印，或出示证件原件。",
        "This copy is past its end date. Ask for a new print, or the original.",
    ),
    "copy_revoked": (
        "此纸质件已被撤回，不能使用，请持证人重新打印，或出示证件原件。",
        "This copy has been revoked. Ask for a new print, or the original.",
    ),
    "copy_superseded": (
        "证照已更新，此纸质件为旧版，请持证人重新打印。",
        "The licence has a newer version. Ask for a new print.",
    ),
    "wrong_item": (
        "此码不能用于本事项，请核对所选事项，或请持证人本人亮证、出示证件原件。",
        "Not for this matter. Check the chosen matter, or see the holder's own code or the original.",
    ),
    "wrong_recipient": (
        "此纸质件不是给本单位的，请持证人另行打印，或出示证件原件。",
        "This copy was made for another unit. Ask for a new print, or the original.",
    ),
    "consent_pending": (
        "已请持证人在手机上选择是否允许，请稍候。",
        "The holder has been asked on the phone. Please wait.",
    ),
    "consent_refused": (
        "持证人未同意出示，请按传统方式办理。",
        "The holder did not consent. Serve the traditional way.",
    ),
    "consent_expired": (
        "持证人未在时限内确认，请持证人重新亮码后再扫。",
        "The holder did not answer in time. Ask for a new code.",
    ),
    "trust_stale": (
        "暂时无法判断，请联网后再扫，或核对身份证并改看证件原件。",
        "Cannot be judged now. Reconnect and scan again, or see the ID card and the original.",
    ),
}


_OFFLINE_SENTENCES: Final[dict[CodeKind, tuple[str, str]]] = {
    "live": (
        "离线核验：此码真实、未过时，但未查是否用过、是否冻结和证照状态，请核对身份证件。",
        "Offline: genuine, in time. Use, freeze and status not checked; compare an ID card.",
    ),
    "paper": (
        "离线核验：此纸质件真实、未到期，名单中未被撤回，请核对用途、接收单位和身份证件。",
        "Offline: genuine, in time, not revoked. Compare purpose, recipient and an ID card.",
    ),
}
_FEDERATED: Final[dict[CodeKind, tuple[str, str]]] = {
    "live": (
        "此证照由{}签发，按该地区公钥判断：真实、未过时；在别处是否用过、是否冻结和证照状态未查，请核对身份证件。",
        "Issued by {} and judged by its keys: genuine, in time. Use elsewhere, freeze and status not checked; compare an ID card.",
    ),
    "paper": (
        "此纸质件由{}签发，按该地区公钥和名单判断：真实、未到期、未被撤回，请核对用途、接收单位和身份证件。",
        "Issued by {} and judged by its keys and lists: genuine, in time, not revoked. Compare purpose, recipient and an ID card.",
    ),
}
_FOREIGN: Final = (
    "此证照由其他地区（{}）签发，按该地区的公钥判断。",
    " Issued by another region ({}) and judged by its keys.",
)


def sentence(reason: Reason, language: str = "zh") -> str:
    """The sentence for a reason, in `zh` or `en`."""
    return _in(language, _SENTENCES[reason])


def offline_sentence(
    kind: CodeKind, language: str = "zh", foreign_issuer: str | None = None
) -> str:
    """What a desk reads of a code that is accepted offline, in `zh` or `en`.

    `foreign_issuer` is the area code of the library that issued it, where that is not the desk's
    own.
    """
    said = _in(language, _OFFLINE_SENTENCES[kind])
    return said if foreign_issuer is None else said + _in(language, _FOREIGN).format(foreign_issuer)


def federated_sentence(kind: CodeKind, region: str, language: str = "zh") -> str:
    """What a desk reads of a code that a library accepts by another region's keys, in `zh` or `en`."""
    return _in(language, _FEDERATED[kind]).format(region)


def _in(language: str, both: tuple[str, str]) -> str:
    chinese, english = both
    return english if language == "en" else chinese


@dataclass(frozen=True)
class Field:
    """One granted face field (照面信息): its key, its label on the licence, its value as text."""

    key: str
    label: str
    label_en: str
    value: str


@dataclass(frozen=True)
class JudgedLicence:
    """One licence of an accepted code, cut to what the item may see.

    `photo` is a data URI, None where the type has none or the item may not see it. `identifier`
    and `status` are None offline, where `type` is the short number that the code carries.
    """

    type: str
    type_name: str
    type_name_en: str
    identifier: str | None
    status: str | None
    valid_until: date | None
    fields: tuple[Field, ...]
    photo: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a desk is told about a code.

    `licences` is empty unless `outcome` is accepted. `status_as_of` is when the licence's
    status was read; `unchecked` names what could not be checked (offline only). `shown_by`
    is holder, delegate, assisted or paper, None while unknown. `issuer` is the area code of the
    library that issued the code, None where that could not be read. `answer_by` is until when
    the holder may answer, of a pending verdict alone. `federated` says that a library judged it by
    another region's keys; `region` is what that region is called.
    """

    id: str
    outcome: Outcome
    reason: Reason
    message: str
    checked_at: datetime
    status_as_of: datetime
    repeated: bool = False
    offline: bool = False
    unchecked: tuple[str, ...] = ()
    licences: tuple[JudgedLicence, ...] = field(default=())
    shown_by: str | None = None
    issuer: str | None = None
    purpose: str | None = None
    recipient: str | None = None
    ends_on: date | None = None
    uses: int | None = None
    legal_effect: str | None = None
    answer_by: datetime | None = None
    federated: bool = False
    region: str | None = None
    region_en: str | None = None


def verdict_members(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the members of its JSON form; times stay `datetime`, days `date`."""
    return {
        "id": verdict.id,
        "verdict": verdict.outcome,
        "reason": verdict.reason,
        "message": verdict.message,
        "checked_at": verdict.checked_at,
        "status_as_of": verdict.status_as_of,
        "repeated": verdict.repeated,
        "offline": verdict.offline,
        "unchecked": list(verdict.unchecked),
        "licences": [_licence_members(licence) for licence in verdict.licences],
        "shown_by": verdict.shown_by,
        "issuer": verdict.issuer,
        "legal_effect": verdict.legal_effect,
        **({"purpose": verdict.purpose} if verdict.purpose else {}),
        **({"recipient": verdict.recipient} if verdict.recipient else {}),
        **(
            {"federated": True, "region": verdict.region, "region_en": verdict.region_en}
            if verdict.federated
            else {}
        ),
        **({"ends_on": verdict.ends_on} if verdict.ends_on else {}),
        **({"uses": verdict.uses} if verdict.uses else {}),
        **({"answer_by": verdict.answer_by} if verdict.answer_by else {}),
    }


def _licence_members(licence: JudgedLicence) -> dict[str, Any]:
    members = {
        "type": licence.type,
        "type_name": licence.type_name,
        "type_name_en": licence.type_name_en,
        "identifier": licence.identifier,
        "status": licence.status,
        "valid_until": licence.valid_until,
        "fields": [
            {
                "key": field.key,
                "label": field.label,
                "label_en": field.label_en,
                "value": field.value,
            }
            for field in licence.fields
        ],
    }
    if licence.photo is not None:
        members["photo"] = licence.photo
    return members
