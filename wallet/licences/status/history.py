"""How a licence came to stand as it does: every change of its status, with reason and basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select

from wallet.base.encryption import Vault
from wallet.licences.model import CHANGE_BASIS, CHANGE_REASON, Licence, StatusChange
from wallet.licences.status.transitions import EXPIRE
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Change:
    """A change that a unit made: to which status and code, by which act, why and on what basis.

    `id` is None until it is kept.
    """

    act: str
    status: str
    code: str
    reason: str
    basis: str
    at: datetime
    id: int | None = None


def add_change(
    tx: Connection,
    vault: Vault,
    licence_id: int,
    actor: Principal,
    change: Change,
    *,
    from_status: str,
    from_code: str,
) -> int:
    """Keep what a unit has done to a licence; gives the id of the change."""
    added: int = tx.execute(
        insert(StatusChange).returning(StatusChange.id),
        {
            "licence_id": licence_id,
            **actor.acted,
            "act": change.act,
            "from_status": from_status,
            "from_code": from_code,
            "to_status": change.status,
            "to_code": change.code,
            "reason_sealed": vault.seal(change.reason, CHANGE_REASON),
            "basis_sealed": vault.seal(change.basis, CHANGE_BASIS),
            "at": change.at,
        },
    ).scalar_one()
    return added


def last_change(tx: Connection, vault: Vault, versions: ColumnElement[bool]) -> Change | None:
    """The last that a unit did to any of these versions (a condition on `Licence`)."""
    row = tx.execute(
        select(StatusChange)
        .join(Licence, Licence.id == StatusChange.licence_id)
        .where(versions, StatusChange.act != EXPIRE)
        .order_by(StatusChange.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Change(
        act=row.act,
        status=row.to_status,
        code=row.to_code,
        reason=vault.open(row.reason_sealed, CHANGE_REASON),
        basis=vault.open(row.basis_sealed, CHANGE_BASIS),
        at=row.at,
        id=row.id,
    )
