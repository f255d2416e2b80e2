"""Note that licences have expired: at local midnight, when the worker comes round.

Nobody waits for it. Whoever reads a licence works out from its last day how it stands
(`standing.status_on`); a worker that comes late is late with the note and the news alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update

from wallet.base import audit, outbox
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.licences.model import MAY_EXPIRE, Licence, StatusChange
from wallet.licences.status.standing import status_entry
from wallet.licences.status.transitions import EXPIRE

_WITH_TYPE: Final = (
    select(
        Licence.id,
        Licence.unit_id,
        Licence.version,
        Licence.status_code,
        LicenceType.code.label("type_code"),
        LicenceType.status_codes,
    )
    .join(LicenceType, LicenceType.id == Licence.type_id)
    .order_by(Licence.id)
)


def note_expired(deps: Deps, now: datetime, limit: int) -> int:
    """Note at most so many that have, each once. Returns how many.

    A suspended licence is noted when it is resumed after its last day, a revoked one never.
    """
    due = (
        select(Licence.id)
        .where(MAY_EXPIRE, Licence.valid_until < local_day(now), Licence.issued_at.is_not(None))
        .order_by(Licence.valid_until)
        .limit(limit)
        # Two workers on PostgreSQL share the rows between them.
        .with_for_update(skip_locked=True)
    )
    with deps.db.begin() as tx:
        ids = tx.execute(due).scalars().all()
        if not ids:
            return 0
        rows = tx.execute(_WITH_TYPE.where(Licence.id.in_(ids))).all()
        tx.execute(update(Licence).where(Licence.id.in_(ids)).values(expired_at=now))
        tx.execute(
            insert(StatusChange),
            [
                {
                    "licence_id": row.id,
                    "act": EXPIRE,
                    "from_status": "valid",
                    "from_code": row.status_code,
                    "to_status": "expired",
                    "to_code": status_entry(row.status_codes, row.status_code, "expired").get(
                        "code", row.status_code
                    ),
                    "at": now,
                }
                for row in rows
            ],
        )
        for row in rows:
            outbox.put(tx, "licence.expired", now, licence=row.id)
            audit.record(
                tx,
                "licence.expired",
                now,
                licence=row.id,
                unit=row.unit_id,
                type=row.type_code,
                version=row.version,
            )
    return len(rows)
