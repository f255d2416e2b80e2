"""The machine clients of the units in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from wallet.base.database import AnyRow, AnySelect
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.errors import NotFound
from wallet.organisations.model import Client, Unit
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.organisations.tree import manages, units_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class ClientView:
    """A machine client; `unit` is the code of its unit, `keys` are the names (`kid`) of its own public keys,
    `old_secret_until` is when the secret before the present one ends, None where there is none; `changeable`
    that whoever asks may change it."""

    client_id: str
    name: str
    unit: str
    unit_name: str
    unit_name_en: str
    roles: Sequence[str]
    keys: Sequence[str]
    old_secret_until: datetime | None
    ended_at: datetime | None
    changeable: bool


_CLIENTS: AnySelect = select(
    Client,
    Unit.code.label("unit"),
    Unit.name.label("unit_name"),
    Unit.name_en.label("unit_name_en"),
).join(Unit, Unit.id == Client.unit_id)


def clients_page(
    deps: Deps, principal: Principal, limit: int, cursor: str | None, *, ended: bool = True
) -> tuple[list[ClientView], str | None]:
    """A page of the clients in sight, without `ended` of those that have not. Raises Invalid (`invalid_cursor`)."""
    query = _CLIENTS.where(
        Client.unit_id.in_(units_in_sight(principal)), Client.id > number_of_cursor(cursor)
    )
    if not ended:
        query = query.where(Client.disabled_at.is_(None))
    rows = deps.db.rows(query.order_by(Client.id).limit(limit + 1))
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_view(principal, row) for row in rows[:limit]], next_cursor


def client_in_sight(tx: Connection, principal: Principal, client_id: str) -> AnyRow:
    """The row of a client whose unit is in sight, with `unit`. Raises NotFound."""
    found = None
    if client_id.isprintable():  # a database may refuse to look for another
        found = tx.execute(
            _CLIENTS.where(
                Client.client_id == client_id, Client.unit_id.in_(units_in_sight(principal))
            )
        ).one_or_none()
    if found is None:
        raise NotFound("没有找到这个接入系统，或不在您的管理范围内。")
    return found


def client_view(deps: Deps, principal: Principal, client_id: str) -> ClientView:
    """One client in sight. Raises NotFound."""
    with deps.db.read() as tx:
        return _view(principal, client_in_sight(tx, principal, client_id))


def within_reach(principal: Principal, unit_id: int) -> bool:
    """Whether clients of a unit in sight are theirs to change: the own unit's are its responsible person's, those
    below are the manager's."""
    own = unit_id == principal.unit_id
    return RESPONSIBLE in principal.roles if own else manages(principal)


def _view(principal: Principal, row: AnyRow) -> ClientView:
    return ClientView(
        client_id=row.client_id,
        name=row.name,
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        roles=row.roles,
        keys=[key["kid"] for key in (row.jwks or {"keys": []})["keys"]],
        old_secret_until=row.old_secret_until,
        ended_at=row.disabled_at,
        changeable=within_reach(principal, row.unit_id),
    )
