"""Enter a slip afterwards, once: what was seen, by whom, when; or say that it was spoilt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select, update

from verify.codes import CLOCK_TOLERANCE
from verify.slips import read_slip
from verify.verdict import Refused
from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day, rfc3339
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem
from wallet.counter.slips.model import CONTENT, ENTERED, SPOILT, Slip, SlipBlock
from wallet.counter.slips.number import read_number
from wallet.errors import Conflict, Invalid, NotFound
from wallet.holders.codes import normalise_holder_code
from wallet.holders.find import find_holder
from wallet.holders.model import HOLDER_NAME
from wallet.holders.names import normalise_name
from wallet.organisations.model import Staff
from wallet.showing.assisted import tell_of_slip
from wallet.showing.model import LOOK_UP_CAUSE
from wallet.web.principal import Principal

_RESIDENT_ID: Final = "111"


@dataclass(frozen=True)
class NewEntry:
    """What stood on a slip. `seen_by` is the login of who wrote it, `item` a code where it is known; `code` and `name` are
    the served person's, where the slip has them."""

    number: str
    seen_at: datetime
    seen_by: str
    seen: str
    served: bool
    item: str | None
    code: str | None
    name: str | None


@dataclass(frozen=True)
class Entry:
    """A slip that was entered; `holder_known` where the library told that person of it."""

    number: str
    late: bool
    holder_known: bool


def enter_slip(deps: Deps, principal: Principal, new: NewEntry, now: datetime) -> Entry:
    """Enter a slip of the unit of this staff member. It is entered once, and nothing of it is changed afterwards.

    A late one is taken too, and marked. Raises NotFound (`slip_unknown`), Conflict (`slip_settled`), Invalid (`slip_time`,
    `slip_staff`, `slip_item`, `holder_code`).
    """
    code = None
    if new.code:
        code = normalise_holder_code("person", _RESIDENT_ID, new.code, local_day(now))
    with deps.db.begin() as tx:
        slip = _blank(tx, deps, principal, new.number, now)
        latest = now + timedelta(seconds=CLOCK_TOLERANCE)
        if not slip.issued_at <= new.seen_at <= latest:
            sentence = "应在应急单印发之后，不晚于现在。"
            raise Invalid(f"seen_at：{sentence}", "slip_time", {"seen_at": [sentence]})
        staff_id = _writer(tx, principal, new.seen_by)
        item_id = _item(tx, new.item)
        holder_id = _holder(tx, deps, code, new.name)
        late = now > new.seen_at + timedelta(days=numbers.SLIP_DAYS)
        _settle(
            tx,
            slip,
            outcome=ENTERED,
            settled_at=now,
            settled_by=principal.account,
            seen_at=new.seen_at,
            staff_id=staff_id,
            item_id=item_id,
            holder_id=holder_id,
            served=new.served,
            late=late,
            content_sealed=deps.vault.seal(new.seen, CONTENT),
        )
        audit.record(
            tx,
            "slip.entered",
            now,
            slip=slip.number,
            actor=principal.account,
            unit=principal.unit_id,
            staff=staff_id,
            item=item_id,
            holder_id=holder_id,
            served=new.served,
            seen_at=rfc3339(new.seen_at),
            late=late,
            entered_afterwards=True,
        )
        if holder_id is not None:
            unit_id, actor = principal.unit_id, principal.account
            seen = deps.vault.seal(new.seen, LOOK_UP_CAUSE)
            tell_of_slip(tx, slip.number, holder_id, unit_id, actor, seen, new.seen_at)
    return Entry(slip.number, late, holder_id is not None)


def spoil_slip(deps: Deps, principal: Principal, number: str, reason: str, now: datetime) -> str:
    """Note that a slip was spoilt or lost, and why, so that each number is accounted for; gives the
    number. Raises as `enter_slip`."""
    with deps.db.begin() as tx:
        slip = _blank(tx, deps, principal, number, now)
        _settle(
            tx,
            slip,
            outcome=SPOILT,
            settled_at=now,
            settled_by=principal.account,
            content_sealed=deps.vault.seal(reason, CONTENT),
        )
        told = {"actor": principal.account, "unit": principal.unit_id}
        audit.record(tx, "slip.spoilt", now, slip=slip.number, **told)
    return str(slip.number)


def _blank(tx: Connection, deps: Deps, principal: Principal, text: str, now: datetime) -> AnyRow:
    number, found = read_number(text) or _scanned(deps, text, now), None
    if number is not None:
        found = tx.execute(
            select(Slip.number, Slip.outcome, SlipBlock.issued_at)
            .join(SlipBlock, SlipBlock.id == Slip.block_id)
            .where(Slip.number == number, SlipBlock.unit_id == principal.unit_id)
        ).one_or_none()
    if found is None:
        raise NotFound("没有这张应急单，或不是印发给本单位的，请核对编号。", "slip_unknown")
    if found.outcome is not None:
        raise _settled()
    return found


def _scanned(deps: Deps, text: str, now: datetime) -> str | None:
    try:
        return read_slip(text, deps.keys.public, now.timestamp()).number
    except Refused:
        return None


def _settle(tx: Connection, slip: AnyRow, **values: object) -> None:
    done = tx.execute(
        update(Slip).where(Slip.number == slip.number, Slip.outcome.is_(None)).values(**values)
    )
    if not done.rowcount:  # the other of two at once
        raise _settled()


def _settled() -> Conflict:
    return Conflict("这张应急单已经登记或作废，不能再登记，请核对编号。", "slip_settled")


def _writer(tx: Connection, principal: Principal, login: str) -> int:
    found = tx.execute(
        select(Staff.id).where(Staff.login == login, Staff.unit_id == principal.unit_id)
    ).scalar_one_or_none()
    if found is None:
        sentence = "本单位没有这名工作人员，请核对账号。"
        raise Invalid(f"seen_by：{sentence}", "slip_staff", {"seen_by": [sentence]})
    number: int = found
    return number


def _item(tx: Connection, code: str | None) -> int | None:
    if code is None:
        return None
    found = tx.execute(select(UseItem.id).where(UseItem.code == code)).scalar_one_or_none()
    if found is None:
        sentence = "没有这个事项，请核对代码，或不填。"
        raise Invalid(f"item：{sentence}", "slip_item", {"item": [sentence]})
    number: int = found
    return number


def _holder(tx: Connection, deps: Deps, code: str | None, name: str | None) -> int | None:
    """Whom the library knows by this code and name; a slip with another name is entered all the same."""
    row = find_holder(tx, deps.vault, _RESIDENT_ID, code) if code else None
    if row is None or not name:
        return None
    known = normalise_name(deps.vault.open(row.name_sealed, HOLDER_NAME))
    found: int = row.id
    return found if known == normalise_name(name) else None
