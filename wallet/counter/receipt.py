"""The receipt 回执 of an assisted session: what was done, and how to object, to take it back, to go without it.

It names unit and desk, as copies and verdicts do, and no person of the staff. It can be taken while the session goes on and on
the local day on which it ended. Whatever is done in a session and is to stand on it is an act (`acts.note`) or a copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from wallet.base import audit
from wallet.base.clock import SHANGHAI, local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.typesetting import typeset
from wallet.catalogue.model import LicenceType
from wallet.counter.acts.content import ActContent, ActDelegation, masked
from wallet.counter.acts.listed import ActView, acts_of
from wallet.counter.acts.model import DECLINED, DONE, KINDS, WITHDRAWN
from wallet.counter.assist import own_assistance
from wallet.counter.handed_over import HandedOver, handed_over
from wallet.counter.model import MATTER, PURPOSE, RECIPIENT, REFERENCE, Copy
from wallet.counter.serial import grouped
from wallet.errors import Conflict
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.names import masked_name
from wallet.licences.delegations.listed import GIVEN
from wallet.licences.model import Licence
from wallet.numbers import DELEGATION_ANSWER_DAYS
from wallet.organisations.model import Unit
from wallet.showing.assisted import COPY, HAND_OVER
from wallet.web.principal import Principal

TEMPLATE: Final = "receipt.typ"
EVIDENCE_PRINTED: Final = {
    "card_seen": "已看身份证",
    "signed_slip": "已签委托单",
    "guardian": "监护人，已看监护证明",
    "reference": "其他凭据",
}
_SAID: Final = {
    "waiting": "还没有经第二位工作人员确认，没有生效",
    "ended": "没有经第二位工作人员确认，没有办",
    DECLINED: "第二位工作人员没有同意，没有办",
}
_HANDED: Final = {
    "used": "",
    "waiting": "窗口还没有取用",
    "asked": "窗口在问，还没有回答",
    "withdrawn": "已收回，窗口没有用",
    "refused": "本人不允许，窗口没有看到",
    "expired": "窗口没有取用，已作废",
}


@dataclass(frozen=True)
class Pair:
    """A line of what was done: a label and a value, as they are printed."""

    label: str
    value: str


@dataclass(frozen=True)
class ReceiptAct:
    """Something that was done, or was to be: `state` as of an act, `note` what the person must know of it."""

    kind: str
    title: str
    state: str
    at: datetime
    pairs: Sequence[Pair]
    note: str


@dataclass(frozen=True)
class Receipt:
    """What was done in a session, in order; the holder is masked, `ended_at` None while it goes on."""

    id: str
    holder: str
    unit: str
    terminal: str
    evidence: str
    reference: str
    matter: str
    started_at: datetime
    ended_at: datetime | None
    acts: Sequence[ReceiptAct]
    sentences: Sequence[str]


def receipt(deps: Deps, principal: Principal, assistance_id: str, now: datetime) -> Receipt:
    """The receipt of a session of this staff member. Raises NotFound, Conflict (`receipt_closed`) after its day."""
    with deps.db.read() as tx:
        row = own_assistance(tx, principal, assistance_id)
        ended_at = row.ended_at or (row.ends_at if row.ends_at <= now else None)
        if ended_at is not None and local_day(ended_at) != local_day(now):
            raise Conflict("回执只能在办理当天打印。", "receipt_closed")
        above = aliased(Unit)
        more = tx.execute(
            select(
                Holder.kind,
                Holder.name_sealed,
                Unit.name.label("unit"),
                above.name.label("managing"),
            )
            .select_from(Unit)
            .join(Holder, Holder.id == row.holder_id)
            .outerjoin(above, above.id == Unit.parent_id)
            .where(Unit.id == row.unit_id)
        ).one()
        acts = [
            *(_act(one) for one in acts_of(tx, deps, row, now) if one.state != WITHDRAWN),
            *_copies(tx, deps, row),
            *(_handed(one) for one in handed_over(tx, row.id, now)),
        ]
    named = row.reference_sealed
    return Receipt(
        id=row.id,
        holder=masked_name(deps.vault.open(more.name_sealed, HOLDER_NAME), more.kind),
        unit=more.unit,
        terminal=row.terminal,
        evidence=row.evidence,
        reference="" if named is None else deps.vault.open(named, REFERENCE),
        matter=deps.vault.open(row.matter_sealed, MATTER),
        started_at=row.started_at,
        ended_at=ended_at,
        acts=sorted(acts, key=lambda one: one.at),
        sentences=_sentences(more.unit, more.managing),
    )


def receipt_document(
    deps: Deps, principal: Principal, assistance_id: str, now: datetime, *, large: bool = False
) -> bytes:
    """The receipt to be printed, `large` in large print; who took it is in the audit trail.

    Raises as `receipt`, and Conflict (`glyph_missing`).
    """
    found = receipt(deps, principal, assistance_id, now)
    data: dict[str, Any] = {
        **asdict(found),
        "evidence": EVIDENCE_PRINTED[found.evidence],
        "started_at": _minute(found.started_at),
        "ended_at": _minute(found.ended_at) if found.ended_at else None,
        "acts": [{**asdict(act), "at": _minute(act.at)} for act in found.acts],
        "drawn_at": _minute(now),
        "demo": deps.config.demo,
        "large": large,
    }
    pdf = typeset(TEMPLATE, data, now)
    with deps.db.begin() as tx:
        told = {"actor": principal.account, "unit": principal.unit_id}
        audit.record(tx, "assistance.receipt_taken", now, assistance=found.id, **told)
    return pdf


def _act(act: ActView) -> ReceiptAct:
    return ReceiptAct(
        kind=act.kind,
        title=KINDS[act.kind],
        state=act.state,
        at=act.decided_at or act.prepared_at,
        pairs=_pairs(masked(act.content)),
        note=_note(act),
    )


def _note(act: ActView) -> str:
    if act.state == DECLINED:
        return f"{_SAID[DECLINED]}：{act.reason}"
    if act.state != DONE:
        return _SAID[act.state]
    if act.kind == "delegation":
        return f"对方在 {DELEGATION_ANSWER_DAYS} 天内登录并接受以后才生效"
    return ""


def _pairs(content: ActContent) -> list[Pair]:
    made = content.delegation
    return [
        *([] if made is None else _of_delegation(made)),
        *(Pair(label, value) for label, value in content.told.items()),
    ]


def _of_delegation(made: ActDelegation) -> list[Pair]:
    given = made.side == GIVEN
    items = "不限事项" if made.items is None else "、".join(one.name for one in made.items)
    return [
        Pair("授权给" if given else "谁的证照", f"{made.name} {made.code}".strip()),
        Pair("证照", "、".join(f"{one.type_name} {one.number_masked}" for one in made.licences)),
        Pair("事项", items),
        Pair("时间", f"{made.starts_on.isoformat()} 至 {made.ends_on.isoformat()}"),
    ]


def _copies(tx: Connection, deps: Deps, session: AnyRow) -> list[ReceiptAct]:
    rows = tx.execute(
        select(Copy, LicenceType.name.label("type_name"))
        .join(Licence, Licence.id == Copy.licence_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(Copy.assistance_id == session.id, Copy.text_sealed.is_not(None))
        .order_by(Copy.id)
    )
    return [
        ReceiptAct(
            kind=COPY,
            title="打印加注件",
            state=DONE,
            at=row.printed_at,
            pairs=[
                Pair("证照", row.type_name),
                Pair("用途", deps.vault.open(row.purpose_sealed, PURPOSE)),
                Pair("给谁", deps.vault.open(row.recipient_sealed, RECIPIENT)),
                Pair("用到哪一天", row.ends_on.isoformat()),
                Pair("编号", grouped(row.serial)),
            ],
            note="已撤回"
            if row.revoked_at is not None
            else "只能使用一次"
            if row.single_use
            else "",
        )
        for row in rows
    ]


def _handed(one: HandedOver) -> ReceiptAct:
    pairs = [Pair("证照", "、".join(one.types)), Pair("窗口", f"{one.unit} {one.terminal}".strip())]
    return ReceiptAct(HAND_OVER, "转交窗口", DONE, one.sent_at, pairs, _HANDED[one.state])


def _sentences(unit: str, managing: str | None) -> list[str]:
    """How to object, to take things back, and to go on without electronic licences (M-18)."""
    to = unit if managing is None else f"{unit}，或它的管理单位{managing}"
    return [
        f"办错了或不同意：带本回执，可向{to}提出。",
        "要撤回加注件、授权，或停用亮码：带身份证到任一帮办代办窗口当场办理；有手机的，自己在手机上也能办。",
        "不用电子证照也能办事：带证件原件到窗口，按传统方式办理，窗口不得拒绝。",
    ]


def _minute(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
