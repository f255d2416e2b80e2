"""A licence as a sealed PDF (O-11, O-15): drawn and sealed when its holder asks for it.

It says what the wallet's page says, and how the licence stands when it is made.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from wallet.base import audit
from wallet.base.clock import SHANGHAI, local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.base.typesetting import typeset
from wallet.catalogue.model import LicenceType
from wallet.errors import ConfigurationError, Conflict, NotPermitted, Unavailable
from wallet.licences.documents.kept import keep_document, kept_document
from wallet.licences.examine import unit_licence
from wallet.licences.held import HeldField, HeldLicence, held_licence
from wallet.licences.model import HOLDER_NAME, Exemption, Licence, LicenceHolder
from wallet.organisations.model import Unit
from wallet.organisations.seals import Seal, load_seal, seal_with
from wallet.web.principal import Principal

TEMPLATE: Final = "licence.typ"
_INNER_MONGOLIA: Final = "15"
_REGION: Final = {"zh": "内蒙古自治区", "mn": "ᠥᠪᠥᠷ ᠮᠣᠩᠭᠣᠯ ᠤᠨ ᠥᠪᠡᠷᠲᠡᠭᠡᠨ ᠵᠠᠰᠠᠬᠤ ᠣᠷᠣᠨ"}


@dataclass(frozen=True)
class LicenceDocument:
    """A PDF, and the name of the type, under which it may be saved."""

    pdf: bytes
    name: str


def licence_document(
    deps: Deps, principal: Principal, identifier: str, now: datetime
) -> LicenceDocument:
    """The licence as PDF/A-2b, sealed by its unit; a stranger's is NotFound.

    Who holds it or may show it takes it, and staff of its unit; but a document knows no matter, so a
    delegate who may show it for some alone does not.

    Raises NotPermitted (`delegation_limited`), Conflict: `no_seal` (the unit has none and is not exempt), `seal_expired`,
    `glyph_missing`. A document that was made before is the same again, byte by byte, until
    something in it changes. Who took it is in the audit trail.
    """
    held, says, seal = document_parts(deps, principal, identifier, now)
    # The certificate is not on the page, and a renewed one makes another document.
    known_by = json.dumps([held.id, seal and seal.fingerprint, says], ensure_ascii=False)
    pdf = kept_document(deps, known_by)
    if pdf is None:
        pdf = _made(says, seal, now)
        keep_document(deps, known_by, pdf, now)
    with deps.db.begin() as tx:
        audit.record(
            tx,
            "licence.downloaded",
            now,
            licence=held.id,
            actor=principal.account,
            role="unit" if principal.kind == "staff" else held.role,
            seal=None if seal is None else seal.serial,
        )
    return LicenceDocument(pdf, held.type_name)


def archived_document(deps: Deps, unit: Principal, identifier: str, now: datetime) -> bytes:
    """The same for the records office, of a licence of this unit, made anew and not kept.

    Raises as `licence_document`.
    """
    _held, says, seal = document_parts(deps, unit, identifier, now)
    return _made(says, seal, now)


def document_parts(
    deps: Deps, principal: Principal, identifier: str, now: datetime
) -> tuple[HeldLicence, dict[str, Any], Seal | None]:
    """The licence, what its document says but for when it was made, and the seal for it, if any.

    Raises as `licence_document`, but for `glyph_missing`.
    """
    find = unit_licence if principal.kind == "staff" else held_licence
    held, fields = find(deps, principal, identifier, now)
    if not held.any_item:
        raise NotPermitted(
            "授权只限指定的事项，不能下载证照文件，请亮码办理。", "delegation_limited"
        )
    with deps.db.read() as tx:
        says, seal = says_of(tx, deps, held, fields, now)
    return held, says, seal


def says_of(
    tx: Connection,
    deps: Deps,
    held: HeldLicence,
    fields: list[HeldField],
    now: datetime,
    only: Collection[str] | None = None,
) -> tuple[dict[str, Any], Seal | None]:
    """What the document of a licence with this face says, and the seal for it, if any; of the face the values of the fields
    `only`, where that is given. Raises Conflict (`no_seal`, `seal_expired`)."""
    more = _more(tx, held.id, local_day(now))
    holders = _holders(tx, deps, held.id)
    seal = _seal_of(deps, more, now)
    return _says(held, fields, holders, more, seal, only, demo=deps.config.demo), seal


def _made(says: dict[str, Any], seal: Seal | None, now: datetime) -> bytes:
    pdf = typeset(TEMPLATE, says | {"drawn_at": _minute(now)}, now)
    return seal_with([] if seal is None else [seal], pdf)


def _more(tx: Connection, licence_id: int, today: date) -> AnyRow:
    """What the page of a licence does not tell; `basis` is that of an exemption from the seal."""
    exemption = (
        select(Exemption.basis)
        .where(
            Exemption.kind == "seal",
            Exemption.unit_id == Licence.unit_id,
            Exemption.type_id == Licence.type_id,
            is_current(Exemption.starts_on, Exemption.ends_on, today),
        )
        .order_by(Exemption.id.desc())
        .limit(1)
        .correlate(Licence)
        .scalar_subquery()
    )
    return tx.execute(
        select(
            Unit.code.label("unit_code"),
            Licence.area_code,
            LicenceType.fields,
            LicenceType.name_mn,
            LicenceType.layout,
            LicenceType.bilingual,
            exemption.label("basis"),
        )
        .join(Unit, Unit.id == Licence.unit_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(Licence.id == licence_id)
    ).one()


def _holders(tx: Connection, deps: Deps, licence_id: int) -> list[str]:
    names = tx.execute(
        select(LicenceHolder.name_sealed)
        .where(LicenceHolder.licence_id == licence_id)
        .order_by(LicenceHolder.position)
    ).scalars()
    return [deps.vault.open(name, HOLDER_NAME) for name in names]


def _seal_of(deps: Deps, more: AnyRow, now: datetime) -> Seal | None:
    if more.basis:
        return None
    try:
        seal = load_seal(deps.config.seals_dir, deps.config.secret_key, more.unit_code)
    except (ConfigurationError, OSError):
        raise Unavailable("电子印章暂时打不开，请稍后再试或联系管理员。") from None
    if seal is None:
        raise Conflict(
            "发证单位还没有电子印章，暂不能出具文件。亮码和窗口核验不受影响。", "no_seal"
        )
    if not seal.is_current(now):
        raise Conflict(
            "发证单位电子印章的证书不在有效期内，暂不能出具文件。亮码和窗口核验不受影响。",
            "seal_expired",
        )
    return seal


def _says(
    held: HeldLicence,
    fields: list[HeldField],
    holders: list[str],
    more: AnyRow,
    seal: Seal | None,
    only: Collection[str] | None,
    *,
    demo: bool,
) -> dict[str, Any]:
    """What stands on the document, but for when it was made: the data of its template. A line whose value is not to be
    seen has None."""
    mongolian = {field["key"]: field.get("label_mn") for field in more.fields}
    seen = {field.key for field in fields if only is None or field.key in only}
    written = {field.key: _written(field) for field in fields if field.type != "photo"}
    lines = [
        _line(
            field.label,
            field.label_en,
            written[field.key] if field.key in seen else None,
            mongolian.get(field.key),
        )
        for field in fields
        if field.key in written
    ]
    # What stands on the face is not said twice, nor here where it is not to be seen there.
    values = set(written.values())
    if held.number not in values:
        lines.insert(0, _line("证照编号", "Number", held.number))
    others = [name for name in holders if name not in values]
    if others:
        lines.insert(0, _line("持证主体", "Holder", "、".join(holders)))
    until = _day(held.valid_until) if held.valid_until else "长期"
    lines.append(_line("有效期", "Valid", f"{_day(held.valid_from)}至{until}"))
    stopped = held.status != "valid"
    return {
        "template": {
            "theme": held.theme,
            "layout": more.layout,
            "bilingual": more.bilingual,
        },
        "demo": demo,
        "watermark": held.status_label if stopped else None,
        "notice": f"此证照的状态为“{held.status_label}”，不得作为有效证照使用。"
        if stopped
        else None,
        "region": _REGION if more.area_code.startswith(_INNER_MONGOLIA) else None,
        "title": held.type_name,
        "title_mn": more.name_mn,
        "title_en": held.type_name_en,
        "fields": lines,
        "photo": next(
            (field.value for field in fields if field.type == "photo" and field.key in seen), None
        ),
        "sentences": _sentences(more.basis, demo=demo, stopped=stopped),
        "seal": seal.image if seal else None,
        "unit": held.issuing_unit,
        "issued_on": _day(held.issued_on),
        "identifier": held.identifier,
    }


def _sentences(basis: str | None, *, demo: bool, stopped: bool) -> list[str]:
    effect = "本电子证照与纸质证照具有同等法律效力。"
    if basis is not None:
        sealed = f"依据{basis}，本证照免予加盖电子印章。"
    elif demo:
        sealed = "本文件加盖演示印章，证书由演示 CA 签发；改动任何一处，签名即失效。"
    else:
        sealed = "本文件由发证单位加盖电子印章，可用 PDF 阅读器查验签名；改动任何一处，签名即失效。"
    standing = "证照状态可能在制作之后变化：当面核验请扫持证人手机上亮出的动态码。"
    return [*([] if stopped else [effect]), sealed, standing]


def _line(
    label: str, label_en: str, value: str | None, label_mn: str | None = None
) -> dict[str, str | None]:
    return {"label": label, "label_en": label_en, "label_mn": label_mn, "value": value}


def _written(field: HeldField) -> str:
    return _day(date.fromisoformat(field.value)) if field.type == "date" else field.value


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _minute(now: datetime) -> str:
    return f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
