"""The licences of one holder, as whoever serves that person at a counter sees them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, null, select, true

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.errors import NotFound
from wallet.holders.model import Holder
from wallet.licences.held import HELD_COLUMNS, HeldField, HeldLicence, as_held, face_fields
from wallet.licences.model import IDENTIFIER, Licence, LicenceHolder
from wallet.licences.status.published import published_against
from wallet.organisations.model import Unit


def licences_of_holder(
    tx: Connection, deps: Deps, holder_id: int, now: datetime
) -> list[HeldLicence]:
    """What a holder has, usable ones first: of very many the `PAGE_LIMIT_MAX` that came last."""
    today = local_day(now)
    rows = _rows(tx, holder_id, true(), numbers.PAGE_LIMIT_MAX)
    against = published_against(deps, deps.epoch.marks(), [row.id for row in rows])
    licences = [as_held(deps.vault, row, today, against.get(row.id)) for row in rows]
    return sorted(licences, key=lambda held: (held.status != "valid", held.id))


def licence_of_holder(
    tx: Connection, deps: Deps, holder_id: int, identifier: str, now: datetime
) -> tuple[HeldLicence, list[HeldField]]:
    """One licence of a holder with its face; raises NotFound for any other."""
    index = deps.vault.index(identifier, IDENTIFIER)
    rows = _rows(tx, holder_id, Licence.identifier_index == index, 1)
    if not rows:
        raise NotFound("此人没有这件证照，请在列表中重新选择。")
    against = published_against(deps, deps.epoch.marks(), [rows[0].id])
    held = as_held(deps.vault, rows[0], local_day(now), against.get(rows[0].id))
    return held, face_fields(tx, deps.vault, rows[0].id, rows[0].fields)


def _rows(tx: Connection, holder_id: int, which: ColumnElement[bool], limit: int) -> list[AnyRow]:
    statement = (
        select(
            *HELD_COLUMNS,
            LicenceHolder.name_sealed,
            null().label("delegation"),
            true().label("any_item"),
        )
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .join(Unit, Unit.id == Licence.unit_id)
        .join(LicenceHolder, LicenceHolder.licence_id == Licence.id)
        .join(Holder, Holder.id == LicenceHolder.holder_id)
        .where(
            LicenceHolder.holder_id == holder_id,
            Licence.issued_at.is_not(None),
            Licence.superseded_at.is_(None),
            which,
        )
        .order_by(Licence.id.desc())
        .limit(limit)
    )
    return list(tx.execute(statement).all())
