"""The party's side of an application: its responsible person 专人 writes it, hands it in, takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow, insert_if_new
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType, UseItem
from wallet.errors import Conflict, Invalid, NotFound
from wallet.organisations.model import Unit
from wallet.organisations.units.sight import check_open, lock_unit
from wallet.relying.model import Grant
from wallet.relying.onboarding.content import GOVERNMENT, check_again, checked_content, item_to_use
from wallet.relying.onboarding.deciders import deciders, read_tree
from wallet.relying.onboarding.model import Application, ApplicationProof
from wallet.relying.onboarding.sight import EDITABLE, application_in_sight, expect, move, not_found
from wallet.web.principal import Principal


def write_application(
    deps: Deps, principal: Principal, item: str, given: Mapping[str, Any], now: datetime
) -> str:
    """Begin an application of the own unit for an item; gives its id.

    Raises NotFound (no such item for this unit), Invalid (`invalid_application`), Conflict
    (`application_exists`, `unit_closed`).
    """
    assert principal.unit_id is not None
    with deps.db.begin() as tx:
        unit = lock_unit(tx, principal.unit_id)
        check_open(unit)
        to_use = item_to_use(tx, unit, item)
        values = {"unit_id": unit.id, "item_id": to_use.id}
        written = insert_if_new(
            tx,
            Application,
            **values,
            state="draft",
            content=checked_content(tx, unit, to_use, given, local_day(now)),
            authors=[principal.account],
            reviewer=None,
            changed_at=now,
        )
        if not written:
            raise Conflict(
                "本单位对这一事项已有未办结的申请，请在它上面修改。", "application_exists"
            )
        newest = select(func.max(Application.id)).filter_by(**values)
        application_id = str(tx.execute(newest).scalar_one())
        row = application_in_sight(tx, principal, application_id)
        move(tx, row, principal, "written", now)
    return application_id


def rewrite_application(
    deps: Deps, principal: Principal, application_id: str, given: Mapping[str, Any], now: datetime
) -> None:
    """Replace the content of an application that is not handed in, or was returned.

    Raises NotFound, Invalid (`invalid_application`), Conflict (`application_state`).
    """
    with deps.db.begin() as tx:
        row = own_application(tx, principal, application_id)
        unit = _unit(tx, row)
        item = item_to_use(tx, unit, row.item)
        content = checked_content(tx, unit, item, given, local_day(now))
        move(
            tx, row, principal, "written", now,
            state="draft", content=content, authors=with_author(row, principal),
        )  # fmt: skip


def submit_application(
    deps: Deps, principal: Principal, application_id: str, now: datetime
) -> None:
    """Hand an application in to the managing unit.

    Raises NotFound, Invalid (`proof_required`; `invalid_application` where the item or the days have moved on), Conflict
    (`application_state`, `no_decider`).
    """
    with deps.db.begin() as tx:
        row = own_application(tx, principal, application_id)
        check_again(tx, _unit(tx, row), row.item, row.content, local_day(now))
        proofs = select(func.count()).where(ApplicationProof.application_id == row.id)
        if not tx.execute(proofs).scalar_one():
            raise Invalid("proofs：请先上传登记证书、公函等证明材料，再提交。", "proof_required")
        if not deciders(read_tree(tx, local_day(now)), row.parent_id, row.scene):
            raise Conflict("上级没有可以审批的管理单位，请联系运维人员登记授权。", "no_decider")
        move(
            tx, row, principal, "submitted", now,
            state="submitted", authors=with_author(row, principal),
        )  # fmt: skip


def withdraw_application(
    deps: Deps, principal: Principal, application_id: str, now: datetime
) -> None:
    """Take an application back, before anything has been granted by it; it ends for good.

    Raises NotFound, Conflict (`application_state`).
    """
    with deps.db.begin() as tx:
        row = application_in_sight(tx, principal, application_id, lock=True)
        if row.unit_id != principal.unit_id:
            raise not_found()
        expect(row, (*EDITABLE, "submitted", "reviewed", "approved"))
        move(tx, row, principal, "withdrawn", now, state="withdrawn")


def own_application(tx: Connection, principal: Principal, application_id: str) -> AnyRow:
    """An application of the own unit that may be changed, kept from others. Raises NotFound, Conflict
    (`application_state`)."""
    row = application_in_sight(tx, principal, application_id, lock=True)
    if row.unit_id != principal.unit_id:
        raise not_found()
    expect(row, EDITABLE)
    return row


def applicable_items(
    deps: Deps, principal: Principal, limit: int, cursor: str | None
) -> tuple[list[AnyRow], str | None]:
    """A page of the items that the own unit may apply for: code, name, name_en, own; the own ones come first, with the
    first page. Raises Invalid (`invalid_cursor`)."""
    after = number_of_cursor(cursor)
    with deps.db.read() as tx:
        unit = tx.execute(select(Unit).where(Unit.id == principal.unit_id)).one()
        own = UseItem.unit_id == unit.id
        query = select(
            UseItem.id, UseItem.code, UseItem.name, UseItem.name_en, own.label("own")
        ).where(UseItem.withdrawn_at.is_(None))
        query = query.order_by(UseItem.id)
        ours = [] if cursor else tx.execute(query.where(own).limit(numbers.PAGE_LIMIT_MAX)).all()
        if "relying" not in unit.kinds:
            return list(ours), None
        others = query.where(~own, UseItem.scene == GOVERNMENT, UseItem.id > after)
        rows = tx.execute(others.limit(limit + 1)).all()
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [*ours, *rows[:limit]], next_cursor


def may_apply(deps: Deps, principal: Principal, item: str) -> bool:
    """Whether there is an item with this code that the own unit may apply for."""
    with deps.db.read() as tx:
        unit = tx.execute(select(Unit).where(Unit.id == principal.unit_id)).one()
        try:
            item_to_use(tx, unit, item)
        except NotFound:
            return False
    return True


def granted_content(deps: Deps, principal: Principal, item: str) -> dict[str, Any] | None:
    """What the own unit has been granted for an item, as the content of an application to renew it; None where
    there is nothing. Its days are left out."""
    rows = deps.db.rows(
        select(Grant, LicenceType.code)
        .join(UseItem, UseItem.id == Grant.item_id)
        .join(LicenceType, LicenceType.id == Grant.type_id)
        .where(UseItem.code == item, Grant.unit_id == principal.unit_id)
        .order_by(Grant.id)
    )
    if not rows:
        return None
    first = rows[0]
    return {
        "types": [{"type": row.code, "fields": row.fields} for row in rows],
        "quota_per_day": first.quota_per_day,
        "networks": first.networks,
        "opens": first.opens and first.opens.strftime("%H:%M"),
        "closes": first.closes and first.closes.strftime("%H:%M"),
    }


def own_grants(deps: Deps, principal: Principal) -> list[AnyRow]:
    """For each item that the own unit is granted: code, name, name_en, `ends_on` (the first day of its grants' last days,
    None without an end), `suspended` (how many are), those that end first before the others."""
    ends_on = func.min(Grant.ends_on).label("ends_on")
    return list(
        deps.db.rows(
            select(
                UseItem.code,
                UseItem.name,
                UseItem.name_en,
                ends_on,
                func.count(Grant.suspended_at).label("suspended"),
            )
            .join(UseItem, UseItem.id == Grant.item_id)
            .where(Grant.unit_id == principal.unit_id, UseItem.withdrawn_at.is_(None))
            .group_by(UseItem.id, UseItem.code, UseItem.name, UseItem.name_en)
            .order_by(ends_on.is_(None), ends_on, UseItem.id)
            .limit(numbers.PAGE_LIMIT_MAX)
        )
    )


def _unit(tx: Connection, row: AnyRow) -> AnyRow:
    """The unit of an application as it is now. Raises Conflict (`unit_closed`)."""
    unit = lock_unit(tx, row.unit_id)
    check_open(unit)
    return unit


def with_author(row: AnyRow, principal: Principal) -> list[str]:
    """The authors of an application, and one who has a part in it now: they do not decide on it."""
    return list(dict.fromkeys([*row.authors, principal.account]))
