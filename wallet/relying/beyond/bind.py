"""Say which machine clients work under a grant (一证一接口): by a managing unit above the party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, insert, select

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import NotFound
from wallet.organisations.clients.listed import client_in_sight
from wallet.organisations.model import Client
from wallet.organisations.units.sight import lock_unit
from wallet.relying.beyond.sight import GrantView, check_above, grant_in_sight, grants_of
from wallet.relying.model import ClientGrant
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Bindable:
    """A machine client of a grant's party; `bound` says whether it works under the grant."""

    client_id: str
    name: str
    bound: bool


def bindable_clients(deps: Deps, principal: Principal, grant_id: str) -> list[Bindable]:
    """The clients of a grant's party that have not ended. Raises NotFound."""
    with deps.db.read() as tx:
        grant = grant_in_sight(tx, principal, grant_id)
        bound = exists().where(ClientGrant.client_id == Client.id, ClientGrant.grant_id == grant.id)
        rows = tx.execute(
            select(Client.client_id, Client.name, bound.label("bound"))
            .where(Client.unit_id == grant.unit_id, Client.disabled_at.is_(None))
            .order_by(Client.id)
        )
        return [Bindable(row.client_id, row.name, row.bound) for row in rows]


def bound_grants(deps: Deps, principal: Principal, client_id: str) -> list[GrantView]:
    """The grants that a client in sight works under. Raises NotFound."""
    with deps.db.read() as tx:
        client = client_in_sight(tx, principal, client_id)
        ids = tx.execute(
            select(ClientGrant.grant_id)
            .where(ClientGrant.client_id == client.id)
            .order_by(ClientGrant.grant_id)
        ).scalars()
        return grants_of(tx, principal, ids.all())


def bind_clients(
    deps: Deps, principal: Principal, grant_id: str, client_ids: Sequence[str], now: datetime
) -> None:
    """These clients of the party work under its grant, and no others. Raises NotFound, also for a client of
    another unit; NotPermitted (`own_unit`)."""
    with deps.db.begin() as tx:
        grant = grant_in_sight(tx, principal, grant_id)
        check_above(principal, grant.unit_id)
        lock_unit(tx, grant.unit_id)  # whoever else binds its clients waits here
        wanted = set()
        for client_id in client_ids:
            client = client_in_sight(tx, principal, client_id)
            if client.unit_id != grant.unit_id:
                raise NotFound("这家单位没有这个接入系统。")
            wanted.add(client.id)
        bound = select(ClientGrant.client_id).where(ClientGrant.grant_id == grant.id)
        before = set(tx.execute(bound).scalars())
        for event, clients in (
            ("client.unbound", sorted(before - wanted)),
            ("client.bound", sorted(wanted - before)),
        ):
            told = {"grant": grant.id, "unit": grant.unit_id, "actor": principal.account}
            audit.record_all(tx, event, now, [{"client": id, **told} for id in clients])
        tx.execute(
            delete(ClientGrant).where(
                ClientGrant.grant_id == grant.id, ClientGrant.client_id.in_(before - wanted)
            )
        )
        if wanted - before:
            rows = [{"client_id": id, "grant_id": grant.id} for id in sorted(wanted - before)]
            tx.execute(insert(ClientGrant), rows)
