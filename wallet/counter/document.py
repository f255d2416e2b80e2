"""The document of an annotated copy: PDF/A-2b, sealed as the licence's own document is (O-11).

It is drawn when it is asked for, from what the copy's row and the licence say. A copy for an item shows what that item
may see of the licence, as a code does; the other fields stand there by their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from wallet.base import audit
from wallet.base.clock import SHANGHAI, local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.qr import qr_svg
from wallet.base.typesetting import typeset
from wallet.counter.copies import copy_of_unit
from wallet.counter.copy_rules import fields_seen
from wallet.counter.model import PURPOSE, RECIPIENT, TEXT
from wallet.counter.print_copy import copies_of_request
from wallet.counter.serial import grouped
from wallet.errors import Conflict
from wallet.licences.documents.document import says_of
from wallet.licences.model import IDENTIFIER, Licence
from wallet.licences.of_holder import licence_of_holder
from wallet.organisations.model import Unit
from wallet.organisations.seals import Seal, seal_with
from wallet.web.principal import Principal

TEMPLATE: Final = "copy.typ"


@dataclass(frozen=True)
class _Page:
    """What a copy says, and the seal of the unit that issued its licence, if there is one."""

    serial: str
    says: dict[str, Any]
    seal: Seal | None


def copy_document(
    deps: Deps,
    principal: Principal,
    serial: str,
    now: datetime,
    *,
    large: bool = False,
    together: bool = False,
) -> bytes:
    """The sealed PDF of a copy that is good, at the unit that printed it; `large` is the edition in large print.

    `together` is the document of all copies of the same request, sealed by each unit that issued one of the licences.
    Raises NotFound, Conflict: `copy_revoked`, `copy_expired`, `copy_superseded`, the licence's status, `no_seal`, `seal_expired`,
    `glyph_missing`. Who took it is in the audit trail.
    """
    with deps.db.read() as tx:
        copy = copy_of_unit(tx, principal, serial)
        copies = copies_of_request(tx, copy.assistance_id, copy.key) if together else [copy]
        pages = [_page(tx, deps, one, now) for one in copies]
    data = {
        "copies": [page.says for page in pages],
        "drawn_at": f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        "large": large,
    }
    pdf = typeset(TEMPLATE, data, now)
    with deps.db.begin() as tx:
        told: dict[str, Any] = {"actor": principal.account, "unit": principal.unit_id}
        for page in pages:
            audit.record(tx, "copy.downloaded", now, serial=page.serial, **told)
    seals = {page.seal.fingerprint: page.seal for page in pages if page.seal is not None}
    return seal_with([*seals.values()], pdf)


def _page(tx: Connection, deps: Deps, copy: AnyRow, now: datetime) -> _Page:
    if copy.revoked_at is not None:
        raise Conflict("这份加注件已撤回，不能再打印。", "copy_revoked")
    if copy.ends_on < local_day(now):
        raise Conflict("这份加注件已过使用期限，请重新办理。", "copy_expired")
    of = select(Licence.identifier_sealed, Licence.superseded_at)
    licence = tx.execute(of.where(Licence.id == copy.licence_id)).one()
    if licence.superseded_at is not None:
        raise Conflict("证照已更新，请按新版重新打印加注件。", "copy_superseded")
    identifier = deps.vault.open(licence.identifier_sealed, IDENTIFIER)
    held, fields = licence_of_holder(tx, deps, copy.holder_id, identifier, now)
    printed_by = tx.execute(select(Unit.name).where(Unit.id == copy.unit_id)).scalar_one()
    if held.status != "valid":
        raise Conflict("此证照现在不是有效状态，加注件不能再打印。", f"licence_{held.status}")
    says, seal = says_of(tx, deps, held, fields, now, fields_seen(tx, held.id, copy.item_id))
    purpose = deps.vault.open(copy.purpose_sealed, PURPOSE)
    more = {
        "serial": copy.serial,
        "serial_printed": grouped(copy.serial),
        "only": f"仅用于{purpose}",
        "watermark": f"仅用于{purpose}办理",
        "recipient": deps.vault.open(copy.recipient_sealed, RECIPIENT),
        "ends_on": _day(copy.ends_on),
        "single_use": copy.single_use,
        "code": qr_svg(deps.vault.open(copy.text_sealed, TEXT), "M"),
        "printed_by": printed_by,
        "copy_sentences": _sentences(demo=deps.config.demo, sealed=seal is not None),
    }
    return _Page(copy.serial, says | more, seal)


def _sentences(*, demo: bool, sealed: bool) -> list[str]:
    told = [
        "本件只用于上面写明的用途和单位，用在别处无效；持证人可以随时撤回。",
        "核验：用窗口扫描上面的码，或输入编号。结果以核验为准，不以纸面为准。",
        "不再需要或丢失时，可到任一帮办代办窗口撤回，也可由受托的亲友在手机上撤回。",
    ]
    if sealed:
        told.append("本文件加盖演示印章。" if demo else "本文件由发证单位加盖电子印章。")
    return told


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
