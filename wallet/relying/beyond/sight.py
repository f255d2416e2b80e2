"""Grants and alerts as the managing units above their party see them; strangers find nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, String, cast, literal, select

from wallet import numbers
from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.catalogue.model import LicenceType, UseItem
from wallet.errors import NotFound, NotPermitted
from wallet.organisations.model import Alert, Client, Staff, Unit
from wallet.organisations.tree import units_in_sight
from wallet.relying.model import Grant
from wallet.web.principal import Principal

_ID_DIGITS = 9
"""What PostgreSQL's INTEGER holds in any case."""


@dataclass(frozen=True)
class GrantView:
    """A grant: `unit` is the code of the party, `suspended_by` an account or `rule`, `changeable` that
    whoever asks may suspend it. `declared` are the fields of the licence type as its catalogue entry has them."""

    id: str
    unit: str
    unit_name: str
    unit_name_en: str
    item: str
    item_name: str
    item_name_en: str
    licence_type: str
    type_name: str
    type_name_en: str
    declared: Sequence[Mapping[str, Any]]
    fields: Sequence[str]
    starts_on: date
    ends_on: date | None
    networks: Sequence[str] | None
    opens: time | None
    closes: time | None
    quota_per_day: int | None
    look_ups_per_day: int | None
    suspended_at: datetime | None
    suspended_by: str | None
    suspension_reason: str | None
    changeable: bool

    @property
    def may_look_up(self) -> bool:
        """Whether holders may be looked up under it by name and code."""
        return self.look_ups_per_day is not None


@dataclass(frozen=True)
class AlertView:
    """What went beyond a grant, `times` from the first to the last time; `item` and its name are empty where there is none
    such; `who` is the login or client that `actor` is."""

    id: str
    unit: str
    unit_name: str
    unit_name_en: str
    actor: str
    who: str
    item: str
    item_name: str
    item_name_en: str
    cause: str
    times: int
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None
    changeable: bool


_GRANTS: AnySelect = (
    select(
        Grant, Unit.code.label("unit"), Unit.name.label("unit_name"),
        Unit.name_en.label("unit_name_en"), UseItem.code.label("item"),
        UseItem.name.label("item_name"), UseItem.name_en.label("item_name_en"),
        LicenceType.code.label("type_code"), LicenceType.name.label("type_name"),
        LicenceType.name_en.label("type_name_en"), LicenceType.fields.label("declared"),
    )
    .join(Unit, Unit.id == Grant.unit_id)
    .join(UseItem, UseItem.id == Grant.item_id)
    .join(LicenceType, LicenceType.id == Grant.type_id)
)  # fmt: skip
_ALERTS: AnySelect = (
    select(
        Alert, Unit.code.label("unit"), Unit.name.label("unit_name"),
        Unit.name_en.label("unit_name_en"), UseItem.name.label("item_name"),
        UseItem.name_en.label("item_name_en"), Staff.login, Client.client_id.label("client"),
    )
    .join(Unit, Unit.id == Alert.unit_id)
    .outerjoin(UseItem, UseItem.code == Alert.item)
    .outerjoin(Staff, literal("staff:") + cast(Staff.id, String) == Alert.actor)
    .outerjoin(Client, literal("client:") + cast(Client.id, String) == Alert.actor)
)  # fmt: skip


def grants_page(
    deps: Deps,
    principal: Principal,
    suspended: bool,
    limit: int,
    cursor: str | None,
    ending: date | None = None,
) -> tuple[list[GrantView], str | None]:
    """A page of the grants in sight, of those that are suspended, or that end within `numbers.GRANT_ENDS_DAYS` of
    the day `ending`. Raises Invalid (`invalid_cursor`)."""
    query = _GRANTS.where(
        Grant.unit_id.in_(units_in_sight(principal)), Grant.id > number_of_cursor(cursor)
    )
    if suspended:
        query = query.where(Grant.suspended_at.is_not(None))
    if ending is not None:
        last = ending + timedelta(days=numbers.GRANT_ENDS_DAYS)
        query = query.where(Grant.ends_on.between(ending, last))
    rows = deps.db.rows(query.order_by(Grant.id).limit(limit + 1))
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_grant_view(principal, row) for row in rows[:limit]], next_cursor


def grant_view(deps: Deps, principal: Principal, grant_id: str) -> GrantView:
    """One grant in sight. Raises NotFound."""
    with deps.db.read() as tx:
        return _grant_view(principal, grant_in_sight(tx, principal, grant_id))


def grants_of(tx: Connection, principal: Principal, ids: Sequence[int]) -> list[GrantView]:
    """These grants, as far as they are in sight."""
    rows = tx.execute(
        _GRANTS.where(Grant.id.in_(ids), Grant.unit_id.in_(units_in_sight(principal))).order_by(
            Grant.id
        )
    )
    return [_grant_view(principal, row) for row in rows]


def grant_in_sight(tx: Connection, principal: Principal, grant_id: str) -> AnyRow:
    """The row of a grant in sight. Raises NotFound."""
    found = None
    if _is_id(grant_id):
        found = tx.execute(
            _GRANTS.where(Grant.id == int(grant_id), Grant.unit_id.in_(units_in_sight(principal)))
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到这项授权，或不在您的管理范围内。")
    return found


def alerts_page(
    deps: Deps, principal: Principal, closed: bool, limit: int, cursor: str | None
) -> tuple[list[AlertView], str | None]:
    """A page of the open alerts in sight, or of the closed ones too, oldest first. Raises Invalid (`invalid_cursor`)."""
    query = _ALERTS.where(
        Alert.unit_id.in_(units_in_sight(principal)), Alert.id > number_of_cursor(cursor)
    )
    if not closed:
        query = query.where(Alert.closed_at.is_(None))
    rows = deps.db.rows(query.order_by(Alert.id).limit(limit + 1))
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_alert_view(principal, row) for row in rows[:limit]], next_cursor


def alert_in_sight(tx: Connection, principal: Principal, alert_id: str) -> AnyRow:
    """The row of an alert in sight. Raises NotFound."""
    found = None
    if _is_id(alert_id):
        found = tx.execute(
            _ALERTS.where(Alert.id == int(alert_id), Alert.unit_id.in_(units_in_sight(principal)))
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到这条告警，或不在您的管理范围内。")
    return found


def check_above(principal: Principal, unit_id: int) -> None:
    """Raise NotPermitted (`own_unit`) where the party is the own unit."""
    if unit_id == principal.unit_id:
        raise NotPermitted("本单位的用证授权由上级管理单位管理。", "own_unit")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS


def _grant_view(principal: Principal, row: AnyRow) -> GrantView:
    return GrantView(
        id=str(row.id),
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        item=row.item,
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        licence_type=row.type_code,
        type_name=row.type_name,
        type_name_en=row.type_name_en,
        declared=row.declared,
        fields=row.fields,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        networks=row.networks,
        opens=row.opens,
        closes=row.closes,
        quota_per_day=row.quota_per_day,
        look_ups_per_day=row.look_ups_per_day,
        suspended_at=row.suspended_at,
        suspended_by=row.suspended_by,
        suspension_reason=row.suspension_reason,
        changeable=row.unit_id != principal.unit_id,
    )


def _alert_view(principal: Principal, row: AnyRow) -> AlertView:
    return AlertView(
        id=str(row.id),
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        actor=row.actor,
        who=row.login or row.client or row.actor,
        item=row.item,
        item_name=row.item_name or "",
        item_name_en=row.item_name_en or "",
        cause=row.cause,
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
        closed_at=row.closed_at,
        changeable=row.unit_id != principal.unit_id,
    )
