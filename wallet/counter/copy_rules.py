"""What a copy that is asked for must keep."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, or_, select

from wallet import numbers
from wallet.base.deps import Deps
from wallet.base.typesetting import check_drawable, undrawable
from wallet.catalogue.model import LicenceType, UseItem, UseItemType
from wallet.counter.model import Copy
from wallet.errors import Conflict, Invalid
from wallet.licences.documents.document import says_of
from wallet.licences.held import HeldField, HeldLicence
from wallet.licences.model import Licence
from wallet.organisations.model import Unit

_STOPPED: Final = {
    "suspended": "此证照处于暂扣状态，不能打印加注件，请联系发证单位。",
    "expired": "此证照已过有效期，不能打印加注件，请办理延续或换证。",
    "revoked": "此证照已被吊销或注销，不能打印加注件，请联系发证单位。",
    "not_yet_valid": "此证照还没有生效，到时再打印加注件。",
}
_NOT_ON_COPIES: Final = {"sentences", "notice", "region"}
"""What stands on a licence's own document alone."""


def check_glyphs(text: str) -> None:
    """What cannot be set on the document is refused before a copy is counted. Raises Conflict (`glyph_missing`)."""
    missing = undrawable(text)
    if missing:
        named = "、".join(f"{character}（U+{ord(character):04X}）" for character in missing)
        raise Conflict(f"现有字库没有这些字：{named}。请换一种写法。", "glyph_missing")


def check_valid(held: HeldLicence) -> None:
    """Raises Conflict with the licence's status where that is not valid."""
    if held.status != "valid":
        raise Conflict(_STOPPED[held.status], f"licence_{held.status}")


def check_days(held: HeldLicence, last: date, today: date) -> None:
    """Raises Invalid (`copy_days`)."""
    most = today + timedelta(days=numbers.COPY_DAYS_MAX)
    if held.valid_until is not None:
        most = min(most, held.valid_until)
    if not today <= last <= most:
        sentence = f"应为今天至 {most.isoformat()}，不晚于证照的有效期。"
        raise Invalid(f"valid_until：{sentence}", "copy_days", {"valid_until": [sentence]})


def check_number(tx: Connection, licence_id: int, now: datetime) -> None:
    """Raises Conflict (`too_many_copies`). The caller has locked the licence, so that the number is exact."""
    since = now - timedelta(days=numbers.COPIES_WITHIN_DAYS)
    unfinished = now - timedelta(seconds=numbers.ASSISTANCE_LIFE)
    printed = select(func.count()).where(
        Copy.licence_id == licence_id,
        Copy.printed_at > since,
        Copy.revoked_at.is_(None),
        or_(Copy.text_sealed.is_not(None), Copy.printed_at > unfinished),
    )
    if tx.execute(printed).scalar_one() >= numbers.COPIES_MAX:
        raise Conflict(
            f"这件证照 {numbers.COPIES_WITHIN_DAYS} 天内已打印 {numbers.COPIES_MAX} 份，"
            "请先撤回不再用的，或请持证人出示原件。",
            "too_many_copies",
        )


def item_of(tx: Connection, code: str | None, held: HeldLicence) -> int | None:
    """The item, which must use licences of that type: a desk could not accept the copy for another. Raises Invalid
    (`copy_item`)."""
    if code is None:
        return None
    found = None
    if code.isprintable():
        found = tx.execute(
            select(UseItem.id)
            .join(UseItemType, UseItemType.item_id == UseItem.id)
            .join(LicenceType, LicenceType.id == UseItemType.type_id)
            .where(
                UseItem.code == code,
                UseItem.withdrawn_at.is_(None),
                LicenceType.code == held.type_code,
            )
        ).scalar_one_or_none()
    if found is None:
        sentence = "没有这个事项，或它不用这种证照，请在清单中重新选择，或不选。"
        raise Invalid(f"item：{sentence}", "copy_item", {"item": [sentence]})
    number: int = found
    return number


def recipient_of(tx: Connection, code: str | None) -> int | None:
    """The unit that a copy is for. Raises Invalid (`copy_recipient`)."""
    if code is None:
        return None
    found = None
    if code.isprintable():
        found = tx.execute(
            select(Unit.id).where(Unit.code == code, Unit.closed_at.is_(None))
        ).scalar_one_or_none()
    if found is None:
        sentence = "没有这个单位，请核对统一社会信用代码，或只写接收单位名称。"
        raise Invalid(
            f"recipient_unit：{sentence}", "copy_recipient", {"recipient_unit": [sentence]}
        )
    number: int = found
    return number


def check_document(
    tx: Connection,
    deps: Deps,
    held: HeldLicence,
    fields: list[HeldField],
    item_id: int | None,
    printed_by: str,
    now: datetime,
) -> None:
    """A copy whose document could not be made at this unit is refused before it is counted. Raises Conflict (`no_seal`,
    `seal_expired`, `glyph_missing`), Unavailable where the seal does not open."""
    says, _seal = says_of(tx, deps, held, fields, now, fields_seen(tx, held.id, item_id))
    printed = {name: value for name, value in says.items() if name not in _NOT_ON_COPIES}
    check_drawable(printed | {"printed_by": printed_by})


def fields_seen(tx: Connection, licence_id: int, item_id: int | None) -> list[str] | None:
    """The keys of the fields of a licence that an item may see; None where the copy is for no item of the list."""
    if item_id is None:
        return None
    keys: list[str] | None = tx.execute(
        select(UseItemType.fields)
        .join(Licence, Licence.type_id == UseItemType.type_id)
        .where(Licence.id == licence_id, UseItemType.item_id == item_id)
    ).scalar_one_or_none()
    return keys or []
