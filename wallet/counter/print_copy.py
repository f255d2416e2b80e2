"""Print an annotated copy 加注件 of a licence in an assisted session (O-19, M-18).

1. a transaction stores serial, its own status index, the audit event
2. the code is signed and checked with the reader that desks run
3. a transaction keeps the text; the document is drawn and sealed when it is asked for

A copy without a text, left by a crash between 1 and 3, is no copy: nothing was printed from it, and the same request
again finishes it. Once its session is over nobody can, and it no longer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from verify import codes
from verify.codes import PAPER, PaperCode
from wallet import numbers
from wallet.base import audit
from wallet.base.clock import SHANGHAI, local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.typesetting import undrawable
from wallet.catalogue.model import LicenceType, UseItem, UseItemType
from wallet.counter.assist import lock_assistance
from wallet.counter.model import PURPOSE, RECIPIENT, TEXT, Copy
from wallet.counter.serial import new_serial
from wallet.errors import Conflict, Invalid
from wallet.holders.model import HOLDER_NAME, Holder
from wallet.holders.names import masked_name
from wallet.licences.held import HeldLicence
from wallet.licences.model import Licence, StatusEntry
from wallet.licences.of_holder import licence_of_holder
from wallet.licences.status.places import assign_copy_index
from wallet.organisations.model import Unit
from wallet.showing.assisted import COPY, tell_of_act
from wallet.web.principal import Principal

_STOPPED = {
    "suspended": "此证照处于暂扣状态，不能打印加注件，请联系发证单位。",
    "expired": "此证照已过有效期，不能打印加注件，请办理延续或换证。",
    "revoked": "此证照已被吊销或注销，不能打印加注件，请联系发证单位。",
    "not_yet_valid": "此证照还没有生效，到时再打印加注件。",
}


@dataclass(frozen=True)
class NewCopy:
    """A copy to print: `licence` is the identifier, `item` and `recipient_unit` are codes where they are known."""

    licence: str
    purpose: str
    recipient: str
    item: str | None
    recipient_unit: str | None
    valid_until: date
    single_use: bool


@dataclass(frozen=True)
class PrintedCopy:
    """A copy: the text of its code, and its last day."""

    serial: str
    text: str
    ends_on: date


def print_copy(
    deps: Deps,
    principal: Principal,
    assistance_id: str,
    new: NewCopy,
    key: str,
    body_hash: bytes,
    now: datetime,
) -> PrintedCopy:
    """Print a copy; the same request again, by its key, is the same copy.

    Raises NotFound (session, or a licence of somebody else), Conflict (`assistance_ended`, the licence's status,
    `too_many_copies`, `idempotency_key_reused`, `glyph_missing`), Invalid (`copy_days`, `copy_item`, `copy_recipient`).
    """
    _check_glyphs(new)
    with deps.db.begin() as tx:
        session = lock_assistance(tx, principal, assistance_id, now)
        copy = _before(tx, session, key)
        if copy is None:
            copy = _store(tx, deps, principal, session, new, key, body_hash, now)
        elif copy.body_hash != body_hash:
            raise Conflict(
                "同一个 Idempotency-Key 用于不同的内容，请换一个。", "idempotency_key_reused"
            )
    if copy.text_sealed is not None:
        return PrintedCopy(copy.serial, deps.vault.open(copy.text_sealed, TEXT), copy.ends_on)
    text = _signed(deps, copy)
    with deps.db.begin() as tx:
        tx.execute(
            update(Copy)
            .where(Copy.id == copy.id, Copy.text_sealed.is_(None))
            .values(text_sealed=deps.vault.seal(text, TEXT))
        )
    return PrintedCopy(copy.serial, text, copy.ends_on)


def _before(tx: Connection, session: AnyRow, key: str) -> AnyRow | None:
    return tx.execute(
        select(Copy).where(Copy.assistance_id == session.id, Copy.key == key)
    ).one_or_none()


def _store(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    session: AnyRow,
    new: NewCopy,
    key: str,
    body_hash: bytes,
    now: datetime,
) -> AnyRow:
    held, _ = licence_of_holder(tx, deps, session.holder_id, new.licence, now)
    if held.status != "valid":
        raise Conflict(_STOPPED[held.status], f"licence_{held.status}")
    _check_days(held, new.valid_until, local_day(now))
    # Whoever else prints of this licence waits here, so that the number is exact. A desk that uses it does not.
    tx.execute(
        select(Licence.id).where(Licence.id == held.id).with_for_update(key_share=True)
    ).all()
    _check_number(tx, held.id, now)
    item_id = _item(tx, new.item, held)
    values: dict[str, Any] = {
        "serial": new_serial(),
        "assistance_id": session.id,
        "key": key,
        "body_hash": body_hash,
        "licence_id": held.id,
        "holder_id": session.holder_id,
        "unit_id": principal.unit_id,
        "actor": principal.account,
        "purpose_sealed": deps.vault.seal(new.purpose, PURPOSE),
        "recipient_sealed": deps.vault.seal(new.recipient, RECIPIENT),
        "item_id": item_id,
        "recipient_unit_id": _recipient(tx, new.recipient_unit),
        "ends_on": new.valid_until,
        "single_use": new.single_use,
        "uses": 0,
        "printed_at": now,
    }
    tx.execute(insert(Copy), values)
    copy = tx.execute(select(Copy).where(Copy.serial == values["serial"])).one()
    assign_copy_index(tx, deps, copy.id, now)
    audit.record(
        tx,
        "copy.printed",
        now,
        serial=copy.serial,
        assistance=session.id,
        licence=held.id,
        actor=principal.account,
        unit=principal.unit_id,
        item=item_id,
        recipient=copy.recipient_unit_id,
        ends_on=new.valid_until.isoformat(),
        single_use=new.single_use,
    )
    tell_of_act(tx, session, principal.account, COPY, now, held.id)
    return copy


def _check_glyphs(new: NewCopy) -> None:
    """What cannot be set on the document is refused before a copy is counted."""
    missing = undrawable(new.purpose + new.recipient)
    if missing:
        named = "、".join(f"{character}（U+{ord(character):04X}）" for character in missing)
        raise Conflict(f"现有字库没有这些字：{named}。请换一种写法。", "glyph_missing")


def _check_days(held: HeldLicence, last: date, today: date) -> None:
    most = today + timedelta(days=numbers.COPY_DAYS_MAX)
    if held.valid_until is not None:
        most = min(most, held.valid_until)
    if not today <= last <= most:
        sentence = f"应为今天至 {most.isoformat()}，不晚于证照的有效期。"
        raise Invalid(f"valid_until：{sentence}", "copy_days", {"valid_until": [sentence]})


def _check_number(tx: Connection, licence_id: int, now: datetime) -> None:
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


def _item(tx: Connection, code: str | None, held: HeldLicence) -> int | None:
    """The item, which must use licences of that type: a desk could not accept the copy for another."""
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


def _recipient(tx: Connection, code: str | None) -> int | None:
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


def _signed(deps: Deps, copy: AnyRow) -> str:
    """The text of a copy's code, of the time when it was stored, read back as a desk would have read it then."""
    printed_at = copy.printed_at.timestamp()
    with deps.db.read() as tx:
        places = {
            row.copy_id: row.index
            for row in tx.execute(
                select(StatusEntry.index, StatusEntry.copy_id).where(
                    (StatusEntry.licence_id == copy.licence_id) | (StatusEntry.copy_id == copy.id)
                )
            )
        }
        more = tx.execute(
            select(LicenceType.short_number)
            .join(Licence, Licence.type_id == LicenceType.id)
            .where(Licence.id == copy.licence_id)
        ).one()
        holder = tx.execute(select(Holder).where(Holder.id == copy.holder_id)).one()
    end = datetime.combine(copy.ends_on + timedelta(days=1), datetime.min.time(), SHANGHAI)
    claims: dict[str, Any] = {
        "iss": deps.keys.issuer,
        "jti": copy.serial,
        "iat": int(printed_at),
        "end": int(end.timestamp()),
        "t": more.short_number,
        "l": places[None],
        "c": places[copy.id],
    }
    if holder.kind == "person":
        claims["n"] = masked_name(deps.vault.open(holder.name_sealed, HOLDER_NAME), holder.kind)
    if copy.item_id is not None:
        claims["i"] = copy.item_id
    if copy.recipient_unit_id is not None:
        claims["u"] = copy.recipient_unit_id
    text = f"{deps.config.public_url}/v#{codes.encode(PAPER, claims, deps.keys.current)}"
    code = codes.read(text, deps.keys.public, printed_at)
    if not isinstance(code, PaperCode) or code.jti != copy.serial:
        raise RuntimeError("the copy just signed does not read back")
    return text
