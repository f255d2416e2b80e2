"""Delete the proofs of applications that came to nothing, once nobody needs them any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from wallet import numbers
from wallet.base import audit
from wallet.base.deps import Deps
from wallet.relying.onboarding.model import Application, ApplicationProof

_OVER: Final = ("rejected", "withdrawn")


def forget_proofs(deps: Deps, now: datetime, limit: int) -> int:
    """Delete at most so many proofs of applications that were rejected or taken back `PROOF_DAYS` ago; gives how many."""
    over = (
        select(ApplicationProof.id, ApplicationProof.application_id)
        .join(Application, Application.id == ApplicationProof.application_id)
        .where(
            Application.state.in_(_OVER),
            Application.changed_at <= now - timedelta(days=numbers.PROOF_DAYS),
        )
        .order_by(ApplicationProof.id)
        .limit(limit)
    )
    if not deps.db.rows(over):
        return 0
    with deps.db.begin() as tx:
        rows = tx.execute(over).all()
        tx.execute(
            delete(ApplicationProof).where(ApplicationProof.id.in_([row.id for row in rows]))
        )
        told = [
            {"proof": row.id, "application": row.application_id, "actor": "worker"} for row in rows
        ]
        audit.record_all(tx, "proof.removed", now, told)
    return len(rows)
