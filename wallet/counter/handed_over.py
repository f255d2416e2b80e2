"""What was handed over in an assisted session to desks by their numbers, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.catalogue.model import LicenceType
from wallet.licences.model import Licence
from wallet.organisations.model import Unit
from wallet.showing.model import Claim, HandOver
from wallet.showing.withdraw import Withdrawal, withdraw_jti
from wallet.web.principal import Principal


@dataclass(frozen=True)
class HandedOver:
    """A hand-over by its id: to which unit and desk, the names of the licences' types. `state` is waiting, asked, used,
    withdrawn, refused, or expired: nobody has taken it."""

    id: str
    unit: str
    terminal: str
    types: Sequence[str]
    types_en: Sequence[str]
    state: str
    sent_at: datetime


def handed_over(tx: Connection, assistance_id: str, now: datetime) -> list[HandedOver]:
    """Those of a session, in order."""
    rows = tx.execute(
        select(HandOver, Unit.name.label("unit"), Claim.state)
        .join(Unit, Unit.id == HandOver.desk_unit_id)
        .outerjoin(Claim, Claim.jti == HandOver.jti)
        .where(HandOver.assistance_id == assistance_id)
        .order_by(HandOver.id)
    ).all()
    types = _types(tx, {id for row in rows for id in row.licences})
    return [
        HandedOver(
            id=row.jti,
            unit=row.unit,
            terminal=row.terminal,
            types=[types[id].name for id in row.licences],
            types_en=[types[id].name_en for id in row.licences],
            state=_state(row, now),
            sent_at=row.sent_at,
        )
        for row in rows
    ]


def take_back_all(
    tx: Connection, principal: Principal, session: AnyRow, now: datetime
) -> Sequence[str]:
    """Take back all that waits when a session is ended; gives the `jti`s that were claimed by it."""
    waiting = tx.execute(
        select(HandOver.jti)
        .outerjoin(Claim, Claim.jti == HandOver.jti)
        .where(
            HandOver.assistance_id == session.id,
            Claim.state.is_(None) | (Claim.state == "pending"),
        )
    ).scalars()
    done = {jti: take_back(tx, principal, session, jti, now) for jti in waiting.all()}
    return [jti for jti, one in done.items() if one.claimed]


def take_back(
    tx: Connection, principal: Principal, session: AnyRow, jti: str, now: datetime
) -> Withdrawal:
    """Take back one that nobody has used."""
    done = withdraw_jti(tx, jti, now)
    if done.now:
        told = {"actor": principal.account, "unit": session.unit_id}
        audit.record(tx, "hand_over.withdrawn", now, assistance=session.id, jti=jti, **told)
    return done


def _state(row: AnyRow, now: datetime) -> str:
    if row.state is None:
        return "expired" if now >= row.ends_at else "waiting"
    return "asked" if row.state == "pending" else str(row.state)


def _types(tx: Connection, licence_ids: set[int]) -> dict[int, AnyRow]:
    rows = tx.execute(
        select(Licence.id, LicenceType.name, LicenceType.name_en)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(Licence.id.in_(licence_ids))
    )
    return {row.id: row for row in rows}
