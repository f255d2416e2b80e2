"""Enter who acts for a holder, and end it: an operator does, from a document.

A child's guardian (监护人, Civil Code 27) shows the child's licences until the eve of the 18th birthday.
An organisation's first administrator (证照管理员) is entered so; further ones are asked by those who are
there (`holders.administrators`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from marshmallow import ValidationError
from sqlalchemy import Connection, delete, insert, select

from wallet import numbers
from wallet.base import audit
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.base.spreadsheets import is_formula
from wallet.base.working_days import end_of_day
from wallet.errors import Conflict, Invalid, NotFound
from wallet.holders.acting import announce
from wallet.holders.age import birthday, born_on, last_day_as_child
from wallet.holders.codes import ORGANISATION_CODE_TYPES, normalise_holder_code
from wallet.holders.find import find_holder, find_or_add_holder
from wallet.holders.identify import open_account
from wallet.holders.model import HOLDER_NAME, REFERENCE, Account, Holder, Representative
from wallet.holders.names import normalise_name
from wallet.web.schemas import check_line

GUARDIAN: Final = "guardian"
ADMINISTRATOR: Final = "administrator"


@dataclass(frozen=True)
class Named:
    """Somebody by code type, code and name, as a document names them."""

    code_type: str
    code: str
    name: str


@dataclass(frozen=True)
class NewRepresentative:
    """`person` acts for `holder`: an organisation, or a child.

    `basis` is the kind of document that proves it, `reference` its number. `until` is the last day,
    None as long as it may be; a child whose code tells no day of birth needs one.
    """

    person: Named
    holder: Named
    basis: str
    reference: str
    until: date | None


def enter_representative(
    tx: Connection,
    deps: Deps,
    new: NewRepresentative,
    now: datetime,
    *,
    kept: dict[int, set[str]] | None = None,
) -> bool:
    """Write it down; false where it was there already, to the same day.

    With `kept` (holder → public ids) this one is added to it, and of the others only those in it take up room: the
    rest are about to go (`replace.end_others`). Raises Invalid (`holder_code_type`,
    `holder_code`, `representative`), Conflict (`holder_name`, `administrator_exists`, `too_many_guardians`).
    """
    today = local_day(now)
    person = _normal("person", new.person, today)
    kind = "organisation" if new.holder.code_type in ORGANISATION_CODE_TYPES else "person"
    holder = _normal(kind, new.holder, today)
    _check_words(new.basis, new.reference)
    if not new.basis or not new.reference:
        raise Invalid("basis、reference：请写明凭什么材料登记，以及材料的编号。", "representative")
    until = _last_day(kind, person, holder, new.until, today)
    person_id, holder_id = _known(tx, deps, "person", person), _known(tx, deps, kind, holder)
    account = open_account(tx, person_id, now)
    # Whoever else changes who acts for it waits here: what is counted stays true.
    tx.execute(select(Holder.id).where(Holder.id == holder_id).with_for_update(key_share=True))
    acting = acting_for(tx, holder_id, today)
    others = [row for row in acting if row.account_id != account]
    if kept is not None:
        staying = kept.setdefault(holder_id, set())
        others = [row for row in others if row.public_id in staying]
    mine = next((row for row in acting if row.account_id == account), None)
    if mine is not None and mine.ends_on == until:
        if kept is not None:
            kept[holder_id].add(mine.public_id)
        return False
    _check_room(kind, others, replacing=kept is not None)
    same = (Representative.account_id == account, Representative.holder_id == holder_id)
    tx.execute(delete(Representative).where(*same))
    public_id = tx.execute(
        insert(Representative).returning(Representative.public_id),
        {
            "account_id": account,
            "holder_id": holder_id,
            "starts_on": today,
            "ends_on": until,
            "over_at": end_of_day(until) if until else None,
            "basis": new.basis,
            "reference_sealed": deps.vault.seal(new.reference, REFERENCE),
        },
    ).scalar_one()
    audit.record(
        tx,
        "representative.entered",
        now,
        representative=public_id,
        account=account,
        holder_id=holder_id,
        role=ADMINISTRATOR if kind == "organisation" else GUARDIAN,
        ends_on=until.isoformat() if until else None,
    )
    announce(tx, now, "entered", holder_id, account)
    if kept is not None:
        kept[holder_id].add(public_id)
    return True


def end_representative(
    tx: Connection, deps: Deps, person: Named, holder: Named, now: datetime
) -> None:
    """End it at once: what is on a screen is void. Raises NotFound where nobody acts so."""
    today = local_day(now)
    kind = "organisation" if holder.code_type in ORGANISATION_CODE_TYPES else "person"
    persons = _find(tx, deps, _normal("person", person, today))
    holders = _find(tx, deps, _normal(kind, holder, today))
    row = None
    if persons is not None and holders is not None:
        row = tx.execute(
            select(Representative)
            .join(Account, Account.id == Representative.account_id)
            .where(Account.holder_id == persons.id, Representative.holder_id == holders.id)
        ).one_or_none()
    if row is None:
        raise NotFound("没有登记这个人代表这个持证主体，请核对两方的证件号码。")
    end_acting(tx, row, now)


def end_acting(tx: Connection, row: AnyRow, now: datetime) -> None:
    """End what a row of `acting_for` says, and leave word of it."""
    tx.execute(delete(Representative).where(Representative.public_id == row.public_id))
    told = {"representative": row.public_id, "account": row.account_id, "holder_id": row.holder_id}
    audit.record(tx, "representative.ended", now, **told)
    announce(tx, now, "ended", row.holder_id, row.account_id)


def _normal(kind: str, named: Named, today: date) -> Named:
    _check_words(named.name)
    code = normalise_holder_code(kind, named.code_type, named.code, today)
    return Named(named.code_type, code, named.name.strip())


def _check_words(*words: str) -> None:
    for word in words:
        try:
            check_line(word)
        except ValidationError:
            raise Invalid("文字里有不能用的字符或换行。", "representative") from None
        if len(word) > numbers.TEXT_FIELD_MAX or is_formula(word):
            raise Invalid("文字过长，或以公式符号开头，请核对表格。", "representative")


def _last_day(
    kind: str, person: Named, holder: Named, until: date | None, today: date
) -> date | None:
    """The last day on which the person acts. Raises Invalid (`representative`)."""
    born = born_on(person.code_type, person.code)
    if born is not None and birthday(born, numbers.AGE_OF_MAJORITY) > today:
        raise Invalid("person：代表他人的人须已成年。", "representative")
    if until is not None and until < today:
        raise Invalid("until：截止日期已过。", "representative")
    if kind == "organisation":
        return until
    if (person.code_type, person.code) == (holder.code_type, holder.code):
        raise Invalid("holder：被监护人不能是监护人本人。", "representative")
    child = born_on(holder.code_type, holder.code)
    if child is None:
        if until is None:
            raise Invalid("until：证件号码不含出生日期，请填写成年前一天。", "representative")
        return until
    last = last_day_as_child(child)
    if last < today:
        raise Invalid("holder：被监护人已满 18 周岁，不再登记监护人。", "representative")
    return min(last, until or last)


def _known(tx: Connection, deps: Deps, kind: str, named: Named) -> int:
    """The holder of that code; raises Conflict (`holder_name`) where the library knows another name."""
    found = _find(tx, deps, named)
    if found is not None:
        if normalise_name(deps.vault.open(found.name_sealed, HOLDER_NAME)) != normalise_name(
            named.name
        ):
            raise Conflict("姓名或名称与亮证库里这个号码的不一致，请核对材料。", "holder_name")
        known: int = found.id
        return known
    if not named.name:
        raise Invalid("请填写姓名或名称。", "representative")
    who: dict[str, Any] = {"code_type": named.code_type, "code": named.code, "name": named.name}
    return find_or_add_holder(tx, deps.vault, kind=kind, **who)


def _find(tx: Connection, deps: Deps, named: Named) -> AnyRow | None:
    return find_holder(tx, deps.vault, named.code_type, named.code)


def acting_for(tx: Connection, holder_id: int, today: date) -> Sequence[AnyRow]:
    """The representatives of a holder on that day."""
    return tx.execute(
        select(Representative).where(
            Representative.holder_id == holder_id,
            is_current(Representative.starts_on, Representative.ends_on, today),
        )
    ).all()


def _check_room(kind: str, others: Sequence[AnyRow], *, replacing: bool) -> None:
    if kind == "organisation" and len(others) >= numbers.ADMINISTRATORS_MAX:
        raise Conflict(
            f"一个单位最多 {numbers.ADMINISTRATORS_MAX} 位管理员。", "too_many_administrators"
        )
    if kind == "organisation" and others and not replacing:
        raise Conflict(
            "这个单位已有管理员，请由管理员添加；管理员都联系不上的，凭材料用 --replace 更换。",
            "administrator_exists",
        )
    if kind == "person" and len(others) >= numbers.GUARDIANS_MAX:
        raise Conflict(
            f"一个未成年人最多登记 {numbers.GUARDIANS_MAX} 位监护人。", "too_many_guardians"
        )
