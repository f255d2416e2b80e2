"""Who works on a batch: the one who claimed it last, and none for longer than a claim holds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import or_, select, update

from wallet import numbers
from wallet.base import audit
from wallet.base.deps import Deps
from wallet.errors import DomainError
from wallet.licences.batches.accept import batch_path
from wallet.licences.model import LicenceBatch
from wallet.organisations.model import Client, Staff
from wallet.web.principal import Principal

_CLAIM_BYTES: Final = 9

_log = structlog.get_logger()


@dataclass(frozen=True)
class ClaimedBatch:
    """A batch that this process works on; `actor` sent it, `claim` proves that it is ours.

    `permitted` says whether the actor may still issue.
    """

    id: int
    claim: str
    actor: Principal
    file: str
    format: str
    type_code: str | None
    stock: bool
    size: int
    line: int
    permitted: bool


class Overtaken(Exception):
    """Somebody else has taken the batch over."""


def claim_next(deps: Deps, now: datetime) -> ClaimedBatch | None:
    """The oldest batch that is waiting or was left by a crash, claimed; None where there is none."""
    with deps.db.begin() as tx:
        row = tx.execute(
            select(LicenceBatch.id)
            .where(
                LicenceBatch.state.in_(["waiting", "running"]),
                or_(LicenceBatch.claimed_until.is_(None), LicenceBatch.claimed_until <= now),
            )
            .order_by(LicenceBatch.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
    return None if row is None else claim(deps, row.id, now)


def claim(deps: Deps, batch_id: int, now: datetime) -> ClaimedBatch | None:
    """Take a batch over from whoever works on it; None when it has come to its end."""
    claimed_by = secrets.token_urlsafe(_CLAIM_BYTES)
    with deps.db.begin() as tx:
        claimed = tx.execute(
            update(LicenceBatch)
            .where(LicenceBatch.id == batch_id, LicenceBatch.state.in_(["waiting", "running"]))
            .values(state="running", claimed_by=claimed_by, claimed_until=claimed_until(now))
        )
        if claimed.rowcount == 0:
            return None
        row = tx.execute(
            select(
                LicenceBatch,
                Client.roles.label("client_roles"),
                Client.disabled_at.label("client_disabled_at"),
                Staff.roles.label("staff_roles"),
                Staff.disabled_at.label("staff_disabled_at"),
            )
            .outerjoin(Client, Client.id == LicenceBatch.client_id)
            .outerjoin(Staff, Staff.id == LicenceBatch.staff_id)
            .where(LicenceBatch.id == batch_id)
        ).one()
    if row.client_id is not None:
        actor = Principal("client", row.client_id, 0, "", unit_id=row.unit_id)
        permitted = "issuing" in row.client_roles and row.client_disabled_at is None
    else:
        actor = Principal("staff", row.staff_id, 0, "", unit_id=row.unit_id)
        permitted = "issuer" in row.staff_roles and row.staff_disabled_at is None
    return ClaimedBatch(
        row.id,
        claimed_by,
        actor,
        row.file,
        row.format,
        row.type_code,
        row.stock,
        row.size,
        row.line,
        permitted=permitted,
    )


def update_batch(deps: Deps, batch: ClaimedBatch, now: datetime, **values: Any) -> None:
    """Change the row of a batch that is still ours; raises Overtaken."""
    with deps.db.begin() as tx:
        changed = tx.execute(
            update(LicenceBatch)
            .where(LicenceBatch.id == batch.id, LicenceBatch.claimed_by == batch.claim)
            .values({"claimed_until": claimed_until(now)} | values)
        )
    if changed.rowcount == 0:
        raise Overtaken


def finish_batch(deps: Deps, batch: ClaimedBatch, now: datetime, error: DomainError | None) -> None:
    """Note the end of a batch, or why its file could not be read on, and delete the file.

    Raises Overtaken.
    """
    state = "done" if error is None else "failed"
    with deps.db.begin() as tx:
        row = tx.execute(
            select(LicenceBatch).where(LicenceBatch.id == batch.id).with_for_update()
        ).one()
        if row.claimed_by != batch.claim:
            raise Overtaken
        tx.execute(
            update(LicenceBatch)
            .where(LicenceBatch.id == batch.id)
            .values(
                state=state,
                total=row.stored + row.failed,
                error_slug=error.slug or "not_permitted" if error else None,
                error_detail=error.detail if error else None,
                finished_at=now,
                claimed_by=None,
                claimed_until=None,
            )
        )
        audit.record(
            tx,
            "batch.finished",
            now,
            batch=batch.id,
            actor=batch.actor.account,
            state=state,
            stored=row.stored,
            failed=row.failed,
        )
    batch_path(deps, batch.file).unlink(missing_ok=True)
    _log.info("batch finished", batch=batch.id, state=state, stored=row.stored, failed=row.failed)


def clear_batch_files(deps: Deps, now: datetime) -> int:
    """Delete the files of batches that have ended, and old ones that belong to none.

    A file without a batch may be of an upload under way. Returns how many were deleted.
    """
    folder, cleared = deps.config.batches_dir, 0
    paths = list(folder.iterdir()) if folder.is_dir() else []
    if not paths:
        return 0
    is_needed = LicenceBatch.state.in_(["waiting", "running"])
    old = now - timedelta(days=1)
    with deps.db.read() as tx:
        needed = dict(
            tx.execute(
                select(LicenceBatch.file, is_needed).where(
                    is_needed | (LicenceBatch.finished_at > old - timedelta(days=1))
                )
            ).all()
        )
    for path in paths:
        no_batch_yet = path.name not in needed and path.stat().st_mtime >= old.timestamp()
        if not needed.get(path.name) and not no_batch_yet:
            path.unlink(missing_ok=True)
            cleared += 1
    return cleared


def claimed_until(now: datetime) -> datetime:
    """Until when a batch is ours that was worked on now."""
    return now + timedelta(seconds=numbers.BATCH_CLAIM)
