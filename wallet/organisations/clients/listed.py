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
from wallet.organisations.tree import units_in_sight
from wallet.web.principal import Principal


@dataclass(frozen=True)
class ClientView:
    """A machine client; `unit` is the code of its unit, `old_secret_until` when the secret before the
    present one ends, None where there is none."""

    client_id: str
    name: str
    unit: str
    roles: Sequence[str]
    old_secret_until: datetime | None
    ended_at: datetime | None


_CLIENTS: AnySelect = select(Client, Unit.code.label("unit")).join(Unit, Unit.id == Client.unit_id)


def clients_page(
    deps: Deps, principal: Principal, limit: int, cursor: str | None
) -> tuple[list[ClientView], str | None]:
    """A page of the clients in sight. Raises Invalid (`invalid_cursor`)."""
    rows = deps.db.rows(
        _CLIENTS.where(
            Client.unit_id.in_(units_in_sight(principal)), Client.id > number_of_cursor(cursor)
        )
        .order_by(Client.id)
        .limit(limit + 1)
    )
    next_cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    return [_view(row) for row in rows[:limit]], next_cursor


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


def _view(row: AnyRow) -> ClientView:
    return ClientView(
        client_id=row.client_id,
        name=row.name,
        unit=row.unit,
        roles=row.roles,
        old_secret_until=row.old_secret_until,
        ended_at=row.disabled_at,
    )
