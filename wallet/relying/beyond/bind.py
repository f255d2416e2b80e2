"""Say which machine clients work under a grant (一证一接口): by a managing unit above the party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import NotFound
from wallet.organisations.clients.listed import client_in_sight
from wallet.organisations.units.sight import lock_unit
from wallet.relying.beyond.sight import check_above, grant_in_sight
from wallet.relying.model import ClientGrant
from wallet.web.principal import Principal


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
