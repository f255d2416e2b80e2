"""Close a unit: from then on nobody acts for it, and what it did stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import Conflict
from wallet.organisations.model import Client, Staff, Unit
from wallet.organisations.units.responsible import end_responsible
from wallet.organisations.units.sight import check_open, lock_tree, lock_unit, unit_below
from wallet.web.principal import Principal
from wallet.web.session_list import end_sessions_of


def close_unit(deps: Deps, principal: Principal, code: str, now: datetime) -> None:
    """Close a unit below the own one, for good: its staff are signed out and may not sign in, its
    machine clients end, its grants no longer count.

    Raises NotFound, NotPermitted (`own_unit`), Conflict (`unit_closed`, `units_below`).
    """
    with deps.db.begin() as tx:
        lock_tree(tx)
        unit = lock_unit(tx, unit_below(tx, principal, code).id)
        check_open(unit)
        below = select(Unit.id).where(Unit.parent_id == unit.id, Unit.closed_at.is_(None))
        if tx.execute(below.limit(1)).first() is not None:
            raise Conflict("下面还有未撤销的单位，请先撤销或移走。", "units_below")
        tx.execute(update(Unit).where(Unit.id == unit.id).values(closed_at=now))
        end_responsible(tx, unit, principal.account, now)
        staff = tx.execute(select(Staff.id).where(Staff.unit_id == unit.id)).scalars().all()
        of_unit = Client.unit_id == unit.id
        clients = tx.execute(select(Client.id).where(of_unit)).scalars().all()
        tx.execute(
            update(Client).where(of_unit, Client.disabled_at.is_(None)).values(disabled_at=now)
        )
        end_sessions_of(tx, "staff", staff, now)
        end_sessions_of(tx, "client", clients, now)
        audit.record(
            tx,
            "unit.closed",
            now,
            unit=code,
            actor=principal.account,
            staff=len(staff),
            clients=len(clients),
        )
